/** The rows of the menu step: which one the cursor is on, and choosing it. */
import type {Next} from '../../state/actions.ts';
import type {Dialog} from '../../state/dialog.ts';
import type {State} from '../../state/state.ts';
import {enter} from '../enter-step.ts';
import {withOutcome} from '../outcome.ts';
import {menuRows} from './menu.ts';

export function highlightRow(dialog: Dialog, row: string): Dialog {
	return dialog.row === row ? dialog : {...dialog, row};
}

export function chooseRow(state: State, dialog: Dialog, id: string): Next {
	const row = menuRows(dialog).find(candidate => candidate.id === id);
	if (row === undefined) return [state, []];
	if (row.refusal !== null) {
		const text = `Not here: ${row.refusal.reason}`;
		return [{...state, screen: {...dialog, row: id}, notice: {tone: 'warn', text}}, []];
	}
	const chosen = withOutcome({...dialog, ...row.choose(dialog)});
	return enter(state, chosen, chosen.at + 1);
}
