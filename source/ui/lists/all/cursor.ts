/** The cursor of the list of all snapshots: moving it, and keeping it on its snapshot while the list changes under it. */
import {listRowsOfAll} from '../../state/layout.ts';
import {type Move, moved, scrolled} from '../../state/paging.ts';
import type {State} from '../../state/state.ts';
import {allRows} from './rows.ts';

const indexOf = (state: State): number => allRows(state).findIndex(({key}) => key === state.all.cursor.key);

const withKey = (state: State, key: string | null): State => ({
	...state,
	all: {...state.all, cursor: {...state.all.cursor, key}},
});

export function moveInAll(state: State, move: Move): State {
	const rows = allRows(state);
	const target = rows[moved(Math.max(0, indexOf(state)), move, rows.length, listRowsOfAll(state.size))];
	return target === undefined ? state : withKey(state, target.key);
}

/** After any change: on its row, or on the neighbour of one that went away, and in view. */
export function settleAll(before: State, after: State): State {
	if (after.screen.name !== 'all') return after;
	const rows = allRows(after);
	const {cursor} = after.all;
	if (rows.length === 0) return after;
	const same = indexOf(after);
	const index = same >= 0 ? same : Math.min(Math.max(0, indexOf(before)), rows.length - 1);
	const top = scrolled(cursor.top, index, rows.length, listRowsOfAll(after.size));
	const {key} = rows[index]!;
	return key === cursor.key && top === cursor.top ? after : {...after, all: {...after.all, cursor: {key, top}}};
}
