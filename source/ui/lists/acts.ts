/** What keys do in the two panes. */
import {listOrders} from '../../core/snapshots/listed.ts';
import type {Act} from '../state/actions.ts';
import {clearedNext, markExpired, toggleMark} from '../state/marks.ts';
import type {Move} from '../state/paging.ts';
import {selectedDomain, selectedFold, selectedRow} from '../state/rows.ts';
import {NO_MARKS, type Pane, type Screen, type State} from '../state/state.ts';
import {type Edit, edit, field, fieldText, oneLine} from '../terminal/text-field.ts';
import {leaveAll, openAll} from './all/acts.ts';
import {moveInAll} from './all/cursor.ts';
import {fold} from './folds.ts';
import {moveCursor} from './reduce-lists.ts';

export const move =
	(by: Move): Act =>
	state => [state.screen.name === 'all' ? moveInAll(state, by) : moveCursor(state, by), []];

export const goTo =
	(pane: Pane): Act =>
	state => [{...state, focus: pane}, []];

export const otherPane: Act = state => [{...state, focus: state.focus === 'domains' ? 'snapshots' : 'domains'}, []];

export const markAndMoveOn: Act = state => [moveCursor(toggleMark(state), 'down'), []];

/** What is marked there is of use in the pane where it is. */
export const markAllExpired: Act = state => [{...markExpired(state), focus: 'snapshots'}, []];

export const turnTree: Act = state => [{...state, tree: !state.tree}, []];

export const nextOrder: Act = state => {
	const order = listOrders[(listOrders.indexOf(state.order) + 1) % listOrders.length]!;
	return [{...state, order}, []];
};

/** Begun anew, as everywhere: whoever types a second one does not think of the first. */
export const beginFilter: Act = state => [{...withFilter(state, ''), filtering: true}, []];

export const keepFilter: Act = state => [{...state, filtering: false}, []];

export const editFilter =
	(how: Edit): Act =>
	state => [withFilter(state, fieldText(edit(field(filterOf(state)), how))), []];

/** The filter, else the way back to where this list was entered from, else the marks; the list of all is left at last. */
export const clear: Act = (state, rows) => {
	const next = clearedNext(state);
	if (state.filtering || next === 'filter') return [{...withFilter(state, ''), filtering: false}, []];
	if (next === 'all') return openAll(state, rows);
	if (next === 'marks') return [{...state, marks: NO_MARKS}, []];
	return state.screen.name === 'all' ? leaveAll(state, rows) : [state, []];
};

/** What a snapshot's screen showed is read when somebody looks at it. */
export const openDetails: Act = (state, rows) => {
	if (selectedFold(state) !== null) return fold(state, rows);
	const domain = selectedDomain(state)?.key;
	const listed = state.focus === 'snapshots' ? selectedRow(state)?.listed : undefined;
	const createdAt = listed?.kind === 'snapshot' ? listed.snapshot.createdAt : null;
	const reads = domain !== undefined && createdAt !== null;
	return [{...state, screen: {name: 'details', top: 0}}, reads ? [{type: 'read-picture', domain, createdAt}] : []];
};

/** Unused overlays are not part of the view: finding them means reading folders. */
export const openChains: Act = state => {
	const token = state.tokens + 1;
	const domain = selectedDomain(state)?.key;
	const screen: Screen = {name: 'chains', top: 0, token, unused: null};
	return [{...state, tokens: token, screen}, domain === undefined ? [] : [{type: 'read-facts', domain, token}]];
};

export const openLog: Act = state => [state, [{type: 'read-log'}]];

export const readAgain: Act = state => [
	{...state, notice: {tone: 'plain', text: 'Reading everything again.'}},
	[{type: 'refresh'}, {type: 'look-back'}],
];

/** What is typed or pasted while the filter is; spaces stay, so that words can be typed one after the other. */
export function typeFilter(state: State, text: string): State {
	return state.filtering ? withFilter(state, filterOf(state) + (text === ' ' ? text : oneLine(text))) : state;
}

function filterOf({screen, focus, all, domains, snapshots}: State): string {
	if (screen.name === 'all') return all.filter;
	return focus === 'domains' ? domains.filter : snapshots.filter;
}

function withFilter(state: State, filter: string): State {
	if (state.screen.name === 'all') return {...state, all: {...state.all, filter}};
	return state.focus === 'domains'
		? {...state, domains: {...state.domains, filter}}
		: {...state, snapshots: {...state.snapshots, filter}};
}
