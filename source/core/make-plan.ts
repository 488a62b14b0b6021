/** The one entry to the planners. */

import {clonePlan} from './clone/plan-clone.ts';
import {createPlan} from './create/plan-create.ts';
import {editPlan} from './create/plan-edit.ts';
import {deletePlan} from './delete/plan-delete.ts';
import {reclaimPlan} from './delete/plan-reclaim.ts';
import {dropPlan} from './memory/drop.ts';
import {restorePlan} from './memory/restore.ts';
import {savePlan} from './memory/save.ts';
import type {Facts} from './model/facts.ts';
import type {Asked, Intent} from './model/intent.ts';
import type {Outcome} from './model/plan.ts';
import {withoutCheckpoints} from './planning/refusals/bitmaps.ts';
import {withinProtection} from './planning/refusals/protected.ts';
import {withinRights} from './planning/refusals/rights.ts';
import {openFilesRefusal} from './planning/refusals/writers.ts';
import {powerPlan} from './power/plan-power.ts';
import {revertPlan} from './revert/plan-revert.ts';
import {withFiles} from './steps/files-of-plan.ts';

/** Facts and a wish in, a plan or the reason why not out. Pure: equal arguments give equal outcomes. */
export function makePlan(facts: Facts, intent: Intent): Outcome {
	const held = openFilesRefusal(facts, intent.verb);
	if (held) return {refusal: held};
	const outcome = withoutCheckpoints(facts, withinProtection(facts, outcomeOf(facts, intent)));
	return asking(intent, withFiles(facts, withinRights(facts, outcome)));
}

/** The same outcome, with what its plan was made of. */
export function asking(asked: Asked, outcome: Outcome): Outcome {
	return 'plan' in outcome ? {plan: {...outcome.plan, asked}} : outcome;
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
		case 'edit':
			return editPlan(facts, intent);
		default:
			return powerPlan(facts, intent);
	}
}
