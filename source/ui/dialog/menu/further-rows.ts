/** The rows below the methods that lead to what else can be chosen. */

import {writableDisks} from '../../../core/model/domain.ts';
import type {Facts} from '../../../core/model/facts.ts';
import type {CreateIntent} from '../../../core/model/intent.ts';
import type {DialogStep} from '../../state/dialog.ts';
import {diskWords} from '../options/disk-rows.ts';
import {optionWords} from '../options/options.ts';
import type {MenuRow} from './row.ts';

/** `methods`: the rows above. Disks are chosen only where there are several, and where an external method can leave one out. */
export function furtherRows(facts: Facts, intent: CreateIntent, methods: readonly MenuRow[]): readonly MenuRow[] {
	const chosen = intent.disks !== undefined || intent.overlays !== undefined || intent.memoryFile !== undefined;
	const external = methods.some(({id, refusal}) => id.startsWith('external') && refusal === null);
	const choice = writableDisks(facts.domain).length > 1 && (external || chosen);
	return [
		...(choice
			? [
					leadingTo('disks', diskWords(facts, intent), {
						label: 'Disks',
						text: 'which of them the snapshot holds, and where the overlay of each and the memory go; by external methods',
					}),
				]
			: []),
		leadingTo('options', optionWords(facts, intent), {
			label: 'Options',
			text: 'disks only or memory too, freezing the file systems, the folder for overlays',
		}),
	];
}

/** Unfolds a step of its own before this one. */
const leadingTo = (step: DialogStep, label: string, explained: MenuRow['explanation'][number]): MenuRow => ({
	id: step,
	label,
	note: '',
	refusal: null,
	explanation: [explained],
	choose: ({steps, at}) => {
		const unfolded = steps.includes(step) ? steps : [...steps.slice(0, at), step, ...steps.slice(at)];
		// The next step is entered from here.
		return {steps: unfolded, at: unfolded.indexOf(step) - 1};
	},
});
