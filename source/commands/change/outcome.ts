import {makePlan} from '../../core/make-plan.ts';
import type {Host} from '../../core/model/domain.ts';
import type {Hypervisor} from '../../core/model/hypervisor.ts';
import {foldersOf, type Intent} from '../../core/model/intent.ts';
import type {Outcome} from '../../core/model/plan.ts';
import type {Refusal} from '../../core/model/refusal.ts';
import {byShell} from '../../core/steps/hints.ts';
import {virsh} from '../../core/steps/on-domain.ts';
import {remedy} from '../../core/words/remedy.ts';
import {t} from '../../core/words/text.ts';
import {findDomain, readInventory} from '../connection.ts';
import {domainAtTag} from './domain-at-tag.ts';
import type {Refused, Request} from './request.ts';

/** Read fresh facts and let the planner decide. */
export async function makeOutcome(hypervisor: Hypervisor, request: Request | Refused): Promise<Outcome> {
	if ('refusal' in request) return request;
	const {domain: text, intent} = request;
	const {domains, host} = await readInventory(hypervisor, isToldByHead(request) ? 'heads' : undefined);
	const file = 'file' in intent ? intent.file : undefined;
	const named = text ?? (file === undefined ? null : await hypervisor.savedDomain(file));
	if (named === null) return {refusal: noSavedMemory(file ?? '')};
	if (text === null && !domains.some(({uuid}) => uuid === named)) return {refusal: noDomain(host, file ?? '', named)};
	const found = request.mayHaveTag ? domainAtTag(domains, named) : findDomain(domains, named);
	if ('code' in found) return {refusal: found};
	const {domain, tag} = 'domain' in found ? found : {domain: found, tag: null};
	return makePlan(await hypervisor.facts(domain.uuid, foldersOf(intent), file), withTag(intent, tag));
}

/** An id stands in the definition, and what is behind an @ among the snapshots. */
const isToldByHead = ({domain, mayHaveTag}: Request) => !mayHaveTag && !/^\d+$/.test(domain ?? '');

const withTag = (intent: Intent, tag: string | null): Intent =>
	intent.verb === 'clone' && tag !== null ? {...intent, tag} : intent;

/** As of a transient domain, whose file is all that is left of it. */
function noDomain(host: Host, file: string, uuid: string): Refusal {
	const restore = byShell(virsh(host, 'restore', file));
	return {
		code: 'not-found',
		reason: t`${file} holds the memory of a domain (${uuid}) that libvirt does not have now.`,
		remedy: remedy`Define the domain again, or have libvirt make it from the file, if nothing has written to its disks since ${restore}.`,
	};
}

function noSavedMemory(file: string): Refusal {
	return {
		code: 'not-found',
		reason: t`${file} holds no saved memory that libvirt can read.`,
		remedy: 'See what libvirt says: virsh save-image-dumpxml FILE.',
	};
}
