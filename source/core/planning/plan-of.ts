/** The one place where a plan is put together. */
import type {Facts} from '../model/facts.ts';
import type {Plan} from '../model/plan.ts';
import {basisOf} from './basis.ts';

/** What a planner decides; `planOf` adds what is usual. */
export type Draft = Pick<Plan, 'steps'> & Partial<Plan>;

/** The plan of a draft, on these facts. What the draft does not say is empty, and a failure stops it. */
export function planOf(facts: Facts, draft: Draft & Pick<Plan, 'verb' | 'why' | 'expect'>): Plan {
	const {uuid, name} = facts.domain;
	return {
		domain: {uuid, name},
		tag: null,
		method: null,
		consistency: null,
		pause: 'none',
		losses: [],
		warnings: [],
		wayBack: '',
		onFailure: 'stop',
		confirm: null,
		basis: basisOf(facts),
		...draft,
	};
}
