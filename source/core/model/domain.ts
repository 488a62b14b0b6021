/**
 * Facts about a hypervisor and its domains, as libvirt and QEMU name them.
 * Plain data: made by `inventory/`, decided upon by the planners, drawn by `ui/`.
 * Sizes are bytes, times ISO 8601 in UTC, clocks nanoseconds of guest time. `null` means "does not apply or not known".
 */
import type {FileIdentity} from './files.ts';
import type {Snapshot, SnapshotSizes} from './snapshot.ts';

/** The states in virsh's own words (`virsh list --all --managed-save`; virsh(1), "list"). */
export const domainStates = [
	'running',
	'idle',
	'paused',
	'in shutdown',
	'shut off',
	'crashed',
	'pmsuspended',
	'saved',
	'no state',
] as const;

export type DomainState = (typeof domainStates)[number];

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
	/** The block job that mirrors it: copy, active-commit. */
	readonly blockJob: string | null;
	/** The file that the block job writes to. */
	readonly mirror: string | null;
	/** What the definition names below the source (`<backingStore>`); left out where it names nothing. */
	readonly backing?: Backing;
	/** A file that a definition of the domain names where its chain has another: it does not start so. Left out where all agree. */
	readonly misdefined?: string;
	/** Active layer first; empty where the source is no readable image (see `unreadable`). */
	readonly chain: readonly Image[];
	/** Why the image could not be read and how to mend it; null when it was. */
	readonly unreadable: {readonly reason: string; readonly remedy: string} | null;
};

/** Layers as a definition has them, the next one first. `whole`: it says that nothing is below the last. */
export type Backing = {readonly files: readonly string[]; readonly whole: boolean};

export type Firmware = {
	readonly kind: 'bios' | 'uefi';
	/** The NVRAM file; null for BIOS, or UEFI without variables. */
	readonly nvram: {readonly file: string; readonly format: string} | null;
};

export type Domain = {
	readonly uuid: string;
	/** Sanitise before drawing; address the domain by UUID. */
	readonly name: string;
	/** Null while it is not active. */
	readonly id: number | null;
	readonly state: DomainState;
	/** libvirt's reason for the state (`virsh domstate --reason`); null where it has not been asked. */
	readonly stateReason: string | null;
	readonly persistent: boolean;
	readonly managedSave: boolean;
	/** The file of the managed save; null where there is none, or where it cannot be looked at. */
	readonly savedMemory: SavedMemory | null;
	/** Maximum memory, bytes. */
	readonly memoryBytes: number;
	/** `kvm`, `qemu` (TCG)… the `<domain type=…>`. */
	readonly type: string;
	readonly firmware: Firmware;
	/** Devices whose state QEMU cannot save or migrate, in words: `hostdev pci`, `filesystem virtiofs`. */
	readonly unsavable: readonly string[];
	readonly tpm: boolean;
	/** Guest agent channel: none in the XML, configured, or connected (it answers). */
	readonly agent: 'none' | 'disconnected' | 'connected';
	readonly disks: readonly Disk[];
	readonly snapshots: readonly Snapshot[];
	/** What could not be read about this domain; the rest is still good. */
	readonly problems: readonly string[];
};

/** `memory written`: to a file, and the images with it. `images inactive`: memory was loaded, and the images wait until it runs. */
export type Held = 'memory written' | 'images inactive';

export type SavedMemory = {readonly file: string; readonly bytes: number; readonly writtenAt: string};

/** A file that only takes room. */
export type Reclaimable = {
	readonly file: string;
	/** What it occupies on its file system. */
	readonly bytes: number;
	/** The image of the domain that it depends on. */
	readonly base: string;
	/** That image is gone: nothing reads it any more. */
	readonly broken?: true;
};

/** A file beside the present chains that depends on layers of the domain: an overlay that a revert has kept, or somebody's own. */
export type Kept = {
	readonly file: string;
	/** What it depends on, down to the bottom, in the names that the domain has for it. */
	readonly below: readonly string[];
	/** Tags of the snapshots inside it. */
	readonly snapshots: readonly string[];
};

