/** What the planner and recovery answer, in the words of this UI. */

import {makePlan} from '../../core/make-plan.ts';
import type {Facts, Inventory} from '../../core/model/domain.ts';
import type {Intent} from '../../core/model/intent.ts';
import type {Outcome} from '../../core/model/plan.ts';
import type {Receipt} from '../../core/model/receipt.ts';
import type {Refusal} from '../../core/model/refusal.ts';
import type {Recovery} from '../../core/recover/recovery.ts';
import {undoPlan} from '../../core/recover/undo.ts';
import {withKeys, withOptionNames} from '../../core/words/keys.ts';

export const planned = (facts: Facts, intent: Intent): Outcome => inTheseWords(makePlan(facts, intent), facts);

export const undone = (facts: Facts, receipt: Receipt): Outcome => inTheseWords(undoPlan(receipt, facts), facts);

function inTheseWords(outcome: Outcome, facts: Facts): Outcome {
	return 'plan' in outcome ? outcome : {refusal: inKeys(outcome.refusal, facts)};
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
	reason: withOptionNames(refusal.reason),
	remedy: withOptionNames(withKeys(refusal.remedy, facts)),
});
