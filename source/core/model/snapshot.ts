/**
 * Snapshots as one truth: libvirt's metadata and every disk's own table joined by tag, with a health that says
 * what the two disagree about and what is safe.
 */

/**
 * - ok: libvirt and every disk agree
 * - unmanaged: in the qcow2 table(s), unknown to libvirt (made by qemu-img or savevm)
 * - partial: on some writable disks only
 * - orphaned: libvirt's metadata only; a revert would kill a running domain
 * - missing-files: parts of an external snapshot are gone
 * - replaced: same tag, other snapshot: a later savevm overwrote what libvirt describes
 * - in-use: another domain that runs writes to the base of an external snapshot; only views say so, facts of one domain do not
 * - unchecked: in libvirt's metadata; an image that ought to hold it could not be read, or is none that the domain runs on
 */
export const healths = [
	'ok',
	'unmanaged',
	'partial',
	'orphaned',
	'missing-files',
	'replaced',
	'in-use',
	'unchecked',
] as const;

export type Health = (typeof healths)[number];

export type SnapshotKind = 'internal' | 'external' | 'memory';

/** One disk's part of a snapshot. */
export type SnapshotDisk = {
	readonly target: string;
	readonly kind: SnapshotKind;
	/** qcow2 snapshot ID of an internal part. */
	readonly id: string | null;
	/** Internal: the image that holds it. External: the overlay that was created by it. */
	readonly file: string | null;
	/** What the disk ran on when it was taken, as libvirt recorded it: the base of an external part's overlay. */
	readonly source: string | null;
};

/** What `virsh snapshot-dumpxml` says of one snapshot. */
export type LibvirtSnapshot = {
	readonly name: string;
	readonly description: string | null;
	/** running, paused, shutoff, disk-snapshot, blocked, pmsuspended… libvirt's own word. */
	readonly state: string;
	readonly createdAt: string;
	readonly parent: string | null;
	readonly current: boolean;
	readonly memory: {readonly kind: 'no' | 'internal' | 'external'; readonly file: string | null};
	/** Per disk of the domain at that time; `file` is the external overlay, `source` what the disk ran on when it was taken. */
	readonly disks: readonly {
		readonly target: string;
		readonly snapshot: 'no' | 'internal' | 'external' | 'manual';
		readonly file: string | null;
		readonly source: string | null;
		/** It could be written to, and is in the snapshot by no one's hand but perhaps somebody else's (`no`, `manual`). */
		readonly leftOut?: true;
	}[];
	/** Files that a revert to it made, on which the domain went on (`<revertDisks>`, libvirt >= 9.9). */
	readonly revertFiles: readonly string[];
};

/** A disk that could be written to when a snapshot was taken that does not hold it; `source`: what it ran on then, as libvirt recorded it. */
export type LeftOutDisk = {readonly target: string; readonly source: string | null};

export type Snapshot = {
	readonly tag: string;
	readonly health: Health;
	/** What the health means here, naming disks and files, and the safe next step. Empty when ok, but for remarks such as a disk added since. */
	readonly healthReason: string;
	readonly kind: SnapshotKind;
	/** The domain's state when it was taken: libvirt's word, or running/shutoff concluded from the VM size. */
	readonly state: string;
	readonly createdAt: string | null;
	readonly vmSizeBytes: number | null;
	readonly vmClockNs: number | null;
	readonly parent: string | null;
	readonly current: boolean;
	readonly description: string | null;
	/** Whether libvirt holds metadata of it. */
	readonly libvirt: boolean;
	/** Memory file of an external checkpoint. */
	readonly memoryFile: string | null;
	readonly disks: readonly SnapshotDisk[];
	/** Empty for memory alone, which holds no disk at all. */
	readonly leftOut: readonly LeftOutDisk[];
	/** Files that a revert to it made, on which the domain went on (`<revertDisks>`, libvirt >= 9.9). */
	readonly revertFiles: readonly string[];
	/** No plan deletes it, or what it needs. */
	readonly protected: boolean;
	/** From when on it need not be kept (ISO 8601); null: for ever. */
	readonly expiresAt: string | null;
	/** 0 for the first row of this tag, libvirt's before all others; 1, 2… for those behind it (`qemu-img snapshot -c` accepts duplicates). */
	readonly duplicates: number;
};

/** What a domain's metadata says of one of its snapshots. */
export type Retention = Pick<Snapshot, 'tag' | 'createdAt' | 'protected' | 'expiresAt'>;

/** What a snapshot really occupies. */
export type Sizes = {
	/** Freed by deleting this snapshot alone; null where that is not known, or not read yet. */
	readonly ownBytes: number | null;
	/** Discarded by reverting to it; null likewise. */
	readonly sinceBytes: number | null;
	/** Why one of them cannot be known; null where both are, or where the image has not been read yet. */
	readonly reason: string | null;
};

export type DiskSizes = Sizes & {
	readonly target: string;
	/** What a deletion copies at most, and where: an overlay is merged into its base. Null for an internal snapshot. */
	readonly copies: {readonly bytes: number; readonly from: string; readonly to: string} | null;
};

export type SnapshotSizes = Sizes & {
	readonly tag: string;
	/** As `Snapshot.duplicates`: which one of this tag. */
	readonly duplicates: number;
	/** QEMU has the images open: the figures are as of its last flush. */
	readonly about: boolean;
	readonly disks: readonly DiskSizes[];
};

/** In the first image that has it: what tells it from others of its tag. */
export function idOf({disks}: Snapshot): string | null {
	return disks.find(({id}) => id !== null)?.id ?? null;
}
