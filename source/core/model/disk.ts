/** Disks of a domain, and the images that they run on, as libvirt and qemu-img tell them. */

/** One entry of a qcow2 snapshot table (`qemu-img info --output=json`, "snapshots"). */
export type ImageSnapshot = {
	/** The qcow2 snapshot ID, a number as text. `qemu-img snapshot -a` looks for it before it looks for a tag. */
	readonly id: string;
	/** Any bytes that decode as UTF-8: sanitise before drawing. */
	readonly tag: string;
	/** Size of the saved memory; 0 for a snapshot taken while the domain was shut off. */
	readonly vmSizeBytes: number;
	readonly createdAt: string;
	readonly vmClockNs: number;
	/** Size of the disk when it was taken, which a revert brings back; null where the table does not tell (version 2). */
	readonly diskBytes: number | null;
	/** The tag's bytes as printf(1) takes them (`\141\377`), where they are not valid UTF-8 and `tag` is not what stands there; else null. */
	readonly rawTag: string | null;
};

/** One layer of a disk's backing chain, the active layer first. */
export type Image = {
	/** Its path; a name in QEMU's own syntax (`json:{…}`) where drivers around the file change what is read. */
	readonly file: string;
	/** Where its data is in another file (qcow2's `data_file`): the path of that. Left out where it holds its data itself. */
	readonly dataFile?: string;
	/** Device and inode of each file that it is in, whatever these are called; empty where they cannot be looked at. */
	readonly fileIds: readonly string[];
	readonly format: string;
	readonly virtualSizeBytes: number;
	/** What it occupies on its file system. */
	readonly actualSizeBytes: number;
	/** Names of the dirty bitmaps in it, as qemu-img tells them. */
	readonly bitmaps: readonly string[];
	/** qemu-img says that it is. */
	readonly encrypted: boolean;
	/** What of it limits what QEMU can do, as qemu-img or its first bytes tell. */
	readonly limits: readonly ImageLimit[];
	/** The snapshot table of this layer; empty for formats that have none. */
	readonly snapshots: readonly ImageSnapshot[];
};

/**
 * `corrupt`: QEMU has marked it so, and writes to it no more. In the next two QEMU keeps no snapshots. `qcow2 as raw`: defined as raw,
 * with the first bytes of a qcow2 image.
 */
export type ImageLimit = 'corrupt' | 'data file' | 'one-bit reference counts' | 'qcow2 as raw';

export type Disk = {
	/** The guest's name for it, unique within the domain: vda, sdb. */
	readonly target: string;
	readonly device: 'disk' | 'cdrom' | 'floppy' | 'lun';
	readonly bus: string | null;
	/**
	 * libvirt's `<disk type=…>`: file, block, network, nvme, vhostuser, vhostvdpa, dir; of a volume what that is, or `volume` where
	 * libvirt cannot find it.
	 */
	readonly type: string;
	/** Path of the active layer; null for an empty drive, and a description such as `rbd:pool/name` for a network disk. */
	readonly source: string | null;
	/** Driver type: qcow2, raw… libvirt's default is raw. */
	readonly format: string;
	readonly readonly: boolean;
	readonly shareable: boolean;
	readonly transient: boolean;
	/** The `snapshot=` attribute of the disk in the domain XML. */
	readonly snapshotPolicy: 'internal' | 'external' | 'manual' | 'no' | null;
	/** The XML names a key for one of its images. */
	readonly encrypted: boolean;
	/** The XML takes a part of a file for one of its images (`<slices>`), where qemu-img sees the whole file. */
	readonly sliced?: true;
	/** The block job that mirrors it: copy, active-commit. */
	readonly blockJob: string | null;
	/** The file that the block job writes to. */
	readonly mirror: string | null;
	/** What the definition names below the source (`<backingStore>`); left out where it names nothing. */
	readonly backing?: Backing;
	/** A file that a definition of the domain names where its chain has another: it does not start so. Left out where all agree. */
	readonly misdefined?: string;
	/** What the definition of an active domain has instead, with which it starts the next time. Left out where it has this disk as it is. */
	readonly pending?: Pending;
	/** Active layer first; empty where the source is no readable image (see `unreadable`). */
	readonly chain: readonly Image[];
	/** Why the image could not be read and how to mend it; null when it was. */
	readonly unreadable: {readonly reason: string; readonly remedy: string} | null;
};

/**
 * Layers as a definition has them, the next one first, each with its format where the definition tells. `whole`: it says that nothing is
 * below the last.
 */
export type Backing = {
	readonly files: readonly string[];
	readonly formats?: readonly (string | null)[];
	readonly whole: boolean;
};

/** `same`: it is this disk's file, under another target or by another path. Else it is another file under the disk's target. */
export type Pending = {readonly target: string; readonly source: string; readonly same: boolean};

/** What it runs on, as it is defined and as qemu-img names it, down to the bottom. */
export function filesOf({source, chain}: Disk): string[] {
	return [...(source === null ? [] : [source]), ...chain.flatMap(holdersOf)];
}

/** The files that it is in. */
export function holdersOf({file, dataFile}: Pick<Image, 'file' | 'dataFile'>): string[] {
	return dataFile === undefined ? [file] : [file, dataFile];
}

/** The active layer, as qemu-img names it. */
export function activeFile(disk: Disk): string {
	return disk.chain[0]?.file ?? disk.source!;
}
