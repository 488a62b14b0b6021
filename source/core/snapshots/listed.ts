/** What a domain's list of snapshots shows: its snapshots, and behind them the memory that libvirt keeps for it. */
import type {Domain} from '../model/domain.ts';
import type {Snapshot} from '../model/snapshot.ts';

/**
 * A row of the list. A managed save has no tag, and is no snapshot to the planners: it is gone on from with restore, and thrown away
 * with drop.
 */
export type Listed = Snapshot & {readonly managedSave?: true};

/** Stands where a tag would. A snapshot may be called the same: what tells them apart is `managedSave`. */
const words = '(managed save)';

/** All rows of a domain, in the order of its snapshots; saved memory is of now, and comes last. */
export function listedOf({snapshots, managedSave, savedMemory}: Domain): readonly Listed[] {
	if (!managedSave) return snapshots;
	const row: Listed = {
		tag: words,
		managedSave: true,
		kind: 'memory',
		health: 'ok',
		healthReason: '',
		state: 'saved',
		createdAt: savedMemory?.writtenAt ?? null,
		vmSizeBytes: savedMemory?.bytes ?? null,
		vmClockNs: null,
		parent: null,
		current: false,
		description: null,
		libvirt: true,
		memoryFile: savedMemory?.file ?? null,
		disks: [],
		revertFiles: [],
		duplicates: 0,
	};
	return [...snapshots, row];
}
