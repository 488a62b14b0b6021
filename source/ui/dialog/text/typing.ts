/** Typing into a dialog: a part of the intent, an option, or the word that confirms a plan. */

import type {Next} from '../../state/actions.ts';
import type {Dialog} from '../../state/dialog.ts';
import type {State} from '../../state/state.ts';
import {type Field, fieldText, insert, oneLine} from '../../terminal/text-field.ts';
import {chosenOption} from '../options/cursor.ts';
import {withIntent} from '../outcome.ts';
import {textStep} from './steps.ts';

export const typeInto = (state: State, dialog: Dialog, text: string): Next =>
	typed(state, dialog, insert(dialog.field, oneLineKeepingSpace(text)));

/** A typed space is itself; anything longer came from a paste. */
const oneLineKeepingSpace = (text: string): string => (text === ' ' ? text : oneLine(text));

/** With another text in the field. */
export function typed(state: State, dialog: Dialog, text: Field): Next {
	const next = {...dialog, field: text};
	const {intent} = dialog;
	const step = dialog.steps[dialog.at];
	const option = step === 'options' || step === 'disks' ? chosenOption(dialog) : undefined;
	if (option?.kind === 'typed') return [{...state, screen: withIntent(next, option.type(fieldText(text).trim()))}, []];
	const part = textStep(dialog);
	if (part !== null && intent !== null)
		return [{...state, screen: withIntent(next, part.write(intent, fieldText(text)))}, []];
	return [{...state, screen: next}, []];
}
