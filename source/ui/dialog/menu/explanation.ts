/** What is said below a menu of a row that cannot be chosen, and of one that is a plan. */

import type {Plan} from '../../../core/model/plan.ts';
import type {Refusal} from '../../../core/model/refusal.ts';

import {enumerate, printable} from '../../../core/words/text.ts';
import type {Explained} from './row.ts';

export function refusalWords(refusal: Refusal | null): readonly Explained[] {
	if (refusal === null) return [];
	return [
		{label: 'Not here', text: printable(refusal.reason), tone: 'warn'},
		{label: 'Remedy', text: refusal.remedy},
	];
}

export function planWords({why, steps, losses, pause, warnings}: Plan): readonly Explained[] {
	return [
		{label: 'Why', text: printable(why)},
		{label: 'Plan', text: enumerate(steps.map(({title}) => printable(title)))},
		{label: 'Pause', text: printable(pause)},
		...warnings.map(warning => ({label: 'Warning', text: warning, tone: 'warn' as const})),
		...losses.map(loss => ({label: 'Lost', text: printable(loss), tone: 'remove' as const})),
	];
}
