/** How a snapshot is taken: the method that fits best, then those that can be used, then the rest. */

import {ofHeldDisks} from '../../../core/create/choice/chosen-disks.ts';
import {methodChoices} from '../../../core/create/methods.ts';
import {makePlan} from '../../../core/make-plan.ts';
import type {Facts} from '../../../core/model/facts.ts';
import type {CreateIntent} from '../../../core/model/intent.ts';
import {kindMade} from '../../state/snapshots/snapshot-kind.ts';

import {refusalWords} from './explanation.ts';
import type {MenuRow} from './row.ts';

export function methodRows(facts: Facts, intent: CreateIntent): readonly MenuRow[] {
	const own = makePlan(facts, {...intent, method: undefined});
	const chosen = 'plan' in own ? own.plan : null;
	const rows = methodChoices(facts, intent).map(({method}): MenuRow => {
		const outcome = makePlan(facts, {...intent, method: method.id});
		const refusal = 'refusal' in outcome ? outcome.refusal : null;
		const why = chosen?.method === method.id ? chosen.why : null;
		return {
			id: method.id,
			label: `${method.label} (${method.id})`,
			note: why === null ? (refusal === null ? '' : 'not here') : 'chosen',
			refusal,
			explanation: [
				{label: 'Makes', text: kindMade(method.id, facts.domain), tone: 'title'},
				...(why === null ? [] : [{label: 'Chosen', text: why, tone: 'ok' as const}]),
				...refusalWords(refusal),
				{label: 'Holds', text: ofHeldDisks(facts, method.id, intent, method.captures)},
				{label: 'Costs', text: method.costs},
			],
			choose: () => ({intent: {...intent, method: why === null ? method.id : undefined}}),
		};
	});
	const rank = (row: MenuRow) => (row.note === 'chosen' ? 0 : row.refusal === null ? 1 : 2);
	return rows.toSorted((a, b) => rank(a) - rank(b));
}
