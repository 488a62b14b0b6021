/** Which domains and snapshots are listed now, in what order, and which one is meant: derived from state, never kept. */
import type {Domain} from '../../core/model/domain.ts';
import type {Snapshot, SnapshotSizes} from '../../core/model/snapshot.ts';
import {sizesOfSnapshot} from '../../core/snapshots/contents/sizes.ts';
import {type Cells, cellsOf, type Listed, type ListOrder, listedOf, ordered} from '../../core/snapshots/listed.ts';
import {type Fold, type FoldKey, isFold, type PlacedRow, withFolds} from './hosts/folds.ts';
import {calledName, type DomainKey, type HostName, type Placed} from './hosts/placed.ts';
import type {Cursor, Pane, State} from './state.ts';

export type SnapshotRow = {
	readonly key: string;
	readonly listed: Listed;
	readonly cells: Cells;
	/** Depth in the tree and whether each level ends here, outermost first; empty in the flat list. */
	readonly branches: readonly boolean[];
};

/** A qcow2 may hold one tag twice: the ordinal keeps the rows apart. */
export const snapshotKey = ({duplicates, tag}: Snapshot): string => `${duplicates}:${tag}`;

export const listedKey = (listed: Listed): string =>
	listed.kind === 'managed-save' ? 'managed save' : snapshotKey(listed.snapshot);

export const contains = (text: string, filter: string): boolean => text.toLowerCase().includes(filter.toLowerCase());

type ListedDomains = {
	/** In rows of their own or folded. */
	readonly domains: readonly Placed[];
	readonly rows: readonly PlacedRow[];
	/** Of the rows. */
	readonly keys: readonly string[];
};

/** As for snapshots below: of a thousand hosts there are many, and most keys change none of them. */
const listedOfAll = new WeakMap<readonly Placed[], ListedDomains & Pick<State, 'folded'> & {readonly filter: string}>();

const NO_DOMAINS: readonly Placed[] = [];

function listedDomainsOf({view, domains: {filter}, folded}: State): ListedDomains {
	const all = view.inventory?.domains ?? NO_DOMAINS;
	const known = listedOfAll.get(all);
	if (known?.filter === filter && known.folded === folded) return known;
	const domains = filter === '' ? all : all.filter(domain => contains(`${calledName(domain)} ${domain.state}`, filter));
	// What a filter finds is shown, wherever it is.
	const rows = filter === '' ? withFolds(all, folded) : domains;
	const made = {domains, rows, keys: rows.map(({key}) => key), folded, filter};
	listedOfAll.set(all, made);
	return made;
}

export const domainRows = (state: State): readonly PlacedRow[] => listedDomainsOf(state).rows;

/** Those that the rows stand for. */
export const listedDomains = (state: State): readonly Placed[] => listedDomainsOf(state).domains;

const rowAtCursor = (state: State): PlacedRow | undefined =>
	domainRows(state).find(({key}) => key === state.domains.cursor.key);

/** Null also where a folded host is selected. */
export function selectedDomain(state: State): Placed | null {
	const row = rowAtCursor(state);
	return row === undefined || isFold(row) ? null : row;
}

export function selectedFold(state: State): Fold | null {
	const row = rowAtCursor(state);
	return row !== undefined && isFold(row) ? row : null;
}

/** Of the selected domain or folded host; null also where there is one host, which has no name. */
export const selectedHost = (state: State): HostName => rowAtCursor(state)?.host ?? null;

type Wanted = {
	readonly filter: string;
	readonly tree: boolean;
	readonly order: ListOrder;
	/** Null where the order does not depend on them. */
	readonly sizes: readonly SnapshotSizes[] | null;
};

type Made = Wanted & {readonly rows: readonly SnapshotRow[]};

/** Facts never change in place, so what was listed for them once stays right; a key asks several times. */
const listed = new WeakMap<Domain, Made>();

export function snapshotRows(state: State): readonly SnapshotRow[] {
	const domain = selectedDomain(state);
	return domain ? rowsOf(domain, state) : [];
}

export function rowsOf(domain: Placed, {tree, order, sizes, snapshots: {filter}}: State): readonly SnapshotRow[] {
	const bySize = order === 'own' || order === 'since';
	const wanted = {filter, tree, order, sizes: bySize ? (sizes.known[domain.key] ?? null) : null};
	const known = listed.get(domain);
	if (known && isSameList(known, wanted)) return known.rows;
	const rows = listSnapshots(domain, wanted);
	listed.set(domain, {...wanted, rows});
	return rows;
}