/** What this hypervisor can do, probed rather than concluded from a version where libvirt tells. */
export type Host = {
	/** The URI virsh was told to use, or null for virsh's own default. */
	readonly uri: string | null;
	/** Why files of the same paths here are not those that libvirt means, to stand within a sentence; null where they are. */
	readonly elsewhere: string | null;
	/** The daemon of the whole machine, rather than a user's own. */
	readonly system: boolean;
	readonly libvirt: string;
	readonly qemu: string;
	/** `<externalSnapshot/>` in the capabilities (libvirt >= 9.9): reverts and deletes external snapshots natively. */
	readonly externalSnapshots: boolean;
	/** Why virsh asks libvirt; null where its own protocol is spoken, which is faster. */
	readonly throughVirsh: string | null;
};

/** A folder that a plan may write to. */
export type Directory = {
	readonly path: string;
	readonly freeBytes: number;
	readonly writable: boolean;
	/** Names of the files already there, so that a new overlay's name is known to be free. */
	readonly entries: readonly string[];
};

export type Inventory = {
	readonly host: Host;
	readonly domains: readonly Domain[];
};

/** Everything a planner may look at. Two equal `Facts` and intents give equal plans. */
export type Facts = {
	readonly host: Host;
	readonly domain: Domain;
	/** All domains of this hypervisor, the planned one included: dependants of an image are found among them. */
	readonly domains: readonly Domain[];
	/** Overlays that a revert left: no chain and no snapshot has them. */
	readonly reclaimable: readonly Reclaimable[];
	/** Whatever lies in the folders of its images and depends on one of them, outside the chains of all domains. */
	readonly kept: readonly Kept[];
	/** What QEMU has let go of while the domain is paused; null where nothing, or where nobody knows. */
	readonly held: Held | null;
	/** Why QEMU cannot save memory at this moment, in its own words; null where it has not been asked, or does not tell. */
	readonly blocked: readonly string[] | null;
	/** What libvirt does with the domain at this moment (`Backup`…); null where it does nothing. */
	readonly job: string | null;
	/** libvirt's checkpoints of the domain. */
	readonly checkpoints: readonly string[];
	/** Folders of the domain's images, and the one the user asked for, by path. */
	readonly directories: Readonly<Record<string, Directory>>;
	/** Inactive domain XML (`virsh dumpxml --inactive --security-info`), for plans that define. */
	readonly inactiveXml: string;
	/** Snapshot metadata by name (`virsh snapshot-dumpxml --security-info`), for plans that redefine or go back in a chain. */
	readonly snapshotXml: Readonly<Record<string, string>>;
	/** Memory files that plans may load, by path: those of external checkpoints, and the one that was asked for. */
	readonly saveImages: Readonly<Record<string, SaveImage>>;
	/**
	 * Which file each name leads to, of all domains' images, what libvirt has recorded, and what a plan is about; as far as one may look.
	 * Ask `sameFile`: two domains may reach one image by two paths.
	 */
	readonly identities: Readonly<Record<string, FileIdentity>>;
	/** Images and recorded files that may be looked at from here, but not written to. */
	readonly readOnly: readonly string[];
	/**
	 * Files that are certainly not there, of those that the definitions of snapshots, of saved memory and of the domain name, whatever
	 * device they are of. Empty where the domain's machine is another one.
	 */
	readonly gone: readonly string[];
	/** Block devices among its images and what is recorded. */
	readonly blockDevices: readonly string[];
	/** When images that external snapshots go back to were last written to (ISO 8601), as far as they may be looked at from here. */
	readonly writtenAt: Readonly<Record<string, string>>;
	/** External snapshots whose base somebody else has written to since. */
	readonly rewritten: readonly Rewritten[];
	/** Who writes to the images though no domain runs on them, as far as it can be looked at. */
	readonly writers: readonly Writer[];
	/** Images whose clusters are counted wrongly. Looked for where something was broken off. */
	readonly miscounted: readonly Miscount[];
	/** Whether plans may change the mode of any file here: the process is root's. */
	readonly root: boolean;
	/** Snapshots that an unfinished delete has spoilt, as the receipts have it. */
	readonly spoiled: readonly Spoiled[];
	/** Of its snapshots, as far as they could be read in time. They are only told: nothing is decided by them. */
	readonly sizes: readonly SnapshotSizes[];
	/** 32 random bytes in hexadecimal, for the UUID and MAC addresses of a clone. */
	readonly random: string;
	/** ISO 8601; planners do not read the clock themselves. */
	readonly now: string;
};

