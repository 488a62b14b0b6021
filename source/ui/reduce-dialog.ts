/** Dialogs: from a key to an intent to a reviewed plan. Planners are pure, so they are asked right here. */
import type {Facts} from '../core/domain.ts';
import {makePlan} from '../core/make-plan.ts';
import type {MethodId} from '../core/method.ts';
import type {CreateIntent, Intent, PowerVerb, Refusal, RefusalCode} from '../core/plan.ts';
import {printable, shellCommand} from '../core/text.ts';
import {deletesMetadataOnly, optionsOf} from './dialog-options.ts';
import type {Command} from './keymap.ts';
import {methodMenu} from './method-menu.ts';
import {selectedDomain, selectedSnapshot} from './rows.ts';
import type {Dialog, DialogStep, Next, State} from './state.ts';
import {type Edit, edit, type Field, field, fieldText, insert, oneLine} from './text-field.ts';

export function openDialog(state: State, verb: 'create' | 'revert' | 'delete' | PowerVerb): Next {
	const domain = selectedDomain(state);
	const snapshot = selectedSnapshot(state);
	if (domain === null) return [state, []];
	const token = state.tokens + 1;
	const dialog: Dialog = {
		name: 'dialog',
		token,
		uuid: domain.uuid,
		domainName: domain.name,
		intent: firstIntent(verb, snapshot),
		facts: null,
		failure: null,
		steps: ['review'],
		at: 0,
		field: field(''),
		option: 0,
		method: null,
		outcome: null,
		armed: false,
		arming: 0,
		top: 0,
	};
	const effects = [{type: 'read-facts', uuid: domain.uuid, token}] as const;
	return [{...state, screen: dialog, tokens: token}, effects];
}

function firstIntent(verb: Intent['verb'], snapshot: ReturnType<typeof selectedSnapshot>): Intent {
	if (verb === 'create') return {verb, tag: ''};
	if (verb === 'revert') return {verb, tag: snapshot?.tag ?? ''};
	if (verb !== 'delete') return {verb};
	const metadataOnly = snapshot !== null && deletesMetadataOnly(snapshot);
	return {verb, tag: snapshot?.tag ?? '', ...(metadataOnly && {metadataOnly})};
}

export function factsArrived(state: State, dialog: Dialog, facts: Facts): Next {
	const intent = withProposedTag(facts, dialog.intent);
	return enter(state, plan({...dialog, facts, intent, steps: stepsFor(facts, intent)}), 0);
}

/** The planner proposes the tag of a snapshot that has none. */
function withProposedTag(facts: Facts, intent: Intent): Intent {
	if (intent.verb !== 'create') return intent;
	const outcome = makePlan(facts, intent);
	return 'plan' in outcome ? {...intent, tag: outcome.plan.tag ?? ''} : intent;
}

function stepsFor(facts: Facts, intent: Intent): readonly DialogStep[] {
	if (intent.verb === 'create') return ['tag', 'description', 'method', 'review'];
	return optionsOf(facts.domain, intent).length > 0 ? ['options', 'review'] : ['review'];
}

const plan = (dialog: Dialog): Dialog =>
	dialog.facts === null ? dialog : {...dialog, outcome: makePlan(dialog.facts, dialog.intent)};

const withIntent = (dialog: Dialog, intent: Intent): Dialog => plan({...dialog, intent});

/** Going to a step fills its field from the intent; a review starts unarmed, at its top. */
function enterStep(dialog: Dialog, at: number): Dialog {
	const {intent} = dialog;
	const entered = {...dialog, at, top: 0, armed: false, field: field('')};
	switch (dialog.steps[at]) {
		case 'tag':
			return {...entered, field: field(intent.verb === 'create' ? intent.tag : '')};
		case 'description':
			return {...entered, field: field(intent.verb === 'create' ? (intent.description ?? '') : '')};
		case 'method':
			return {...entered, method: menuRows(dialog)[0]?.id ?? null};
		default:
			return entered;
	}
}

const menuRows = ({facts, intent}: Dialog) =>
	facts !== null && intent.verb === 'create' ? methodMenu(facts, intent) : [];

/** What is wrong with the name itself, as far as the planner says. */
export function tagRefusal({outcome}: Dialog): Refusal | null {
	const codes: readonly RefusalCode[] = ['bad-tag', 'tag-exists', 'ambiguous-tag'];
	return outcome !== null && 'refusal' in outcome && codes.includes(outcome.refusal.code) ? outcome.refusal : null;
}

