/** The rows of the list of all snapshots: derived from state, never kept. */
import type {SnapshotSizes} from '../../../core/model/snapshot.ts';
import {sizesOfSnapshot} from '../../../core/snapshots/contents/sizes.ts';
import {type EverywhereOrder, type Found, snapshotsEverywhere} from '../../../core/snapshots/everywhere.ts';
import {isExpired} from '../../../core/snapshots/retention.ts';
import {calledName, type Placed, type Seen} from '../../state/hosts/placed.ts';
import {contains, type SnapshotRow, snapshotKey} from '../../state/rows.ts';
import type {Mark, State} from '../../state/state.ts';

export type AllRow = SnapshotRow & {readonly domain: Placed; readonly mark: Mark};

type Sizes = State['sizes']['known'];

type Wanted = {
	readonly filter: string;
	readonly order: EverywhereOrder;
	/** Null where the order does not depend on them. */
	readonly sizes: Sizes | null;
};

type Made = Wanted & {readonly rows: readonly AllRow[]};

/** Facts never change in place. A key asks for the list before it and for the one after it, several times. */
const made = new WeakMap<NonNullable<Seen['inventory']>, readonly Made[]>();
const KEPT = 3;

export function allRows({view: {inventory}, all: {filter, order}, sizes}: State): readonly AllRow[] {
	if (inventory === null) return [];
	const wanted: Wanted = {filter, order, sizes: order === 'own' ? sizes.known : null};
	const known = made.get(inventory) ?? [];
	const same = (one: Made) => one.filter === filter && one.order === order && one.sizes === wanted.sizes;
	const found = known.find(same);
	if (found) return found.rows;
	const rows = snapshotsEverywhere(inventory.domains, order, ({key}) => wanted.sizes?.[key] ?? [])
		.filter(one => isShown(one, filter))
		.map(rowOf);
	made.set(inventory, [{...wanted, rows}, ...known].slice(0, KEPT));
	return rows;
}

const isShown = ({domain, snapshot: {tag, health, description}}: Found<Placed>, filter: string): boolean =>
	filter === '' || contains(`${calledName(domain)} ${tag} ${health} ${description ?? ''}`, filter);

function rowOf({domain, snapshot}: Found<Placed>): AllRow {
	const mark = {domain: domain.key, snapshot: snapshotKey(snapshot)};
	return {
		key: `${mark.domain} ${mark.snapshot}`,
		domain,
		mark,
		listed: {kind: 'snapshot', snapshot},
		cells: snapshot,
		branches: [],
	};
}

export const selectedOfAll = (state: State): AllRow | null =>
	allRows(state).find(({key}) => key === state.all.cursor.key) ?? null;

export const isRowMarked = ({marks}: State, {domain, snapshot}: Mark): boolean =>
	marks.snapshots[domain]?.has(snapshot!) ?? false;

/** In the order drawn, and only as far as it is listed now: what cannot be seen cannot be meant. */
export const markedOfAll = (state: State): readonly AllRow[] =>
	allRows(state).filter(({mark}) => isRowMarked(state, mark));

/** Those that need not be kept any more. */
export function expiredOfAll(state: State): readonly AllRow[] {
	const now = Date.parse(state.now ?? '');
	return allRows(state).filter(({cells}) => isExpired(cells, now));
}

export function sizesOfAllRow({sizes}: State, {domain, listed}: AllRow): SnapshotSizes | null {
	return listed.kind === 'snapshot' ? sizesOfSnapshot(sizes.known[domain.key] ?? [], listed.snapshot) : null;
}
