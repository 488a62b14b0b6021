/** Plans and refusals as tests want them: the other one is a failure that says what came instead. */
import {makePlan} from '../../source/core/make-plan.ts';
import type {Facts} from '../../source/core/model/facts.ts';
import type {Intent} from '../../source/core/model/intent.ts';
import type {Outcome, Plan} from '../../source/core/model/plan.ts';
import type {Refusal} from '../../source/core/model/refusal.ts';
import type {Step} from '../../source/core/model/step.ts';
import {basisOf} from '../../source/core/planning/basis.ts';
import {type FactsLike, facts} from './facts.ts';

export function planIn(outcome: Outcome): Plan {
	if ('refusal' in outcome) throw new Error(`refused: ${outcome.refusal.code}: ${outcome.refusal.reason}`);
	return outcome.plan;
}

export function refusalIn(outcome: Outcome): Refusal {
	if ('plan' in outcome) throw new Error(`planned by ${outcome.plan.method}: ${JSON.stringify(outcome.plan.steps)}`);
	return outcome.refusal;
}

export const planFor = (found: Facts, intent: Intent): Plan => planIn(makePlan(found, intent));

export const refusalOf = (found: Facts, intent: Intent): Refusal => refusalIn(makePlan(found, intent));

/** The same for many tests of one verb: each says where its facts and its intent differ from the usual ones. */
export function asked<I extends Intent>(usual: I) {
	type Wish = Partial<Omit<I, 'verb'>>;
	return {
		planned: (like: FactsLike, wish?: Wish): Plan => planFor(facts(like), {...usual, ...wish}),
		refused: (like: FactsLike, wish?: Wish): Refusal => refusalOf(facts(like), {...usual, ...wish}),
	};
}

/** A plan of these steps for the usual domain, made where no planner is looked at. */
export function planOf(steps: readonly Step[], more: Partial<Plan> = {}): Plan {
	const found = facts();
	return {
		verb: 'create',
		domain: {uuid: found.domain.uuid, name: found.domain.name},
		tag: null,
		method: null,
		why: '',
		consistency: null,
		pause: '',
		steps,
		losses: [],
		warnings: [],
		wayBack: '',
		onFailure: 'stop',
		confirm: null,
		basis: basisOf(found),
		expect: [],
		...more,
	};
}
