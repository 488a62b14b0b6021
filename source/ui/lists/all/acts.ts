/** What keys do in the list of all snapshots. */
import {everywhereOrders} from '../../../core/snapshots/everywhere.ts';
import type {Act} from '../../state/actions.ts';
import {pointedAt, toggled, withMarks} from '../../state/marks.ts';
import {domainRows, rowsOf} from '../../state/rows.ts';
import type {State} from '../../state/state.ts';
import {moveInAll} from './cursor.ts';
import {type AllRow, allRows, expiredOfAll, isRowMarked, selectedOfAll} from './rows.ts';

/** From the lists; the cursor is where it was. */
export const openAll: Act = state => [
	{...state, screen: {name: 'all'}, filtering: false, all: {...state.all, entered: null}},
	[],
];

export const leaveAll: Act = state => [{...state, screen: {name: 'lists'}, filtering: false}, []];

/** To the snapshot in the list of its domain, where no filter may hide it. */
export const goToDomain: Act = state => {
	const row = selectedOfAll(state);
	if (row === null) return [state, []];
	const {domains, snapshots} = state;
	const hidden = {
		domain: !domainRows(state).includes(row.domain),
		snapshot: !rowsOf(row.domain, state).some(({key}) => key === row.mark.snapshot),
	};
	const open: State = {
		...state,
		screen: {name: 'lists'},
		focus: 'snapshots',
		domains: hidden.domain ? {...domains, filter: ''} : domains,
		folded: new Set([...state.folded].filter(host => host !== row.domain.host)),
		snapshots: hidden.snapshot ? {...snapshots, filter: ''} : snapshots,
		all: {...state.all, entered: row.mark.domain},
	};
	return [pointedAt(open, row.mark), []];
};

export const nextOrderOfAll: Act = state => {
	const {order} = state.all;
	const next = everywhereOrders[(everywhereOrders.indexOf(order) + 1) % everywhereOrders.length]!;
	return [{...state, all: {...state.all, order: next}}, []];
};

export const markInAll: Act = state => {
	const row = selectedOfAll(state);
	return [row === null ? state : moveInAll(toggled(state, row.mark), 'down'), []];
};

/** All from the nearest marked row to the one under the cursor. */
export const markRange: Act = state => {
	const rows = allRows(state);
	const at = rows.findIndex(({key}) => key === state.all.cursor.key);
	const from = nearestMarked(state, rows, at);
	const range = rows.slice(Math.min(from, at), Math.max(from, at) + 1);
	return [withMarks(state, marksOf(range)), []];
};

/** The one above, where one below is as near. */
function nearestMarked(state: State, rows: readonly AllRow[], at: number): number {
	const marked = rows.flatMap(({mark}, index) => (index !== at && isRowMarked(state, mark) ? [index] : []));
	return marked.reduce((best, one) => (Math.abs(one - at) < Math.abs(best - at) ? one : best), marked[0] ?? at);
}

export const markExpiredOfAll: Act = state => [withMarks(state, marksOf(expiredOfAll(state))), []];

const marksOf = (rows: readonly AllRow[]) => rows.map(({mark}) => mark);
