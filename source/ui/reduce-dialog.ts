/** Dialogs: from a key to an intent to a reviewed plan. Planners are pure, so they are asked right here. */
import type {Facts} from '../core/domain.ts';
import {directoryOf} from '../core/overlay.ts';
import type {Intent, Plan, Refusal, RefusalCode} from '../core/plan.ts';
import type {Receipt} from '../core/receipt.ts';
import type {Choice, Recovery} from '../core/recover/recovery.ts';
import {printable} from '../core/text.ts';
import {copyPlan} from './copy.ts';
import {deletesMetadataOnly, optionsOf} from './dialog-options.ts';
import type {Command} from './keymap.ts';
import {menuRows} from './menu/menu.ts';
import {planned, recoverable, undone} from './planned.ts';
import {cloneName} from './proposals.ts';
import {beginOnScreen} from './reduce-work.ts';
import {selectedDomain, selectedSnapshot} from './rows.ts';
import type {Dialog, DialogStep, Effect, Next, State, Task} from './state.ts';
import {type Edit, edit, type Field, field, fieldText, insert, oneLine} from './text-field.ts';
import {textStep, type Unread, unreadOf} from './text-steps.ts';

/** `proposed`: where something is known of what is wished. */
export function openDialog(state: State, task: WishedTask, proposed?: Intent): Next {
	const domain = selectedDomain(state);
	if (domain === null) return [state, []];
	const {uuid, name} = domain;
	const token = state.tokens + 1;
	const snapshot = selectedSnapshot(state);
	const memory = snapshot?.managedSave ? MEMORY[task] : undefined;
	const intent = proposed ?? memory ?? firstIntent(task, snapshot);
	const screen: Dialog = {...BLANK, task: memory ? 'memory' : task, token, uuid, domainName: name, intent};
	return [{...state, screen, tokens: token, notice: cutOffThere(state, uuid)}, [{type: 'read-facts', uuid, token}]];
}

/** Those that begin with a wish; the others begin with a receipt. */
export type WishedTask = Exclude<Task, 'recover' | 'undo'>;

/** What reverting to saved memory and deleting it are. */
const MEMORY: Readonly<Partial<Record<Task, Intent>>> = {revert: {verb: 'restore'}, delete: {verb: 'drop'}};

const BLANK: Omit<Dialog, 'task' | 'token' | 'uuid' | 'domainName'> = {
	name: 'dialog',
	intent: null,
	facts: null,
	recovery: null,
	undoes: null,
	failure: null,
	steps: [],
	at: 0,
	resume: 0,
	field: field(''),
	option: 0,
	row: null,
	outcome: null,
	armed: false,
	arming: 0,
	top: 0,
};

/** The next plan on a domain may stand on what an earlier one left half done. */
function cutOffThere({cutOff}: State, uuid: string): State['notice'] {
	const left = cutOff.find(({plan}) => plan.domain.uuid === uuid);
	if (left === undefined) return null;
	return {tone: 'warn', text: `A ${left.plan.verb} was cut off on this domain: Esc, then u shows what can be done`};
}

/** What was done, to be taken back. */
export function openUndo(state: State, receipt: Receipt): Next {
	const {domain, file} = receipt.plan;
	const token = state.tokens + 1;
	const {uuid, name} = domain;
	const screen: Dialog = {...BLANK, task: 'undo', token, uuid, domainName: name, undoes: receipt};
	const around = file === undefined ? {} : {file, directory: directoryOf(file)};
	return [
		{...state, screen, tokens: token, notice: cutOffThere(state, uuid)},
		[{type: 'read-facts', uuid, token, ...around}],
	];
}

/** What was cut off or failed. */
export function openRecovery(state: State, receipt: Receipt): Next {
	const {uuid, name} = receipt.plan.domain;
	const token = state.tokens + 1;
	const recovery = {receipt, found: null, choice: null};
	const screen: Dialog = {...BLANK, task: 'recover', token, uuid, domainName: name, recovery};
	return [{...state, screen, tokens: token}, [{type: 'read-recovery', id: receipt.id, token}]];
}

function firstIntent(task: WishedTask, snapshot: ReturnType<typeof selectedSnapshot>): Intent | null {
	if (task === 'memory' || task === 'reclaim') return null;
	if (task === 'clone') return {verb: task, name: ''};
	if (task === 'create') return {verb: task, tag: ''};
	if (task === 'revert') return {verb: task, tag: snapshot?.tag ?? ''};
	if (task !== 'delete') return {verb: task};
	const metadataOnly = snapshot !== null && deletesMetadataOnly(snapshot);
	return {verb: task, tag: snapshot?.tag ?? '', ...(metadataOnly && {metadataOnly})};
}

