/** Snapshots to be taken: of a tag that is free, unless a test says otherwise. */
import type {CreateIntent} from '../../../source/core/model/intent.ts';
import type {Plan} from '../../../source/core/model/plan.ts';
import type {Refusal} from '../../../source/core/model/refusal.ts';
import {type FactsLike, facts} from '../facts.ts';
import {planFor, refusalOf} from '../planned.ts';

export type Wish = Partial<Omit<CreateIntent, 'verb'>>;

export function planned(like: FactsLike, wish: Wish = {}): Plan {
	return planFor(facts(like), {verb: 'create', tag: 'fresh', ...wish});
}

export function refused(like: FactsLike, wish: Wish = {}): Refusal {
	return refusalOf(facts(like), {verb: 'create', tag: 'fresh', ...wish});
}
