import type {Hypervisor} from '../core/hypervisor.ts';
import {makePlan} from '../core/make-plan.ts';
import type {Outcome} from '../core/plan.ts';
import {findDomain, isRefusal, readInventory} from './connection.ts';
import type {Request} from './intent.ts';

/** Read fresh facts and let the planner decide. */
export async function makeOutcome(hypervisor: Hypervisor, {domain: text, intent}: Request): Promise<Outcome> {
	const domain = findDomain((await readInventory(hypervisor)).domains, text);
	if (isRefusal(domain)) return {refusal: domain};
	const directory = 'dir' in intent ? intent.dir : undefined;
	return makePlan(await hypervisor.facts(domain.uuid, directory), intent);
}
