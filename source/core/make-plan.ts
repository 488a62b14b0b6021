/** The one entry to the planners. */
import {createPlan} from './create/plan-create.ts';
import {deletePlan} from './delete/plan-delete.ts';
import type {Facts} from './domain.ts';
import type {Intent, Outcome} from './plan.ts';
import {clonePlan} from './plan-clone.ts';
import {dropPlan, restorePlan, savePlan} from './plan-memory.ts';
import {powerPlan} from './plan-power.ts';
import {reclaimPlan} from './plan-reclaim.ts';
import {revertPlan} from './revert/plan-revert.ts';
import {withinRights} from './rights.ts';
import {writerRefusal} from './writers.ts';

/** Facts and a wish in, a plan or the reason why not out. Pure: equal arguments give equal outcomes. */
export function makePlan(facts: Facts, intent: Intent): Outcome {
	const held = writerRefusal(facts);
	return held ? {refusal: held} : withinRights(facts, outcomeOf(facts, intent));
}

function outcomeOf(facts: Facts, intent: Intent): Outcome {
	switch (intent.verb) {
		case 'create':
			return createPlan(facts, intent);
		case 'revert':
			return revertPlan(facts, intent);
		case 'delete':
			return deletePlan(facts, intent);
		case 'save':
			return savePlan(facts, intent);
		case 'restore':
			return restorePlan(facts, intent);
		case 'drop':
			return dropPlan(facts, intent);
		case 'clone':
			return clonePlan(facts, intent);
		case 'reclaim':
			return reclaimPlan(facts, intent);
		default:
			return powerPlan(facts, intent);
	}
}
