/** Where images and folders are looked at: on this machine, as far as libvirt means the same files. */
import type {Directory, Miscount, Writer} from '../core/model/facts.ts';
import type {FileIdentity} from '../core/model/files.ts';
import type {FileSystem} from '../core/model/hypervisor.ts';
import type {ImageSizes, Together} from '../core/snapshots/contents/sizes.ts';
import type {Chain} from './qemu-img.ts';
import type {SizeOptions} from './sizes/image-sizes.ts';

export type ImageReader = {
	/** A disk's backing chain. `fresh` asks qemu-img again even where nothing seems to have changed. */
	chain(file: string, format: string, options?: {fresh?: boolean}): Promise<Chain>;
	/** Those of the active layers whose chain has changed since it was read. All others are forgotten. `inUse`: by a running domain. */
	changed(active: ReadonlySet<string>, inUse?: ReadonlySet<string>): Promise<ReadonlySet<string>>;
	/** Hear at once that one which no running domain uses was written to: libvirt knows nothing of it, and sends no event. */
	onStir(listener: () => void): void;
	/** Those of the files that are certainly not there, or whose data file is not: with what is not. One that one may not look for is not among them. */
	missing(files: readonly string[]): Promise<ReadonlyMap<string, string>>;
	/** Which file each of these names leads to; those that cannot be looked at are left out. */
	identities(files: readonly string[]): Promise<ReadonlyMap<string, FileIdentity>>;
	/** Those of the files that are there, and that one may not write to, or not to their data file. */
	readOnly(files: readonly string[]): Promise<readonly string[]>;
	/** Processes that have one of the files, or a data file, open for writing, as far as one may look. */
	writers(files: readonly string[]): Promise<readonly Writer[]>;
	/** Those of the files, and of their data files, that the QEMU of this domain (its UUID) does not have open; none where one may not look, or its Linux is too old. */
	notOpen(uuid: string, files: readonly string[]): Promise<readonly string[]>;
	/** Those of these qcow2 images whose clusters are counted wrongly; one that cannot be checked is not among them. */
	miscounted(files: readonly string[]): Promise<readonly Miscount[]>;
	/**
	 * What the internal snapshots of one image occupy; kept until it changes. `inUse`: by a running domain. Throws only the signal's
	 * reason.
	 */
	sizes(file: string, options?: SizeOptions & {readonly inUse?: boolean}): Promise<ImageSizes>;
	/** Guest clusters that differ between two snapshots (by their ID in the image). */
	difference(file: string, from: string, to: string, options?: SizeOptions): Promise<Together>;
	/** What deleting these snapshots (by ID) of one image together frees. */
	sizeTogether(file: string, ids: readonly string[], options?: SizeOptions): Promise<Together>;
	/** When each file, or its data file, was last written to, in milliseconds since 1970; those that cannot be looked at are left out. */
	modified(files: readonly string[]): Promise<ReadonlyMap<string, number>>;
	/** Those of the files that are block devices. */
	blockDevices(files: readonly string[]): Promise<readonly string[]>;
	/** Those of the files that are qcow2 images with a backing file; one that may not be read is not among them. */
	overlays(files: readonly string[]): Promise<readonly string[]>;
	/** Those of the files on which whoever opens them may wait for ever: pipes and the like, and what does not answer here. */
	hanging(files: readonly string[]): Promise<ReadonlySet<string>>;
	/** Those of the files that hold a domain's saved memory; one that may not be read is not among them. */
	saved(files: readonly string[]): Promise<readonly string[]>;
	/** How large a file is, and when it was last written to; null where it cannot be looked at. */
	file(path: string): Promise<{readonly bytes: number; readonly writtenAt: string} | null>;
	/** Those that these files lie on, the one with the least room first; what is no file lies on none. */
	fileSystems(files: readonly string[]): Promise<readonly FileSystem[]>;
	/** Null where there is no such folder. */
	directory(path: string): Promise<Directory | null>;
};
