/** What is marked in the two panes: by identity, and only as far as it is listed now, since what cannot be seen cannot be meant. */
import type {Domain} from '../../core/model/domain.ts';
import {cellsOf, listedOf} from '../../core/snapshots/listed.ts';
import {isExpired, isSameTime} from '../../core/snapshots/retention.ts';
import type {DomainKey} from './hosts/placed.ts';
import {listedKey, paneKeys, selectedDomain, selectedRow, snapshotRows, withCursor} from './rows.ts';
import {type Mark, NO_MARKS, type Pane, type State} from './state.ts';

const NONE: ReadonlySet<string> = new Set();

/** The keys of a pane that are marked, listed now or not. */
function keysIn({marks, domains}: State, pane: Pane): ReadonlySet<string> {
	if (pane === 'domains') return marks.domains;
	return marks.snapshots[domains.cursor.key ?? ''] ?? NONE;
}

function withKeys(state: State, pane: Pane, keys: ReadonlySet<string>): State {
	const {marks, domains} = state;
	if (pane === 'domains') return {...state, marks: {...marks, domains: keys as ReadonlySet<DomainKey>}};
	return {...state, marks: {...marks, snapshots: {...marks.snapshots, [domains.cursor.key ?? '']: keys}}};
}

export const isMarked = (state: State, pane: Pane, key: string): boolean => keysIn(state, pane).has(key);

/** In the order drawn. */
export function markedIn(state: State, pane: Pane): readonly Mark[] {
	const keys = keysIn(state, pane);
	if (keys.size === 0) return [];
	const marked = paneKeys(state, pane).filter(key => keys.has(key));
	if (pane === 'domains') return marked.map(key => ({domain: key as DomainKey, snapshot: null}));
	return marked.map(snapshot => ({domain: selectedDomain(state)!.key, snapshot}));
}

/** The item under the cursor of the focused pane. */
export function toggleMark(state: State): State {
	const pane = state.focus;
	const key = pane === 'domains' ? selectedDomain(state)?.key : selectedRow(state)?.key;
	if (key === undefined) return state;
	const keys = new Set(keysIn(state, pane));
	if (!keys.delete(key)) keys.add(key);
	return withKeys(state, pane, keys);
}

export function toggled(state: State, mark: Mark): State {
	const keys = state.marks.snapshots[mark.domain] ?? NONE;
	return keys.has(mark.snapshot!) ? unmark(state, mark) : withMarks(state, [mark]);
}

/** These snapshots, beside what is marked. */
export function withMarks(state: State, marks: readonly Mark[]): State {
	const snapshots: Record<string, ReadonlySet<string>> = {...state.marks.snapshots};
	for (const [domain, those] of Map.groupBy(marks, mark => mark.domain))
		snapshots[domain] = new Set([...(snapshots[domain] ?? NONE), ...those.map(({snapshot}) => snapshot!)]);
	return {...state, marks: {...state.marks, snapshots}};
}

/** Rows of the selected domain that need not be kept any more; `now` as in the state. */
export function expiredKeys(state: State): readonly string[] {
	const now = Date.parse(state.now ?? '');
	return snapshotRows(state).flatMap(({key, cells}) => (isExpired(cells, now) ? [key] : []));
}

/** Those of the selected domain that have expired, beside what is marked. */
export function markExpired(state: State): State {
	return withKeys(state, 'snapshots', new Set([...keysIn(state, 'snapshots'), ...expiredKeys(state)]));
}

export function unmark(state: State, {domain, snapshot}: Mark): State {
	const {domains, snapshots} = state.marks;
	const without = <Key extends string>(keys: ReadonlySet<Key>, gone: Key) =>
		new Set([...keys].filter(key => key !== gone));
	if (snapshot === null) return {...state, marks: {domains: without(domains, domain), snapshots}};
	return {
		...state,
		marks: {domains, snapshots: {...snapshots, [domain]: without(snapshots[domain] ?? NONE, snapshot)}},
	};
}

/**
 * What Esc does in the lists: it clears the filter of the one in use, leads back to the list of all where this one was entered from there,
 * or clears all marks.
 */
export function clearedNext(state: State): 'filter' | 'all' | 'marks' | null {
	const {screen, focus, domains, snapshots, marks, all} = state;
	const inAll = screen.name === 'all';
	if ((inAll ? all : focus === 'domains' ? domains : snapshots).filter !== '') return 'filter';
	if (!inAll && focus === 'snapshots' && all.entered !== null && all.entered === domains.cursor.key) return 'all';
	const marked = [marks.domains, ...Object.values(marks.snapshots)].some(({size}) => size > 0);
	return marked ? 'marks' : null;
}

/** The state as if the cursor stood on it. */
export function pointedAt(state: State, {domain, snapshot}: Mark): State {
	const there = withCursor(state, 'domains', {...state.domains.cursor, key: domain});
	if (snapshot === null) return there;
	const top = there.snapshots.cursors[domain]?.top ?? 0;
	return withCursor(there, 'snapshots', {key: snapshot, top});
}

/** Marks go with what they stand on: another thing of the same name later is not marked. */
export function withoutLostMarks(before: State, after: State): State {
	const {inventory} = after.view;
	if (before.view === after.view || inventory === null || after.marks === NO_MARKS) return after;
	const domainsOf = ({view}: State) => new Map(view.inventory?.domains.map(domain => [domain.key, domain]));
	const [were, found] = [domainsOf(before), domainsOf(after)];
	const snapshots = Object.entries(after.marks.snapshots).flatMap(([key, keys]) => {
		const domain = found.get(key as DomainKey);
		return domain ? [[key, kept(keys, stillThere(were.get(domain.key), domain))] as const] : [];
	});
	const marks = {domains: kept(after.marks.domains, found), snapshots: Object.fromEntries(snapshots)};
	return {...after, marks};
}

/** The rows that were there before, or were not known; one that somebody has deleted and taken anew has another date. */
function stillThere(before: Domain | undefined, now: Domain): ReadonlySet<string> {
	const datesOf = (domain: Domain) => listedOf(domain).map(one => [listedKey(one), cellsOf(one).createdAt] as const);
	const were = new Map(before ? datesOf(before) : []);
	const same = ([key, date]: readonly [string, string | null]) => {
		const was = were.get(key) ?? null;
		return was === null || date === null || isSameTime(was, date);
	};
	return new Set(
		datesOf(now)
			.filter(same)
			.map(([key]) => key),
	);
}

const kept = <Key extends string>(keys: ReadonlySet<Key>, there: {has(key: Key): boolean}): ReadonlySet<Key> =>
	new Set([...keys].filter(key => there.has(key)));
