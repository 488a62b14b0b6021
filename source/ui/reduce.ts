/** `(state, action) → [state, effects]`: pure. What takes time or touches the world is returned as an effect. */

import {dialogCommand} from './dialog/acts.ts';
import {factsArrived, isReady, recoveryArrived} from './dialog/arrive.ts';
import {chooseRow, highlightRow} from './dialog/menu/cursor.ts';
import {openDialog, openRecovery, openUndo} from './dialog/open.ts';
import {beginRound, finished, settleRound} from './dialog/round.ts';
import {typeInto} from './dialog/text/typing.ts';
import type {Command} from './keys/keymap.ts';
import {type Move, moveCursor, settle, withFilter} from './lists/reduce-lists.ts';
import {
	askedToCancel,
	cutOffOf,
	found,
	nextWork,
	shownWork,
	subjectOf,
	underWay,
	workFailed,
	workReported,
} from './operations/reduce-operations.ts';
import {content, pageRows, pageTop} from './reading/content.ts';
import type {Action, Next} from './state/actions.ts';
import {copyLog, copyName} from './state/copy.ts';
import {clearedNext, toggleMark, withoutLostMarks} from './state/marks.ts';
import {selectedDomain} from './state/rows.ts';
import {NO_MARKS, type Screen, type State} from './state/state.ts';
import {edit, field, fieldText, oneLine} from './terminal/text-field.ts';

export function reduce(before: State, action: Action): Next {
	const [after, effects] = step(before, action);
	return [settle(before, settleRound(before, withoutLostMarks(before, after))), effects];
}

/** Further down than any screen is long. */
const END = Number.MAX_SAFE_INTEGER;

function step(state: State, action: Action): Next {
	const {screen} = state;
	const dialog = screen.name === 'dialog' ? screen : null;
	switch (action.type) {
		case 'command':
			if (action.command === 'menu') return [state, []];
			return command({...state, notice: null, quitting: false}, action.command, state.quitting);
		case 'notice':
			return [{...state, notice: action.notice}, []];
		case 'text':
			if (dialog) return typeInto({...state, notice: null}, dialog, action.text);
			return [state.filtering ? withFilter(state, filterOf(state) + withoutControls(action.text)) : state, []];
		case 'resize':
			return [{...state, size: action.size}, []];
		case 'view':
			return [action.view === state.view ? state : {...state, view: action.view}, []];
		case 'facts':
			if (screen.name === 'chains' && screen.token === action.token)
				return [{...state, screen: {...screen, leftOver: action.facts.reclaimable}}, []];
			return dialog?.token === action.token ? factsArrived(state, dialog, action.facts) : [state, []];
		case 'facts-failed':
			return [dialog?.token === action.token ? {...state, screen: {...dialog, failure: action.reason}} : state, []];
		case 'recovery':
			return dialog?.token === action.token ? recoveryArrived(state, dialog, action.recovery) : [state, []];
		case 'menu-highlighted':
			return [dialog ? withScreen({...state, notice: null}, highlightRow(dialog, action.row)) : state, []];
		case 'menu-chosen':
			return dialog ? chooseRow({...state, notice: null}, dialog, action.row) : [state, []];
		case 'armed':
			return [dialog?.arming === action.arming ? {...state, screen: {...dialog, armed: true}} : state, []];
		case 'receipt':
			return [workReported(state, action.key, action.receipt), []];
		case 'finished':
			return finished(state, action.key, action.receipt);
		case 'work-failed':
			return [workFailed(state, action.key, action.reason), []];
		case 'look-back':
			return [state, [{type: 'look-back'}]];
		case 'found':
			return found(state, action);
		case 'closed':
			return [{...state, notice: {tone: 'ok', text: `Closed: ${action.receipt.message}`}}, [{type: 'look-back'}]];
		case 'tick':
			return [{...state, now: action.now}, []];
		case 'log':
			return [{...state, screen: {name: 'log', entries: action.entries, top: END}}, []];
	}
}

const withScreen = (state: State, screen: Screen): State => (screen === state.screen ? state : {...state, screen});

/** What a paste or a key adds to a filter: spaces stay, so that words can be typed one after the other. */
const withoutControls = (text: string): string => (text === ' ' ? text : oneLine(text));

const filterOf = (state: State): string => (state.focus === 'domains' ? state.domains.filter : state.snapshots.filter);

function command(state: State, name: Command, askedBefore: boolean): Next {
	switch (name) {
		case 'quit':
			return quit(state, askedBefore);
		case 'suspend':
			return [state, [{type: 'suspend'}]];
		case 'help':
			return [{...state, screen: {name: 'help', top: 0, under: state.screen}}, []];
		default:
			break;
	}
	if (state.screen.name === 'dialog' && !isScrolling(state, name)) return dialogCommand(state, state.screen, name);
	if (state.screen.name === 'lists') return listCommand(state, name);
	return readingCommand(state, name);
}