export function dialogCommand(state: State, dialog: Dialog, command: Command): Next {
	const step = dialog.facts === null ? null : dialog.steps[dialog.at];
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
			return copyPlan(state, dialog);
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
	const step = dialog.steps[dialog.at];
	const refusal = step === 'tag' || step === 'description' ? tagRefusal(dialog) : null;
	if (refusal) return [{...state, notice: {tone: 'warn', text: refusal.reason}}, []];
	return enter(state, dialog, dialog.at + 1);
}

function enter(state: State, dialog: Dialog, at: number): Next {
	const next = enterStep(dialog, at);
	return next.steps[at] === 'review' ? arm(state, next) : [{...state, screen: next}, []];
}

/** Enter counts again only some time after this. */
function arm(state: State, dialog: Dialog): Next {
	const arming = dialog.arming + 1;
	return [{...state, screen: {...dialog, armed: false, arming}}, [{type: 'arm', arming}]];
}

function typed(state: State, dialog: Dialog, text: Field): Next {
	const next = {...dialog, field: text};
	const {intent} = dialog;
	const step = dialog.steps[dialog.at];
	if (intent.verb === 'create' && step === 'tag')
		return [{...state, screen: withIntent(next, withTag(intent, text))}, []];
	if (intent.verb === 'create' && step === 'description') {
		const description = fieldText(text) === '' ? undefined : fieldText(text);
		return [{...state, screen: withIntent(next, {...intent, description})}, []];
	}
	return [{...state, screen: next}, []];
}

const withTag = (intent: CreateIntent, text: Field): CreateIntent => ({...intent, tag: fieldText(text)});

export const typeInto = (state: State, dialog: Dialog, text: string): Next =>
	typed(state, dialog, insert(dialog.field, oneLineKeepingSpace(text)));

/** A typed space is itself; anything longer came from a paste. */
const oneLineKeepingSpace = (text: string): string => (text === ' ' ? text : oneLine(text));

export function highlightMethod(dialog: Dialog, method: MethodId): Dialog {
	return dialog.method === method ? dialog : {...dialog, method};
}

export function chooseMethod(state: State, dialog: Dialog, id: MethodId): Next {
	const row = menuRows(dialog).find(candidate => candidate.id === id);
	if (row === undefined || dialog.intent.verb !== 'create') return [state, []];
	if (row.refusal !== null) {
		return [
			{...state, screen: {...dialog, method: id}, notice: {tone: 'warn', text: `Not here: ${row.refusal.reason}`}},
			[],
		];
	}
	const method = row.why === null ? id : undefined;
	return enter(state, withIntent(dialog, {...dialog.intent, method}), dialog.at + 1);
}

function moveOption(dialog: Dialog, by: number): Dialog {
	const count = dialog.facts ? optionsOf(dialog.facts.domain, dialog.intent).length : 0;
	return {...dialog, option: Math.max(0, Math.min(dialog.option + by, count - 1))};
}

function turnOption(dialog: Dialog, by: number): Dialog {
	const option = dialog.facts ? optionsOf(dialog.facts.domain, dialog.intent)[dialog.option] : undefined;
	if (option === undefined) return dialog;
	const count = option.choices.length;
	return withIntent(dialog, option.choose((option.chosen + by + count) % count));
}

/** Enter on the review: carried out only if the word was typed, or if this Enter cannot be a held key running through. */
function confirm(state: State, dialog: Dialog): Next {
	const {outcome} = dialog;
	if (outcome === null) return [state, []];
	if ('refusal' in outcome)
		return [{...state, notice: {tone: 'warn', text: 'Refused: nothing to carry out. Esc goes back.'}}, []];
	const {confirm: word} = outcome.plan;
	if (word === null && !dialog.armed) return arm(state, dialog);
	if (word !== null && !matches(fieldText(dialog.field), word))
		return [{...state, notice: {tone: 'warn', text: 'Not carried out: what is typed is not the name asked for.'}}, []];
	const work = {plan: outcome.plan, receipt: null, finished: false, failure: null};
	return [{...state, work, screen: {name: 'progress', top: 0}}, [{type: 'carry-out', plan: outcome.plan}]];
}

/** A name with characters that cannot be typed is confirmed by what is shown for it. */
const matches = (text: string, word: string): boolean => text === word || text.trim() === printable(word).trim();

function copyPlan(state: State, {outcome}: Dialog): Next {
	if (outcome === null || 'refusal' in outcome)
		return [{...state, notice: {tone: 'warn', text: 'There is no plan to copy.'}}, []];
	const commands = outcome.plan.steps.map(({argv, input}) => shellCommand(argv, input));
	const what = commands.length === 1 ? '1 command' : `${commands.length} commands`;
	return [state, [{type: 'copy', text: `${commands.join('\n')}\n`, what}]];
}
