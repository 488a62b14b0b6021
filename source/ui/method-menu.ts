/** The methods a snapshot can be taken by, as the menu offers them: the chosen one first, then those that can, then the rest with the reason. */
import type {Facts} from '../core/domain.ts';
import {makePlan} from '../core/make-plan.ts';
import {type MethodId, methodChoices} from '../core/method.ts';
import type {CreateIntent, Refusal} from '../core/plan.ts';

export type MenuRow = {
	readonly id: MethodId;
	readonly label: string;
	readonly captures: string;
	readonly costs: string;
	/** Why the planner chose it; null for the others. */
	readonly why: string | null;
	readonly refusal: Refusal | null;
};

export function methodMenu(facts: Facts, intent: CreateIntent): readonly MenuRow[] {
	const own = makePlan(facts, {...intent, method: undefined});
	const chosen = 'plan' in own ? own.plan : null;
	const rows = methodChoices(facts, intent).map(({method}): MenuRow => {
		const outcome = makePlan(facts, {...intent, method: method.id});
		return {
			id: method.id,
			label: method.label,
			captures: method.captures,
			costs: method.costs,
			why: chosen?.method === method.id ? chosen.why : null,
			refusal: 'refusal' in outcome ? outcome.refusal : null,
		};
	});
	const rank = (row: MenuRow) => (row.why !== null ? 0 : row.refusal === null ? 1 : 2);
	return rows.toSorted((a, b) => rank(a) - rank(b));
}
