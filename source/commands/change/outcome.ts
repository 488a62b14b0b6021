import {makePlan} from '../../core/make-plan.ts';
import type {Hypervisor} from '../../core/model/hypervisor.ts';
import {foldersOf, type Intent} from '../../core/model/intent.ts';
import type {Outcome} from '../../core/model/plan.ts';
import type {Refusal} from '../../core/model/refusal.ts';
import {t} from '../../core/words/text.ts';
import {findDomain, readInventory} from '../connection.ts';
import {domainAtTag} from './domain-at-tag.ts';
import type {Refused, Request} from './request.ts';

/** Read fresh facts and let the planner decide. */
export async function makeOutcome(hypervisor: Hypervisor, request: Request | Refused): Promise<Outcome> {
	if ('refusal' in request) return request;
	const {domain: text, intent} = request;
	const {domains} = await readInventory(hypervisor, isToldByHead(request) ? 'heads' : undefined);
	const file = 'file' in intent ? intent.file : undefined;
	const named = text ?? (file === undefined ? null : await hypervisor.savedDomain(file));
	if (named === null) return {refusal: noSavedMemory(file ?? '')};
	const found = request.mayHaveTag ? domainAtTag(domains, named) : findDomain(domains, named);
	if ('code' in found) return {refusal: found};
	const {domain, tag} = 'domain' in found ? found : {domain: found, tag: null};
	return makePlan(await hypervisor.facts(domain.uuid, foldersOf(intent), file), withTag(intent, tag));
}

/** An id stands in the definition, and what is behind an @ among the snapshots. */
const isToldByHead = ({domain, mayHaveTag}: Request) => !mayHaveTag && !/^\d+$/.test(domain ?? '');

const withTag = (intent: Intent, tag: string | null): Intent =>
	intent.verb === 'clone' && tag !== null ? {...intent, tag} : intent;

function noSavedMemory(file: string): Refusal {
	return {
		code: 'not-found',
		reason: t`${file} holds no saved memory that libvirt can read.`,
		remedy: 'See what libvirt says: virsh save-image-dumpxml FILE.',
	};
}
