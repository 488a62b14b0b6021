/** What a domain's list of snapshots shows: its snapshots, and behind them the memory that libvirt keeps for it. */
import type {Domain, SavedMemory} from '../model/domain.ts';
import type {Snapshot} from '../model/snapshot.ts';

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
	| 'disks'
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
		disks: [],
	};
}
