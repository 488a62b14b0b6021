/** How a clone gets its disks: as overlays, or as copies. */
import {makePlan} from '../../../core/make-plan.ts';
import type {Facts} from '../../../core/model/facts.ts';
import type {CloneIntent} from '../../../core/model/intent.ts';
import {planWords, refusalWords} from './explanation.ts';
import type {MenuRow} from './row.ts';

const ways = [
	{id: 'linked', full: false, label: 'Linked: overlays; they need little space at first'},
	{id: 'full', full: true, label: 'Full copy: depends on nothing'},
] as const;

export function cloneRows(facts: Facts, intent: CloneIntent): readonly MenuRow[] {
	return ways.map(({id, full, label}): MenuRow => {
		const wish = {...intent, full};
		const outcome = makePlan(facts, wish);
		const refusal = 'refusal' in outcome ? outcome.refusal : null;
		return {
			id,
			label,
			note: refusal === null ? '' : 'not here',
			refusal,
			explanation: [...refusalWords(refusal), ...('plan' in outcome ? planWords(outcome.plan) : [])],
			choose: () => ({intent: wish}),
		};
	});
}
