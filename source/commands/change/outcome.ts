import path from 'node:path';
import {makePlan} from '../../core/make-plan.ts';
import type {Hypervisor} from '../../core/model/hypervisor.ts';
import type {Outcome} from '../../core/model/plan.ts';
import type {Refusal} from '../../core/model/refusal.ts';
import {t} from '../../core/words/text.ts';
import {findDomain, isRefusal, readInventory} from '../connection.ts';
import type {Refused, Request} from './request.ts';

/** Read fresh facts and let the planner decide. */
export async function makeOutcome(hypervisor: Hypervisor, request: Request | Refused): Promise<Outcome> {
	if ('refusal' in request) return request;
	const {domain: text, intent} = request;
	const {domains} = await readInventory(hypervisor);
	const file = 'file' in intent ? intent.file : undefined;
	const named = text ?? (file === undefined ? null : await hypervisor.savedDomain(file));
	if (named === null) return {refusal: noSavedMemory(file ?? '')};
	const domain = findDomain(domains, named);
	if (isRefusal(domain)) return {refusal: domain};
	const directory = 'dir' in intent ? intent.dir : file === undefined ? undefined : path.dirname(file);
	return makePlan(await hypervisor.facts(domain.uuid, directory, file), intent);
}

function noSavedMemory(file: string): Refusal {
	return {
		code: 'not-found',
		reason: t`${file} holds no saved memory that libvirt can read.`,
		remedy: 'See what libvirt says: virsh save-image-dumpxml FILE.',
	};
}
