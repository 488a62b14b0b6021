/** What a plan is made from. */
import type {Disk} from './disk.ts';
import {type Domain, type Host, writableDisks} from './domain.ts';
import type {FileIdentity} from './files.ts';
import type {SnapshotSizes} from './snapshot.ts';

/** Everything a planner may look at. Two equal `Facts` and intents give equal plans. */
export type Facts = {
	readonly host: Host;
	readonly domain: Domain;
	/** All domains of this hypervisor, the planned one included: dependants of an image are found among them. */
	readonly domains: readonly Domain[];
	/** Overlays that a revert left: no chain and no snapshot has them. */
	readonly reclaimable: readonly Reclaimable[];
	/** What lies in the folders of its images and of receipts, or is in a record of any snapshot, and depends on one of them, outside all domains' chains. */
	readonly kept: readonly Kept[];
	/** What QEMU has let go of while the domain is paused; null where nothing, or where nobody knows. */
	readonly held: Held | null;
	/** Why QEMU cannot save memory at this moment, in its own words; null where it has not been asked, or does not tell. */
	readonly blocked: readonly string[] | null;
	/** What libvirt does with the domain at this moment (`Backup`…); null where it does nothing. */
	readonly job: string | null;
	/** libvirt's checkpoints of the domain. */
	readonly checkpoints: readonly string[];
	/** Folders of the domain's images, of earlier operations on it, and the one the user asked for, by path. */
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
	/**
	 * TCP ports of the domain's machine at which somebody other than the domain listens, of those that definitions of snapshots, of saved
	 * memory and of the domain name. Empty where that machine is another one.
	 */
	readonly listening: readonly Listener[];
	/** Block devices among its images and what is recorded. */
	readonly blockDevices: readonly string[];
	/** When images of the domain, and those that external snapshots go back to, were last written to (ISO 8601), as far as they may be looked at. */
	readonly writtenAt: Readonly<Record<string, string>>;
	/** Snapshots of which somebody else has written to a base since: to what it goes back to, or to what the overlay that it is in stands on. */
	readonly rewritten: readonly Rewritten[];
	/** Snapshots inside images that stood on others when they were taken, and stand on their own now. */
	readonly pulled: readonly Pulled[];
	/** By file of saved memory: images written to since virsnap had saved it. `SaveImage.changedSince` has to allow for QEMU's last writes. */
	readonly writtenBehind: Readonly<Record<string, readonly string[]>>;
	/** Who writes to the images though no domain runs on them, as far as it can be looked at. */
	readonly writers: readonly Writer[];
	/** Layers of the running domain that its QEMU does not have open: another file lies at their path by now. */
	readonly notOpen: readonly string[];
	/** Images whose clusters are counted wrongly. Looked for where something was broken off. */
	readonly miscounted: readonly Miscount[];
	/** Whether pictures of guests' screens are to be kept with their snapshots, as the configuration says at this moment. */
	readonly pictures: boolean;
	/** Whether plans may change the mode of any file here: the process is root's. */
	readonly root: boolean;
	/** Snapshots that an unfinished delete has spoilt, as the receipts have it. */
	readonly spoiled: readonly Spoiled[];
	/** Receipts of this domain, by id, that were never closed: whoever goes on with them knows snapshots by the tags they had. */
	readonly unfinished: readonly string[];
	/** Of its snapshots, as far as they could be read in time. They are only told: nothing is decided by them. */
	readonly sizes: readonly SnapshotSizes[];
	/** 32 random bytes in hexadecimal, for the UUID and MAC addresses of a clone. */
	readonly random: string;
	/** ISO 8601; planners do not read the clock themselves. */
	readonly now: string;
};

/** `memory written`: to a file, and the images with it. `images inactive`: memory was loaded, and the images wait until it runs. */
export type Held = 'memory written' | 'images inactive';

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

/** A folder that a plan may write to. */
export type Directory = {
	readonly path: string;
	readonly freeBytes: number;
	readonly writable: boolean;
	/** Names of the files already there, so that a new overlay's name is known to be free. */
	readonly entries: readonly string[];
};

/** A process of this machine that has an image open for writing. */
export type Writer = {readonly pid: number; readonly name: string; readonly file: string};

/** A TCP port, and the address it is open at; `0.0.0.0` and `::` are all addresses. */
export type Listener = {readonly address: string; readonly port: number};

/** What `qemu-img check` says of a qcow2 image: `errors` in its counts, and clusters that only take room (`leaks`). */
export type Miscount = {readonly file: string; readonly errors: number; readonly leaks: number};

/** A snapshot into whose base later writes may have been merged in part, and the receipt of the delete that was not finished. */
export type Spoiled = {readonly tag: string; readonly receipt: string};

/** A snapshot, and the file that it goes back to, which was written to at that time though it ought to be as it was then. */
export type Rewritten = {readonly tag: string; readonly file: string; readonly at: string};

/** A snapshot, and the image that it is in: what it reads from below was not filled in there, so that it reads zeros (QEMU 7.2). */
export type Pulled = {readonly tag: string; readonly file: string};

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
	/** It lies where only receipts led to: what spoils it is said, and no plan is stale without it. */
	readonly told?: true;
};

/** Disks that a snapshot covers: writable, with a medium, and not kept out by `snapshot='no'` in the domain XML. */
export function coveredDisks(facts: Pick<Facts, 'domain'>): Disk[] {
	return writableDisks(facts.domain).filter(disk => disk.snapshotPolicy !== 'no');
}

/** The format of an image that is part of any domain's chains; null where none has it. */
export function formatOf({domains}: Pick<Facts, 'domains'>, file: string): string | null {
	const images = domains.flatMap(domain => domain.disks.flatMap(disk => disk.chain));
	return images.find(image => image.file === file)?.format ?? null;
}
