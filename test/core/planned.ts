/** Plans and refusals as tests want them: the other one is a failure that says what came instead. */

import {makePlan} from '../../source/core/make-plan.ts';
import type {Facts} from '../../source/core/model/domain.ts';
import type {Intent} from '../../source/core/model/intent.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import type {Refusal} from '../../source/core/model/refusal.ts';

export function planFor(found: Facts, intent: Intent): Plan {
	const outcome = makePlan(found, intent);
	if ('refusal' in outcome) throw new Error(JSON.stringify(outcome.refusal));
	return outcome.plan;
}

export function refusalOf(found: Facts, intent: Intent): Refusal {
	const outcome = makePlan(found, intent);
	if ('plan' in outcome) throw new Error(`planned by ${outcome.plan.method}: ${JSON.stringify(outcome.plan.steps)}`);
	return outcome.refusal;
}
