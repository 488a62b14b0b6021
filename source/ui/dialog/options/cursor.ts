/** The rows of the options step: which one the cursor is on, and turning its choice. */

import type {Dialog} from '../../state/dialog.ts';
import {field} from '../../terminal/text-field.ts';
import {withIntent} from '../outcome.ts';
import {diskRows} from './disk-rows.ts';
import {type OptionRow, optionsOf} from './options.ts';

/** The rows of the step that the dialog is in. */
export function optionsIn({facts, intent, steps, at}: Dialog): readonly OptionRow[] {
	if (facts === null) return [];
	return steps[at] === 'disks' && intent?.verb === 'create' ? diskRows(facts, intent) : optionsOf(facts, intent);
}

export function chosenOption(dialog: Dialog): OptionRow | undefined {
	return optionsIn(dialog)[dialog.option];
}

/** To the next row that can be changed; one that is typed into gets its text. */
export function moveOption(dialog: Dialog, by: number): Dialog {
	const options = optionsIn(dialog);
	let option = dialog.option + by;
	while (options[option]?.kind === 'closed') option += by;
	const found = options[option];
	if (found === undefined) return dialog;
	return {...dialog, option, field: field(found.kind === 'typed' ? found.text : '')};
}

/** `by`: 1 for the next choice, -1 for the one before, round and round. */
export function turnOption(dialog: Dialog, by: number): Dialog {
	const option = chosenOption(dialog);
	if (option?.kind !== 'choices') return dialog;
	const count = option.choices.length;
	return withIntent(dialog, option.choose((option.chosen + by + count) % count));
}