/** The first facts of a dialog, or those read again since a folder was named. */
export function factsArrived(state: State, dialog: Dialog, facts: Facts): Next {
	const intent = withProposedName(facts, dialog.intent);
	const steps = dialog.steps.length > 0 ? dialog.steps : stepsFor(facts, dialog.task, intent);
	return enter(state, plan({...dialog, facts, intent, steps}), dialog.resume);
}

export function recoveryArrived(state: State, dialog: Dialog, recovery: Recovery): Next {
	if (dialog.recovery === null) return [state, []];
	const found = recoverable(recovery, state.view.inventory, dialog.uuid);
	return enter(state, {...dialog, recovery: {...dialog.recovery, found}, steps: ['menu', 'review']}, 0);
}

/** What the dialog is about is known. */
export const isReady = ({facts, recovery}: Dialog): boolean => facts !== null || recovery?.found != null;

/** The planner proposes the tag of a snapshot that has none; a clone is numbered. */
function withProposedName(facts: Facts, intent: Intent | null): Intent | null {
	if (intent?.verb === 'clone' && intent.name === '') return {...intent, name: cloneName(facts)};
	if (intent?.verb !== 'create' || intent.tag !== '') return intent;
	const outcome = planned(facts, intent);
	return 'plan' in outcome ? {...intent, tag: outcome.plan.tag ?? ''} : intent;
}

function stepsFor(facts: Facts, task: Task, intent: Intent | null): readonly DialogStep[] {
	if (task === 'undo') return ['review'];
	if (task === 'memory' || task === 'reclaim') return intent === null ? ['menu', 'review'] : ['review'];
	if (task === 'clone') return ['name', 'review'];
	if (task === 'create') return ['tag', 'description', 'menu', 'review'];
	return optionsOf(facts, intent).length > 0 ? ['options', 'review'] : ['review'];
}

function plan(dialog: Dialog): Dialog {
	const {facts, intent, undoes} = dialog;
	if (facts === null) return dialog;
	if (undoes !== null) return {...dialog, outcome: undone(facts, undoes)};
	return intent === null ? dialog : {...dialog, outcome: planned(facts, intent)};
}

const withIntent = (dialog: Dialog, intent: Intent): Dialog => plan({...dialog, intent});

/** Going to a step fills its field from the intent; a review starts unarmed, at its top. */
function enterStep(dialog: Dialog, at: number): Dialog {
	const {intent} = dialog;
	const entered = {...dialog, at, top: 0, armed: false, field: field('')};
	const text = textStep(entered);
	if (text !== null && intent !== null) return {...entered, field: field(text.read(intent))};
	switch (dialog.steps[at]) {
		case 'menu':
			return {...entered, row: menuRows(dialog)[0]?.id ?? null};
		case 'options':
			return moveOption({...entered, option: -1}, 1);
		default:
			return entered;
	}
}

/** What is wrong with the name itself, as far as the planner says. */
export function nameRefusal({outcome}: Dialog): Refusal | null {
	const codes: readonly RefusalCode[] = ['bad-tag', 'tag-exists', 'ambiguous-tag', 'bad-name'];
	return outcome !== null && 'refusal' in outcome && codes.includes(outcome.refusal.code) ? outcome.refusal : null;
}

/** The choice of a recovery that only closes its receipt; null for anything that is a plan. */
export function closingChoice({recovery}: Dialog): Extract<Choice, {status: unknown}> | null {
	const choice = recovery?.found?.choices.find(({id}) => id === recovery.choice);
	return choice !== undefined && 'status' in choice ? choice : null;
}