/** A process of this machine that has an image open for writing. */
export type Writer = {readonly pid: number; readonly name: string; readonly file: string};

/** What `qemu-img check` says of a qcow2 image: `errors` in its counts, and clusters that only take room (`leaks`). */
export type Miscount = {readonly file: string; readonly errors: number; readonly leaks: number};

/** A snapshot into whose base later writes may have been merged in part, and the receipt of the delete that was not finished. */
export type Spoiled = {readonly tag: string; readonly receipt: string};

/** A snapshot, and the file that it goes back to, which was written to at that time though it ought to be as it was then. */
export type Rewritten = {readonly tag: string; readonly file: string; readonly at: string};

/** A file of saved memory: `virsh save`, or the memory of an external checkpoint. */
export type SaveImage = {
	/** `virsh save-image-dumpxml --security-info`: the domain as it was. */
	readonly xml: string;
	/** What each disk ran on. */
	readonly sources: readonly {readonly target: string; readonly source: string | null}[];
	/** When it was written; null where the file cannot be looked at from here. */
	readonly writtenAt: string | null;
	/** Images of the domain that were written to after it. */
	readonly changedSince: readonly string[];
};

/**
 * True where QEMU is running for the domain, so that images are locked and the monitor answers. A guest that crashed may have left its
 * QEMU there (`<on_crash>preserve`, a panic device): then the domain has an id.
 */
export function isActive(domain: Pick<Domain, 'state'> & Partial<Pick<Domain, 'id'>>): boolean {
	if (domain.state === 'crashed') return typeof domain.id === 'number';
	return !['shut off', 'saved', 'no state'].includes(domain.state);
}

/** QEMU can save this device's state while the guest does not use it. */
const savableUnmounted = 'filesystem 9p';

/** Whether QEMU alone knows if memory can be saved now: it depends on what the guest has mounted. */
export function isSavableAtTimes(domain: Pick<Domain, 'state' | 'id' | 'unsavable'>): boolean {
	return isActive(domain) && domain.unsavable.length > 0 && domain.unsavable.every(one => one === savableUnmounted);
}

/** Disks whose contents a snapshot has to cover: writable, with a medium. CD-ROMs and floppies are left out, as libvirt does. */
export function writableDisks(domain: Pick<Domain, 'disks'>): Disk[] {
	return domain.disks.filter(
		disk => !disk.readonly && disk.source !== null && disk.device !== 'cdrom' && disk.device !== 'floppy',
	);
}

/** Disks that a snapshot covers: writable, with a medium, and not kept out by `snapshot='no'` in the domain XML. */
export function coveredDisks(facts: Pick<Facts, 'domain'>): Disk[] {
	return writableDisks(facts.domain).filter(disk => disk.snapshotPolicy !== 'no');
}

/** The active layer, as qemu-img names it. */
export function activeFile(disk: Disk): string {
	return disk.chain[0]?.file ?? disk.source!;
}

/** The format of an image that is part of any domain's chains; null where none has it. */
export function formatOf({domains}: Pick<Facts, 'domains'>, file: string): string | null {
	const images = domains.flatMap(domain => domain.disks.flatMap(disk => disk.chain));
	return images.find(image => image.file === file)?.format ?? null;
}
