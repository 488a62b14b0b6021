/** What the planner and recovery answer, in the words of this UI. */
import type {Facts, Inventory} from '../core/domain.ts';
import {withKeys} from '../core/keys.ts';
import {makePlan} from '../core/make-plan.ts';
import type {Intent, Outcome, Refusal} from '../core/plan.ts';
import type {Recovery} from '../core/recover/recovery.ts';

export function planned(facts: Facts, intent: Intent): Outcome {
	const outcome = makePlan(facts, intent);
	if ('plan' in outcome) return outcome;
	return {refusal: inKeys(outcome.refusal, facts)};
}

/** `uuid`: the domain of what was cut off. */
export function recoverable(found: Recovery, inventory: Inventory | null, uuid: string): Recovery {
	const domain = inventory?.domains.find(one => one.uuid === uuid);
	if (!inventory || !domain) return found;
	const refusals = found.refusals.map(({id, refusal}) => ({id, refusal: inKeys(refusal, {...inventory, domain})}));
	return {...found, refusals};
}

const inKeys = (refusal: Refusal, facts: Pick<Facts, 'host' | 'domain'>): Refusal => ({
	...refusal,
	remedy: withKeys(refusal.remedy, facts),
});
