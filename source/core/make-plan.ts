/** The one entry to the planners. */
import type {Facts} from './domain.ts';
import type {Intent, Outcome} from './plan.ts';
import {createPlan} from './plan-create.ts';

/** Facts and a wish in, a plan or the reason why not out. Pure: equal arguments give equal outcomes. */
export function makePlan(facts: Facts, intent: Intent): Outcome {
	switch (intent.verb) {
		case 'create':
			return createPlan(facts, intent);
		default:
			return {refusal: {code: 'unsupported', reason: `${intent.verb} is not planned yet.`, remedy: 'Use virsh.'}};
	}
}
