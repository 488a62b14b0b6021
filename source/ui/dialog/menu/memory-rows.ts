/** The memory without the disks: save, restore and discard, as a managed save or in a file. */

import {makePlan} from '../../../core/make-plan.ts';
import type {Facts} from '../../../core/model/facts.ts';
import type {DropIntent, RestoreIntent, SaveIntent} from '../../../core/model/intent.ts';

import {savedFile, saveFile} from '../proposals.ts';
import {planWords, refusalWords} from './explanation.ts';
import type {MenuRow} from './row.ts';

type MemoryIntent = SaveIntent | RestoreIntent | DropIntent;

const MEMORY: readonly {
	readonly id: string;
	readonly label: string;
	readonly intent: (facts: Facts) => MemoryIntent;
}[] = [
	{id: 'save', label: 'Save it, the domain stops (managed save)', intent: () => ({verb: 'save'})},
	{
		id: 'save-file',
		label: 'Save it into a file, the domain stops',
		intent: facts => ({verb: 'save', file: saveFile(facts)}),
	},
	{id: 'restore', label: 'Resume from the managed save', intent: () => ({verb: 'restore'})},
	{
		id: 'restore-file',
		label: 'Resume from a file',
		intent: facts => ({verb: 'restore', file: savedFile(facts)}),
	},
	{id: 'drop', label: 'Discard the managed save', intent: () => ({verb: 'drop'})},
	{id: 'drop-file', label: 'Discard a file of saved memory', intent: facts => ({verb: 'drop', file: savedFile(facts)})},
];

export function memoryRows(facts: Facts): readonly MenuRow[] {
	const rows = MEMORY.map(({id, label, intent}): MenuRow => {
		const wish = intent(facts);
		const outcome = makePlan(facts, wish);
		const typed = wish.file !== undefined;
		// What a file holds is only known when it was named.
		const untold = typed && 'refusal' in outcome && ['not-found', 'not-writable'].includes(outcome.refusal.code);
		const refusal = 'refusal' in outcome && !untold ? outcome.refusal : null;
		return {
			id,
			label,
			note: refusal === null ? '' : 'not here',
			refusal,
			explanation: [
				...refusalWords(refusal),
				...('plan' in outcome ? planWords(outcome.plan) : []),
				...(untold ? [{label: 'File', text: 'enter its path next'}] : []),
			],
			choose: () => ({intent: wish, steps: typed ? ['menu', 'file', 'review'] : ['menu', 'review']}),
		};
	});
	return rows.toSorted((a, b) => Number(a.refusal !== null) - Number(b.refusal !== null));
}
