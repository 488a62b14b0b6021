/** What keys do in the review of several: from there they become a batch. */
import type {SeveralIntent} from '../../../core/planning/several/turn.ts';
import {printable} from '../../../core/words/text.ts';
import {beginBatch} from '../../operations/batch/turns.ts';
import type {Act, Next} from '../../state/actions.ts';
import type {Condition} from '../../state/conditions.ts';
import type {Dialog} from '../../state/dialog.ts';
import type {State} from '../../state/state.ts';
import {fieldText} from '../../terminal/text-field.ts';
import {arm} from '../enter-step.ts';
import {matches} from '../review/typed-word.ts';
import {plannedOf, severalWord} from './reviewed.ts';

export const isSeveral: Condition = ({screen}) =>
	(screen.name === 'dialog' && screen.several !== null) || 'this is about one alone';

/** Whether the rest is left where one fails. */
export const turnAtError: Act = state => {
	const {screen} = state;
	if (screen.name !== 'dialog' || screen.several === null) return [state, []];
	const {several} = screen;
	const atError = several.atError === 'stop' ? 'continue' : 'stop';
	return [{...state, screen: {...screen, several: {...several, atError}}}, []];
};

/** Enter on the review: only where the number was typed, or where this Enter cannot be a held key running through. */
export function confirmSeveral(state: State, dialog: Dialog): Next {
	const several = dialog.several!;
	const turns = plannedOf(several);
	if (turns.length === 0)
		return [{...state, notice: {tone: 'warn', text: 'Refused: nothing to carry out. Esc goes back.'}}, []];
	if (state.batch !== null && !state.batch.over)
		return [
			{...state, notice: {tone: 'warn', text: 'Not run: others are still being worked on. o in the list shows them.'}},
			[],
		];
	const word = severalWord(dialog);
	if (word === null && !dialog.armed) return arm(state, dialog);
	if (word !== null && !matches(fieldText(dialog.field), word))
		return [{...state, notice: {tone: 'warn', text: `Not run: type ${printable(word)} to confirm.`}}, []];
	return beginBatch(state, {
		intent: dialog.intent as SeveralIntent,
		turns,
		atError: several.atError,
	});
}
