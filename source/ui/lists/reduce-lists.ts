/** Moving in the two panes, and keeping each cursor on its item while the lists change under it. */

import {layout} from '../state/layout.ts';
import {type Move, moved, scrolled} from '../state/paging.ts';
import {cursorOf, paneKeys, rowsOf, selectedDomain, snapshotKey, withCursor} from '../state/rows.ts';
import type {Pane, State} from '../state/state.ts';

export function moveCursor(state: State, move: Move): State {
	const keys = paneKeys(state, state.focus);
	const {key} = cursorOf(state, state.focus);
	const page = layout(state.size, state.focus).listRows;
	const target = keys[moved(Math.max(0, key === null ? 0 : keys.indexOf(key)), move, keys.length, page)];
	return target === undefined ? state : withCursor(state, state.focus, {...cursorOf(state, state.focus), key: target});
}

/** After any change: each cursor on its item, or on the neighbour of one that went away, and in view. */
export function settle(before: State, after: State): State {
	if (
		before.view === after.view &&
		before.domains === after.domains &&
		before.folded === after.folded &&
		before.snapshots === after.snapshots &&
		before.size === after.size &&
		before.tree === after.tree &&
		before.order === after.order &&
		before.sizes.known === after.sizes.known &&
		before.focus === after.focus
	)
		return after;
	const placed = before.view === after.view ? after : withoutLost(before, arrived(after));
	return settlePane(before, settlePane(before, placed, 'domains'), 'snapshots');
}

/** On the snapshot that was created, once it is listed; a cursor that was moved meanwhile stays. */
function arrived(state: State): State {
	const {awaited, snapshots} = state;
	if (awaited === null) return state;
	const {domain: key, tag, from} = awaited;
	const cursor = snapshots.cursors[key] ?? {key: null, top: 0};
	if (cursor.key !== from) return {...state, awaited: null};
	const domain = domainOf(state, key);
	const made =
		domain && rowsOf(domain, state).find(({listed}) => listed.kind === 'snapshot' && listed.snapshot.tag === tag);
	if (made === undefined) return state;
	const cursors = {...snapshots.cursors, [key]: {...cursor, key: made.key}};
	return {...state, awaited: null, snapshots: {...snapshots, cursors}};
}

/** On the neighbour of a snapshot that went away while another domain was looked at. */
function withoutLost(before: State, after: State): State {
	const cursors = Object.entries(after.snapshots.cursors).map(([domain, cursor]) => {
		const [then, now] = [domainOf(before, domain), domainOf(after, domain)];
		if (then === now || then === undefined || now === undefined) return [domain, cursor] as const;
		const keys = rowsOf(now, after).map(({key}) => key);
		const index = rowsOf(then, before).findIndex(({key}) => key === cursor.key);
		if (index < 0 || keys.length === 0 || keys.includes(cursor.key!)) return [domain, cursor] as const;
		return [domain, {...cursor, key: keys[Math.min(index, keys.length - 1)]!}] as const;
	});
	return {...after, snapshots: {...after.snapshots, cursors: Object.fromEntries(cursors)}};
}

const domainOf = ({view}: State, key: string) => view.inventory?.domains.find(domain => domain.key === key);

function settlePane(before: State, after: State, pane: Pane): State {
	const keys = paneKeys(after, pane);
	if (keys.length === 0) return after;
	const cursor = cursorOf(after, pane);
	const key = cursor.key !== null && keys.includes(cursor.key) ? cursor.key : substitute(before, after, pane, keys);
	const page = layout(after.size, after.focus).listRows;
	return withCursor(after, pane, {key, top: scrolled(cursor.top, keys.indexOf(key), keys.length, page)});
}

function substitute(before: State, after: State, pane: Pane, keys: readonly string[]): string {
	const {key} = cursorOf(after, pane);
	const unfolded = pane === 'domains' && key !== null ? otherwiseShown(key, keys) : null;
	if (unfolded !== null) return unfolded;
	const sameList = pane === 'domains' || before.domains.cursor.key === after.domains.cursor.key;
	const oldIndex = sameList && key !== null ? paneKeys(before, pane).indexOf(key) : -1;
	if (oldIndex >= 0) return keys[Math.min(oldIndex, keys.length - 1)]!;
	return (pane === 'snapshots' && currentKey(after, keys)) || keys[0]!;
}

/** Of a domain whose host was folded, the row that stands for it; of a host that was unfolded, its first domain. */
function otherwiseShown(key: string, keys: readonly string[]): string | null {
	const host = key.slice(0, key.indexOf('/') + 1);
	if (host === '') return null;
	return keys.find(one => (key === host ? one.startsWith(host) : one === host)) ?? null;
}

/** Where a domain is first looked at: its current snapshot, else the newest, or the first of another order. */
function currentKey(state: State, keys: readonly string[]): string | null {
	const current = selectedDomain(state)?.snapshots.find(snapshot => snapshot.current);
	const key = current ? snapshotKey(current) : null;
	if (key !== null && keys.includes(key)) return key;
	return state.tree || state.order !== 'listed' ? keys[0]! : keys.at(-1)!;
}