export function dialogCommand(state: State, dialog: Dialog, command: Command): Next {
	const step = isReady(dialog) ? dialog.steps[dialog.at] : null;
	const stay = (next: Dialog): Next => [{...state, screen: next}, []];
	const editing = EDITS[command];
	if (editing !== undefined) return typed(state, dialog, edit(dialog.field, editing));
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

const EDITS: Readonly<Partial<Record<Command, Edit>>> = {
	erase: 'erase',
	'erase-word': 'erase-word',
	'erase-line': 'erase-line',
	'erase-next': 'erase-next',
	'text-left': 'left',
	'text-right': 'right',
	'text-home': 'home',
	'text-end': 'end',
};

function goOn(state: State, dialog: Dialog): Next {
	const refusal = textStep(dialog) === null ? null : nameRefusal(dialog);
	if (refusal) return [{...state, notice: {tone: 'warn', text: refusal.reason}}, []];
	const unread = dialog.facts === null ? null : unreadOf(dialog.facts, dialog.intent);
	return unread === null ? enter(state, dialog, dialog.at + 1) : readMore(state, dialog, unread);
}

function readMore(state: State, dialog: Dialog, unread: Unread): Next {
	const token = state.tokens + 1;
	const screen: Dialog = {...dialog, token, facts: null, resume: dialog.at + 1};
	return [{...state, tokens: token, screen}, [{type: 'read-facts', uuid: dialog.uuid, token, ...unread}]];
}

function enter(state: State, dialog: Dialog, at: number): Next {
	const next = enterStep(dialog, at);
	return next.steps[at] === 'review' ? arm(state, next) : [{...state, screen: next}, []];
}

/** Enter counts again only some time after this; the clock of an earlier dialog is told apart as well. */
function arm(state: State, dialog: Dialog): Next {
	const arming = state.tokens + 1;
	return [{...state, tokens: arming, screen: {...dialog, armed: false, arming}}, [{type: 'arm', arming}]];
}

function typed(state: State, dialog: Dialog, text: Field): Next {
	const next = {...dialog, field: text};
	const {intent} = dialog;
	const step = dialog.steps[dialog.at];
	const option = step === 'options' ? chosenOption(dialog) : undefined;
	if (option?.kind === 'typed') return [{...state, screen: withIntent(next, option.type(fieldText(text).trim()))}, []];
	const part = textStep(dialog);
	if (part !== null && intent !== null)
		return [{...state, screen: withIntent(next, part.write(intent, fieldText(text)))}, []];
	return [{...state, screen: next}, []];
}

export const typeInto = (state: State, dialog: Dialog, text: string): Next =>
	typed(state, dialog, insert(dialog.field, oneLineKeepingSpace(text)));

/** A typed space is itself; anything longer came from a paste. */
const oneLineKeepingSpace = (text: string): string => (text === ' ' ? text : oneLine(text));

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
	const chosen = plan({...dialog, ...row.choose(dialog)});
	return enter(state, chosen, chosen.at + 1);
}

export function chosenOption({facts, intent, option}: Dialog) {
	return facts === null ? undefined : optionsOf(facts, intent)[option];
}

/** To the next row that can be changed; one that is typed into gets its text. */
function moveOption(dialog: Dialog, by: number): Dialog {
	const options = dialog.facts === null ? [] : optionsOf(dialog.facts, dialog.intent);
	let option = dialog.option + by;
	while (options[option]?.kind === 'closed') option += by;
	const found = options[option];
	if (found === undefined) return dialog;
	return {...dialog, option, field: field(found.kind === 'typed' ? found.text : '')};
}

function turnOption(dialog: Dialog, by: number): Dialog {
	const option = chosenOption(dialog);
	if (option?.kind !== 'choices') return dialog;
	const count = option.choices.length;
	return withIntent(dialog, option.choose((option.chosen + by + count) % count));
}

/** Enter on the review: carried out only if the word was typed, or if this Enter cannot be a held key running through. */
function confirm(state: State, dialog: Dialog): Next {
	const {outcome, recovery} = dialog;
	const closing = closingChoice(dialog);
	if (outcome === null && closing === null) return [state, []];
	if (outcome !== null && 'refusal' in outcome)
		return [{...state, notice: {tone: 'warn', text: 'Refused: nothing to carry out. Esc goes back.'}}, []];
	const word = outcome?.plan.confirm ?? null;
	if (word === null && !dialog.armed) return arm(state, dialog);
	if (word !== null && !matches(fieldText(dialog.field), word))
		return [{...state, notice: {tone: 'warn', text: 'Not carried out: what is typed is not the name asked for.'}}, []];
	if (recovery !== null) return carryOutRecovery(state, dialog, recovery.receipt, outcome?.plan ?? null);
	const begun = beginOnScreen(state, outcome!.plan);
	return [begun.state, [{type: 'carry-out', key: begun.key, plan: outcome!.plan}]];
}

function carryOutRecovery(state: State, {recovery}: Dialog, {id}: Receipt, reviewed: Plan | null): Next {
	const choice = recovery!.choice!;
	const recover = (key: number | null): Effect => ({type: 'recover', key, id, choice});
	if (reviewed === null) return [{...state, screen: {name: 'lists'}}, [recover(null)]];
	const begun = beginOnScreen(state, reviewed);
	return [begun.state, [recover(begun.key)]];
}

/** A name with characters that cannot be typed is confirmed by what is shown for it. */
const matches = (text: string, word: string): boolean => text === word || text.trim() === printable(word).trim();
