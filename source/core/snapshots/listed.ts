/** What a domain's list of snapshots shows: its snapshots, and behind them the memory that libvirt keeps for it. */
import type {Domain, SavedMemory} from '../model/domain.ts';
import type {Snapshot, SnapshotSizes} from '../model/snapshot.ts';
import {sizesOfSnapshot} from './contents/sizes.ts';

/**
 * A row of the list. A managed save has no tag, and is no snapshot to the planners: it is gone on from with restore, and thrown away
 * with drop.
 */
export type Listed =
	| {readonly kind: 'snapshot'; readonly snapshot: Snapshot}
	/** `memory`: its file; null where it cannot be looked at. */
	| {readonly kind: 'managed-save'; readonly memory: SavedMemory | null};

/** All rows of a domain, in the order of its snapshots; saved memory is of now, and comes last. */
export function listedOf({snapshots, managedSave, savedMemory}: Domain): readonly Listed[] {
	const rows = snapshots.map((snapshot): Listed => ({kind: 'snapshot', snapshot}));
	return managedSave ? [...rows, {kind: 'managed-save', memory: savedMemory}] : rows;
}

/** How a list of snapshots may be ordered; `listed`: the oldest first, as libvirt and the images number them. */
export const listOrders = ['listed', 'age', 'own', 'since', 'tag'] as const;

export type ListOrder = (typeof listOrders)[number];

/** Columns that the list may have beside tag and health, as a configuration names them. */
export const columnNames = ['size', 'date', 'age', 'clock', 'own', 'since', 'keep'] as const;

export type ColumnName = (typeof columnNames)[number];

/**
 * The rows in this order: the newest, or what occupies most, first. Equal ones stay as they were; what is not known comes last, and
 * saved memory, which is no snapshot, behind all of them.
 */
export function ordered(rows: readonly Listed[], order: ListOrder, sizes: readonly SnapshotSizes[]): readonly Listed[] {
	if (order === 'listed') return rows;
	const rank = (row: Listed): number => {
		if (row.kind === 'managed-save') return Number.NEGATIVE_INFINITY;
		if (order === 'tag') return 0;
		if (order === 'age') return Date.parse(row.snapshot.createdAt ?? '') || -1;
		const found = sizesOfSnapshot(sizes, row.snapshot);
		return (order === 'own' ? found?.ownBytes : found?.sinceBytes) ?? -1;
	};
	const ranked = rows.map(row => ({row, rank: rank(row), tag: row.kind === 'snapshot' ? row.snapshot.tag : ''}));
	const byTag = (a: string, b: string) => (order === 'tag' ? a.localeCompare(b, 'en', {numeric: true}) : 0);
	return ranked.toSorted((a, b) => Math.sign(b.rank - a.rank || 0) || byTag(a.tag, b.tag)).map(({row}) => row);
}

/** What stands in the columns of a row. */
export type Cells = Pick<
	Snapshot,
	| 'tag'
	| 'health'
	| 'kind'
	| 'state'
	| 'createdAt'
	| 'vmSizeBytes'
	| 'vmClockNs'
	| 'parent'
	| 'current'
	| 'description'
	| 'libvirt'
	| 'protected'
	| 'expiresAt'
	| 'disks'
	| 'leftOut'
>;

/** Saved memory has words where a snapshot has its tag: one may be called the same, so go by `kind` of the row. */
export function cellsOf(listed: Listed): Cells {
	if (listed.kind === 'snapshot') return listed.snapshot;
	return {
		tag: '(managed save)',
		health: 'ok',
		kind: 'memory',
		state: 'saved',
		createdAt: listed.memory?.writtenAt ?? null,
		vmSizeBytes: listed.memory?.bytes ?? null,
		vmClockNs: null,
		parent: null,
		current: false,
		description: null,
		libvirt: true,
		protected: false,
		expiresAt: null,
		disks: [],
		leftOut: [],
	};
}
