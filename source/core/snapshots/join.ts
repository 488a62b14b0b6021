/** One list out of two sources: what libvirt recorded, and what stands in the qcow2 tables of every disk. */
import type {Disk} from '../model/disk.ts';
import {writableDisks} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {LeftOutDisk, LibvirtSnapshot, Snapshot, SnapshotDisk, SnapshotKind} from '../model/snapshot.ts';
import {apart} from './health/identity.ts';
import {judge} from './health/judge.ts';
import {judgeUnmanaged, requiredDisks} from './health/unmanaged.ts';
import type {Around, Occurrence, RecordedDisk} from './health/verdict.ts';

/**
 * Join by tag, oldest first and parents before children. Data is looked for in the layer that libvirt recorded, since a
 * snapshot taken before an overlay stays in the base. `missingFiles` are paths that libvirt's metadata names and nothing is at;
 * `fileSizes` are bytes of memory files, by path, `writtenAt` the times of bases, as far as they can be looked at.
 */
export function joinSnapshots(
	disks: readonly Disk[],
	libvirt: readonly LibvirtSnapshot[],
	missingFiles: Around['missingFiles'],
	fileSizes: ReadonlyMap<string, number> = new Map(),
	writtenAt: Facts['writtenAt'] = {},
): Snapshot[] {
	const around = {missingFiles, records: libvirt, writtenAt};
	const managed = libvirt.map(record => joinRecord(disks, record, fileSizes, around));
	const claimed = new Set(managed.flatMap(snapshot => snapshot.disks.filter(part => part.id !== null).map(partKey)));
	return inOrder([...managed, ...unmanagedSnapshots(disks, claimed, new Set(libvirt.map(record => record.name)))]);
}

/** A snapshot that libvirt knows, checked against the images. */
function joinRecord(
	disks: readonly Disk[],
	record: LibvirtSnapshot,
	fileSizes: ReadonlyMap<string, number>,
	around: Around,
): Snapshot {
	const covered = record.disks.filter(part => part.snapshot === 'internal' || part.snapshot === 'external');
	const found = covered.map(part => ({
		part,
		occurrence: part.snapshot === 'internal' ? findOccurrence(disks, record.name, part) : null,
	}));
	const entries = found.flatMap(({occurrence}) => occurrence?.entry ?? []);
	const {health, reason} = judge(disks, record, found, around);
	const external = record.memory.kind === 'external' || covered.some(part => part.snapshot === 'external');
	return {
		tag: record.name,
		health,
		healthReason: reason,
		kind: covered.length === 0 && record.memory.kind !== 'no' ? 'memory' : external ? 'external' : 'internal',
		state: record.state,
		createdAt: record.createdAt,
		vmSizeBytes:
			entries.length > 0
				? Math.max(...entries.map(entry => entry.vmSizeBytes))
				: (fileSizes.get(record.memory.file ?? '') ?? null),
		vmClockNs: entries.length > 0 ? Math.max(...entries.map(entry => entry.vmClockNs)) : null,
		parent: record.parent,
		current: record.current,
		description: record.description,
		libvirt: true,
		memoryFile: record.memory.file,
		revertFiles: record.revertFiles,
		disks: found.map(({part, occurrence}): SnapshotDisk => {
			const kind = part.snapshot as SnapshotKind;
			const file = kind === 'external' ? part.file : (occurrence?.image.file ?? part.source);
			return {target: part.target, kind, id: occurrence?.entry.id ?? null, file, source: part.source};
		}),
		leftOut: leftOutOf(disks, record),
		protected: false,
		expiresAt: null,
		duplicates: 0,
	};
}

/** Into an internal one of a running domain QEMU takes every writable disk, whatever the record says. */
function leftOutOf(disks: readonly Disk[], record: LibvirtSnapshot): LeftOutDisk[] {
	const has = (kind: RecordedDisk['snapshot']) => record.disks.some(part => part.snapshot === kind);
	if (!has('internal') && !has('external')) return [];
	return record.disks
		.filter(part => part.leftOut && !(has('internal') && findOccurrence(disks, record.name, part)))
		.map(({target, source}) => ({target, source}));
}

/** The first entry of that tag in the image the disk ran on, or, where that was not recorded, in the topmost layer that has one. */
function findOccurrence(disks: readonly Disk[], tag: string, part: RecordedDisk): Occurrence | null {
	const own = disks.filter(disk => disk.target === part.target);
	const others = disks.filter(disk => disk.target !== part.target);
	const layers =
		part.source === null
			? own.flatMap(disk => disk.chain)
			: [...own, ...others].flatMap(disk => disk.chain).filter(image => image.file === part.source);
	for (const image of layers) {
		const entry = image.snapshots.find(candidate => candidate.tag === tag);
		if (entry) return {target: part.target, image, entry};
	}
	return null;
}

