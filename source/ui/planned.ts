/** The planner's answer in the words of this UI. */
import type {Facts} from '../core/domain.ts';
import {withKeys} from '../core/keys.ts';
import {makePlan} from '../core/make-plan.ts';
import type {Intent, Outcome} from '../core/plan.ts';

export function planned(facts: Facts, intent: Intent): Outcome {
	const outcome = makePlan(facts, intent);
	if ('plan' in outcome) return outcome;
	const {refusal} = outcome;
	return {refusal: {...refusal, remedy: withKeys(refusal.remedy, facts)}};
}
