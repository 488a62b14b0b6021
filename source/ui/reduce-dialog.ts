/** What a key does in a dialog, which leads from a wish to an intent to a reviewed plan. */
import type {Next} from './actions.ts';
import {copyPlan} from './copy.ts';
import {isReady} from './dialog/arrive.ts';
import {confirm} from './dialog/confirm.ts';
import type {Dialog} from './dialog/dialog.ts';
import {enterStep, goOn} from './dialog/enter-step.ts';
import {moveOption, turnOption} from './dialog/option-cursor.ts';
import {editTyped} from './dialog/typing.ts';
import type {Command} from './keymap.ts';
import type {State} from './state.ts';

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