const isSameList = (one: Wanted, other: Wanted): boolean =>
	one.filter === other.filter && one.tree === other.tree && one.order === other.order && one.sizes === other.sizes;

function listSnapshots(domain: Domain, {filter, tree, order, sizes}: Wanted): readonly SnapshotRow[] {
	const rows = ordered(listedOf(domain), order, sizes ?? []).map(listed => rowOf(listed));
	const matches = ({tag, health, description}: Cells) => contains(`${tag} ${health} ${description ?? ''}`, filter);
	const shown = filter === '' ? rows : rows.filter(({cells}) => matches(cells));
	if (!tree) return shown;
	// Nothing is newer than saved memory, and it belongs to no tree.
	const saved = shown.filter(({listed}) => listed.kind === 'managed-save');
	return [...treeRows(shown.flatMap(({listed}) => (listed.kind === 'snapshot' ? [listed.snapshot] : []))), ...saved];
}

const rowOf = (listed: Listed, branches: readonly boolean[] = []): SnapshotRow => ({
	key: listedKey(listed),
	listed,
	cells: cellsOf(listed),
	branches,
});

/** In the order given, children under their parents; whoever has no parent in the list is a root, and so is a loop of parents, should one exist. */
export function treeRows(snapshots: readonly Snapshot[]): SnapshotRow[] {
	const tags = new Set(snapshots.filter(({libvirt}) => libvirt).map(({tag}) => tag));
	const isRoot = ({parent}: Snapshot) => parent === null || !tags.has(parent);
	const seen = new Set<Snapshot>();
	const rows: SnapshotRow[] = [];
	const childrenOf = Map.groupBy(snapshots, ({parent}) => parent);
	const walk = (snapshot: Snapshot, branches: readonly boolean[]): void => {
		if (seen.has(snapshot)) return;
		seen.add(snapshot);
		rows.push(rowOf({kind: 'snapshot', snapshot}, branches));
		if (!snapshot.libvirt) return;
		const children = childrenOf.get(snapshot.tag) ?? [];
		for (const child of children) walk(child, [...branches, child === children.at(-1)]);
	};
	for (const root of snapshots.filter(isRoot)) walk(root, []);
	for (const rest of snapshots) walk(rest, []);
	return rows;
}

export function snapshotCursor(state: State): Cursor {
	const {key} = state.domains.cursor;
	return (key === null ? undefined : state.snapshots.cursors[key]) ?? {key: null, top: 0};
}

export function selectedRow(state: State): SnapshotRow | null {
	const {key} = snapshotCursor(state);
	return snapshotRows(state).find(row => row.key === key) ?? null;
}

/** Null also where saved memory is selected. */
export function selectedSnapshot(state: State): Snapshot | null {
	const listed = selectedRow(state)?.listed;
	return listed?.kind === 'snapshot' ? listed.snapshot : null;
}

export function cursorOf(state: State, pane: Pane): Cursor {
	return pane === 'domains' ? state.domains.cursor : snapshotCursor(state);
}

export function withCursor(state: State, pane: Pane, cursor: Cursor): State {
	const old = cursorOf(state, pane);
	if (old.key === cursor.key && old.top === cursor.top) return state;
	// Keys of the domains pane are of domains and folded hosts.
	if (pane === 'domains')
		return {...state, domains: {...state.domains, cursor: {...cursor, key: cursor.key as DomainKey | FoldKey | null}}};
	const {key} = state.domains.cursor;
	if (key === null) return state;
	return {...state, snapshots: {...state.snapshots, cursors: {...state.snapshots.cursors, [key]: cursor}}};
}

/** What a snapshot of the selected domain occupies; null while it is not known, and for saved memory. */
export function sizesOfRow({sizes, domains}: State, {listed}: SnapshotRow): SnapshotSizes | null {
	if (listed.kind !== 'snapshot') return null;
	return sizesOfSnapshot(sizes.known[domains.cursor.key ?? ''] ?? [], listed.snapshot);
}

/** Keys of the rows of a pane, in the order drawn. */
export function paneKeys(state: State, pane: Pane): readonly string[] {
	return pane === 'domains' ? listedDomainsOf(state).keys : snapshotRows(state).map(({key}) => key);
}

export const isUnhealthy = (snapshot: Snapshot): boolean => snapshot.health !== 'ok' && snapshot.health !== 'unmanaged';

/** Snapshots of this domain that want attention: an unmanaged one works, it only has no metadata. */
export const unhealthyCount = (domain: Domain): number => domain.snapshots.filter(isUnhealthy).length;
