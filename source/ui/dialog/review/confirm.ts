/** Enter on the review. */
import type {Plan} from '../../../core/model/plan.ts';
import type {Receipt} from '../../../core/model/receipt.ts';
import {beginOnScreen} from '../../operations/reduce-operations.ts';
import type {Effect, Next} from '../../state/actions.ts';
import type {Dialog} from '../../state/dialog.ts';
import {splitKey} from '../../state/hosts/placed.ts';
import type {State} from '../../state/state.ts';
import {fieldText} from '../../terminal/text-field.ts';
import {arm} from '../enter-step.ts';
import {closingChoice} from '../outcome.ts';
import {confirmSeveral} from '../several/acts.ts';
import {matches} from './typed-word.ts';

/** Carried out only if the word was typed, or if this Enter cannot be a held key running through. */
export function confirm(state: State, dialog: Dialog): Next {
	const {outcome, recovery, several} = dialog;
	if (several !== null) return confirmSeveral(state, dialog);
	const closing = closingChoice(dialog);
	if (outcome === null && closing === null) return [state, []];
	if (outcome !== null && 'refusal' in outcome)
		return [{...state, notice: {tone: 'warn', text: 'Refused: nothing to carry out. Esc goes back.'}}, []];
	const word = outcome?.plan.confirm ?? null;
	if (word === null && !dialog.armed) return arm(state, dialog);
	if (word !== null && !matches(fieldText(dialog.field), word))
		return [{...state, notice: {tone: 'warn', text: 'Not run: the typed name does not match.'}}, []];
	if (recovery !== null) return carryOutRecovery(state, dialog, recovery.receipt, outcome?.plan ?? null);
	const {host} = splitKey(dialog.domain);
	const begun = beginOnScreen(state, host, outcome!.plan);
	return [begun.state, [{type: 'carry-out', host, key: begun.key, plan: outcome!.plan}]];
}

function carryOutRecovery(state: State, {domain, recovery}: Dialog, {id}: Receipt, reviewed: Plan | null): Next {
	const choice = recovery!.choice!;
	const {host} = splitKey(domain);
	const recover = (key: number | null): Effect => ({type: 'recover', host, key, id, choice});
	if (reviewed === null) return [{...state, screen: {name: 'lists'}}, [recover(null)]];
	const begun = beginOnScreen(state, host, reviewed);
	return [begun.state, [recover(begun.key)]];
}
