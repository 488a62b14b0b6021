/** The row below the methods that leads to the options. */

import type {Facts} from '../../../core/model/facts.ts';
import type {CreateIntent} from '../../../core/model/intent.ts';
import type {DialogStep} from '../../state/dialog.ts';
import {optionWords} from '../options/options.ts';
import type {MenuRow} from './row.ts';

/** Unfolds the options as a step of their own, before this one. */
export function optionsRow(facts: Facts, intent: CreateIntent): MenuRow {
	return {
		id: 'options',
		label: optionWords(facts, intent),
		note: '',
		refusal: null,
		explanation: [
			{label: 'Options', text: 'disks only or memory too, freezing the file systems, the folder for overlays'},
		],
		choose: ({steps, at}) => ({
			steps: steps.includes('options') ? steps : insert(steps, 'options', at),
			// Where the next step is entered from here, it is the options.
			at: steps.includes('options') ? at - 2 : at - 1,
		}),
	};
}

const insert = (steps: readonly DialogStep[], step: DialogStep, at: number): readonly DialogStep[] => [
	...steps.slice(0, at),
	step,
	...steps.slice(at),
];