/** Leaving work behind is asked twice, so that it is known: quitting does not stop it. */
function quit(state: State, askedBefore: boolean): Next {
	const [first, ...others] = underWay(state);
	if (first === undefined || askedBefore) return [state, [{type: 'quit'}]];
	const what = others.length === 0 ? `${subjectOf(first.plan)} goes on` : `${others.length + 1} operations go on`;
	const text = `${what} when you quit, and virsnap shows it when it is started again. Once more quits.`;
	return [{...state, quitting: true, notice: {tone: 'warn', text}}, []];
}

const MOVES: readonly Command[] = ['up', 'down', 'page-up', 'page-down', 'first', 'last'];
const isMove = (name: Command): name is Move => MOVES.includes(name);

/** The review scrolls; the other steps of a dialog use these keys themselves. */
function isScrolling(state: State, name: Command): boolean {
	const {screen} = state;
	return isMove(name) && screen.name === 'dialog' && isReady(screen) && screen.steps[screen.at] === 'review';
}

function readingCommand(state: State, name: Command): Next {
	const {screen} = state;
	if (screen.name === 'lists') return [state, []];
	if (screen.name === 'progress') {
		if (name === 'cancel') return [{...state, screen: {...screen, asking: true}}, []];
		if (name === 'cancel-confirmed') return askedToCancel(state);
		if (name === 'next-outcome') return [nextWork(state), []];
		if (name === 'way-back') return openWayBack(state);
		if (name === 'back' && screen.asking) return [{...state, screen: {...screen, asking: false}}, []];
	}
	if (name === 'reclaim') return openDialog(state, 'reclaim');
	if (name === 'copy') return [state, copyLog(state)];
	if (name === 'back') return [{...state, screen: screen.name === 'help' ? screen.under : {name: 'lists'}}, []];
	if (!isMove(name)) return [state, []];
	const page = pageRows(state);
	const rows = content(state).length;
	const last = Math.max(0, rows - page);
	const at = pageTop(state, rows);
	const targets = {first: 0, last, up: at - 1, down: at + 1, 'page-up': at - page, 'page-down': at + page};
	const top = Math.max(0, Math.min(targets[name], last));
	return [top === screen.top ? state : {...state, screen: {...screen, top}}, []];
}

/** What is left over is not part of the view: it takes a look into folders. */
function openChains(state: State): Next {
	const token = state.tokens + 1;
	const uuid = selectedDomain(state)?.uuid;
	const screen: Screen = {name: 'chains', top: 0, token, leftOver: null};
	return [{...state, tokens: token, screen}, uuid === undefined ? [] : [{type: 'read-facts', uuid, token}]];
}

function openProgress(state: State): Next {
	const work = shownWork(state);
	if (work === null) return [state, []];
	return [{...state, screen: {name: 'progress', top: 0, key: work.key, asking: false}}, []];
}

/** From what is done to its undo, from what is not to its recovery. */
function openWayBack(state: State): Next {
	const receipt = shownWork(state)?.receipt;
	if (receipt == null) return [state, []];
	return receipt.status === 'verified' ? openUndo(state, receipt) : openRecovery(state, receipt);
}

/** What was cut off on the selected domain, else the newest of all. */
function openCutOff(state: State): Next {
	const receipt = cutOffOf(state, selectedDomain(state)?.uuid ?? null);
	return receipt === null ? [state, []] : openRecovery(state, receipt);
}

function cleared(state: State): State {
	if (state.filtering || clearedNext(state) === 'filter') return {...withFilter(state, ''), filtering: false};
	return clearedNext(state) === 'marks' ? {...state, marks: NO_MARKS} : state;
}

function listCommand(state: State, name: Command): Next {
	if (isMove(name)) return [moveCursor(state, name), []];
	switch (name) {
		case 'other-pane':
			return [{...state, focus: state.focus === 'domains' ? 'snapshots' : 'domains'}, []];
		case 'domains-pane':
			return [{...state, focus: 'domains'}, []];
		case 'snapshots-pane':
			return [{...state, focus: 'snapshots'}, []];
		case 'details':
			return [{...state, screen: {name, top: 0}}, []];
		case 'chains':
			return openChains(state);
		case 'outcome':
			return openProgress(state);
		case 'recover':
			return openCutOff(state);
		case 'back':
			return [cleared(state), []];
		case 'mark':
			return [moveCursor(toggleMark(state), 'down'), []];
		case 'filter':
			// Begun anew, as everywhere: whoever types a second one does not think of the first.
			return [{...withFilter(state, ''), filtering: true}, []];
		case 'filter-done':
			return [{...state, filtering: false}, []];
		case 'erase':
		case 'erase-line':
			return [withFilter(state, fieldText(edit(field(filterOf(state)), name))), []];
		case 'tree':
			return [{...state, tree: !state.tree}, []];
		case 'refresh':
			return [
				{...state, notice: {tone: 'plain', text: 'Reading everything again.'}},
				[{type: 'refresh'}, {type: 'look-back'}],
			];
		case 'log':
			return [state, [{type: 'read-log'}]];
		case 'copy':
			return [state, copyName(state)];
		case 'revert':
		case 'memory':
		case 'clone':
			return openDialog(state, name);
		case 'create':
		case 'delete':
		case 'start':
		case 'shutdown':
		case 'destroy':
		case 'pause-resume':
			return beginRound(state, name);
		default:
			return [state, []];
	}
}