/**
 * What stands in the tables and belongs to no record: joined over the disks by tag, the first of a name with the first. QEMU's savevm and
 * loadvm take every writable disk, also those that the domain XML excludes from snapshots.
 */
function unmanagedSnapshots(
	disks: readonly Disk[],
	claimed: ReadonlySet<string>,
	recorded: ReadonlySet<string>,
): Snapshot[] {
	const required = requiredDisks(disks);
	const perDisk = writableDisks({disks}).map(disk => ({disk, occurrences: unclaimed(disk, claimed)}));
	const tags = new Set(perDisk.flatMap(({occurrences}) => occurrences.map(({entry}) => entry.tag)));
	return [...tags].flatMap(tag => {
		const columns = perDisk.map(({disk, occurrences}) => ({
			disk,
			occurrences: occurrences.filter(({entry}) => entry.tag === tag),
		}));
		const covered = columns.filter(({disk, occurrences}) => required.includes(disk) && occurrences.length > 0);
		if (covered.length === 0 && recorded.has(tag)) return [];
		const leading = covered.length > 0 ? covered : columns;
		const count = Math.max(...leading.map(({occurrences}) => occurrences.length));
		return Array.from({length: count}, (_, ordinal) => {
			const {entry} = leading.flatMap(({occurrences}) => occurrences[ordinal] ?? [])[0]!;
			// An excluded disk may have one of that tag that somebody has taken of it alone.
			const found = columns.flatMap(({disk, occurrences}) => {
				const one = occurrences[ordinal];
				return one && (required.includes(disk) || !apart(one.entry.createdAt, entry.createdAt)) ? [one] : [];
			});
			return joinOccurrences(required, tag, ordinal + (recorded.has(tag) ? 1 : 0), found);
		});
	});
}

function unclaimed(disk: Disk, claimed: ReadonlySet<string>): Occurrence[] {
	return disk.chain.flatMap(image =>
		image.snapshots
			.map(entry => ({target: disk.target, image, entry}))
			.filter(({entry}) => !claimed.has(partKey({file: image.file, id: entry.id}))),
	);
}

function partKey(part: Pick<SnapshotDisk, 'file' | 'id'>): string {
	return `${part.id} ${part.file}`;
}

function joinOccurrences(
	required: readonly Disk[],
	tag: string,
	ordinal: number,
	occurrences: readonly Occurrence[],
): Snapshot {
	const entries = occurrences.map(({entry}) => entry);
	const vmSizeBytes = Math.max(...entries.map(entry => entry.vmSizeBytes));
	const {health, reason} = judgeUnmanaged(required, occurrences);
	return {
		tag,
		health,
		healthReason: reason,
		kind: 'internal',
		state: vmSizeBytes > 0 ? 'running' : 'shutoff',
		createdAt: entries[0]!.createdAt,
		vmSizeBytes,
		vmClockNs: Math.max(...entries.map(entry => entry.vmClockNs)),
		parent: null,
		current: false,
		description: null,
		libvirt: false,
		memoryFile: null,
		disks: occurrences.map(({target, image, entry}) => ({
			target,
			kind: 'internal',
			id: entry.id,
			file: image.file,
			source: null,
		})),
		leftOut: [],
		revertFiles: [],
		protected: false,
		expiresAt: null,
		duplicates: ordinal,
	};
}

/**
 * By time, then parents before children, then as the images number them, then by tag, so that equal facts give one order. libvirt's
 * times are whole seconds, those of qcow2 are not: within a second the numbers decide.
 */
function inOrder(snapshots: readonly Snapshot[]): Snapshot[] {
	const parents = new Map(
		snapshots.filter(snapshot => snapshot.libvirt).map(snapshot => [snapshot.tag, snapshot.parent]),
	);
	const rows = snapshots.map(snapshot => ({
		snapshot,
		second: Math.floor((Date.parse(snapshot.createdAt ?? '') || 0) / 1000),
		number: Math.max(0, ...snapshot.disks.map(({id}) => Number(id ?? 0))),
		depth: snapshot.libvirt ? depthOf(snapshot.tag, parents) : 0,
	}));
	rows.sort(
		(a, b) =>
			a.second - b.second ||
			a.depth - b.depth ||
			a.number - b.number ||
			compare(a.snapshot.tag, b.snapshot.tag) ||
			a.snapshot.duplicates - b.snapshot.duplicates,
	);
	return rows.map(row => row.snapshot);
}

function depthOf(tag: string, parents: ReadonlyMap<string, string | null>): number {
	let depth = 0;
	for (
		let parent = parents.get(tag) ?? null;
		parent !== null && depth <= parents.size;
		parent = parents.get(parent) ?? null
	)
		depth++;
	return depth;
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
