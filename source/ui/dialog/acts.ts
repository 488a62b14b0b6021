/** What keys do in a dialog, which leads from a task to an intent to a reviewed plan, and which keys open one. */
import type {Act, Next} from '../state/actions.ts';
import {copyPlan} from '../state/copy.ts';
import type {Dialog} from '../state/dialog.ts';
import {splitKey} from '../state/hosts/placed.ts';
import {selectedDomain} from '../state/rows.ts';
import type {State} from '../state/state.ts';
import {interruptedOf, shownWork} from '../state/works.ts';
import {edit, fieldText} from '../terminal/text-field.ts';
import {isReady} from './arrive.ts';
import {continueDialog, enterStep} from './enter-step.ts';
import {type NewTask, openDialog, openRecovery, openUndo} from './open.ts';
import {moveOption, turnOption} from './options/cursor.ts';
import {confirm} from './review/confirm.ts';
import {typed} from './text/typing.ts';

export const opens =
	(task: NewTask): Act =>
	state =>
		openDialog(state, task);

/** From what is done to its undo, from what is not to its recovery. */
export const openUndoOrRecovery: Act = state => {
	const work = shownWork(state);
	if (work === null || work.receipt === null) return [state, []];
	const {host, receipt} = work;
	return receipt.status === 'verified' ? openUndo(state, host, receipt) : openRecovery(state, host, receipt);
};

/** The interrupted operation of the selected domain, else the newest of all. */
export const openInterrupted: Act = state => {
	const found = interruptedOf(state, selectedDomain(state)?.key ?? null);
	return found === null ? [state, []] : openRecovery(state, found.host, found.receipt);
};

/** To the step before, and from the first one to the lists. */
export const stepBack = (state: State, dialog: Dialog): Next =>
	dialog.at === 0 || !isReady(dialog)
		? [{...state, screen: {name: dialog.several === null ? 'lists' : 'all'}}, []]
		: [{...state, screen: enterStep(dialog, dialog.at - 1)}, []];

export const nextStep = inDialog(continueDialog);

export const confirmReview = inDialog(confirm);

export const optionBelow = inDialog((state, dialog) => [{...state, screen: moveOption(dialog, 1)}, []]);
export const optionAbove = inDialog((state, dialog) => [{...state, screen: moveOption(dialog, -1)}, []]);
export const nextChoice = inDialog((state, dialog) => [{...state, screen: turnOption(dialog, 1)}, []]);
export const choiceBefore = inDialog((state, dialog) => [{...state, screen: turnOption(dialog, -1)}, []]);

export const edits = (how: Parameters<typeof edit>[1]): Act =>
	inDialog((state, dialog) => typed(state, dialog, edit(dialog.field, how)));

/** All that is in the field, in the person's own editor. */
export const editOutside = inDialog((state, {field, token}) => [
	state,
	[{type: 'edit-text', text: fieldText(field), token}],
]);

const withPassword =
	'Not copied: a definition in this plan holds a password. Carry the plan out here; virsnap plan shows its commands.';

export const copyReviewed = inDialog((state, {domain, outcome}) => {
	if (outcome === null || 'refusal' in outcome) return [state, []];
	const copy = copyPlan(outcome.plan, splitKey(domain).host);
	return copy === null ? [{...state, notice: {tone: 'bad', text: withPassword}}, []] : [state, [copy]];
});

function inDialog(act: (state: State, dialog: Dialog) => Next): Act {
	return state => (state.screen.name === 'dialog' ? act(state, state.screen) : [state, []]);
}
