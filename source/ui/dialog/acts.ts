/** What a key does in a dialog, which leads from a wish to an intent to a reviewed plan. */

import type {Command} from '../keys/keymap.ts';
import type {Next} from '../state/actions.ts';
import {copyPlan} from '../state/copy.ts';
import type {Dialog} from '../state/dialog.ts';
import type {State} from '../state/state.ts';
import {isReady} from './arrive.ts';
import {enterStep, goOn} from './enter-step.ts';
import {moveOption, turnOption} from './options/cursor.ts';
import {confirm} from './review/confirm.ts';
import {editTyped} from './text/typing.ts';

export function dialogCommand(state: State, dialog: Dialog, command: Command): Next {
	const step = isReady(dialog) ? dialog.steps[dialog.at] : null;
	const stay = (next: Dialog): Next => [{...state, screen: next}, []];
	const edited = editTyped(state, dialog, command);
	if (edited !== null) return edited;
	switch (command) {
		case 'back':
			return dialog.at === 0 || step === null
				? [{...state, screen: {name: 'lists'}}, []]
				: stay(enterStep(dialog, dialog.at - 1));
		case 'go-on':
			return step === 'review' ? confirm(state, dialog) : goOn(state, dialog);
		case 'up':
		case 'down':
			return step === 'options' ? stay(moveOption(dialog, command === 'up' ? -1 : 1)) : [state, []];
		case 'option-next':
			return stay(turnOption(dialog, 1));
		case 'option-previous':
			return stay(turnOption(dialog, -1));
		case 'copy':
			return [state, dialog.outcome !== null && 'plan' in dialog.outcome ? [copyPlan(dialog.outcome.plan)] : []];
		default:
			return [state, []];
	}
}
