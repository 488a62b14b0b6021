/** Folders and files that tell when they are written to, so that quiet ones need not be looked at (inotify(7)). */
import {type FSWatcher, watch} from 'node:fs';
import {stat, statfs} from 'node:fs/promises';

/** What may be relied on in a folder. */
type Folder = {
	/** Number of the device that it lies on, where only this kernel writes to that: times of files tell the truth there. Else null. */
	readonly device: number | null;
	/** It has been watched since the answer before this one, and nothing in it has moved. */
	readonly quiet: boolean;
};

type FolderWatch = {
	/**
	 * About these folders; all others are watched no more. Look at what is not quiet after this answer, and nothing is missed. `anew`: as if
	 * asked for the first time, for another folder may have taken the place of a watched one.
	 */
	look(folders: ReadonlySet<string>, options?: {readonly anew?: boolean}): Promise<ReadonlyMap<string, Folder>>;
};

/** `f_type` of statfs(2): what is not among them may be written to from another machine, of which inotify hears nothing. */
const localKinds = new Set([
	0xef53, // ext2, ext3, ext4
	0x5846_5342, // xfs
	0x9123_683e, // btrfs
	0x0102_1994, // tmpfs
	0x2fc1_2fc1, // zfs
	0xf2f5_2010, // f2fs
	0xca45_1a4e, // bcachefs
]);

/** A machine has a limited number of watches for all its programs (some ten thousand). */
const mostOfOneKind = 2000;

/** Each is watched until its first word: a guest that writes would wake us with every block. */
class Watchers {
	readonly #watchers = new Map<string, FSWatcher>();
	readonly #signal: AbortSignal | undefined;
	readonly #onStir: () => void;

	/** @param signal ends the watching */
	constructor(signal: AbortSignal | undefined, onStir: () => void) {
		this.#signal = signal;
		this.#onStir = onStir;
		signal?.addEventListener('abort', () => this.keepOnly(new Set()), {once: true});
	}

	isWatched(name: string): boolean {
		return this.#watchers.has(name);
	}

	begin(name: string): void {
		if (this.#watchers.has(name) || this.#watchers.size >= mostOfOneKind || this.#signal?.aborted) return;
		try {
			const watcher = watch(name, {persistent: false}, () => {
				this.#drop(name);
				this.#onStir();
			});
			watcher.on('error', () => this.#drop(name));
			this.#watchers.set(name, watcher);
		} catch {
			// Not there, or no watches are left: it is looked at every time.
		}
	}

	keepOnly(names: ReadonlySet<string>): void {
		for (const name of [...this.#watchers.keys()]) if (!names.has(name)) this.#drop(name);
	}

	#drop(name: string): void {
		this.#watchers.get(name)?.close();
		this.#watchers.delete(name);
	}
}

const none: ReadonlySet<string> = new Set();

/**
 * @param signal ends the watching
 * @param onStir a quiet folder has been written to; called once for each that the next look will not find quiet
 */
export function watchFolders(signal?: AbortSignal, onStir: () => void = () => {}): FolderWatch {
	const watchers = new Watchers(signal, onStir);
	const devices = new Map<string, number>();

	async function lookAt(folder: string): Promise<Folder> {
		if (watchers.isWatched(folder)) return {device: devices.get(folder)!, quiet: true};
		const device = await localDevice(folder);
		if (device !== null) {
			devices.set(folder, device);
			watchers.begin(folder);
		}

		return {device, quiet: false};
	}

	return {
		async look(folders, {anew = false} = {}) {
			watchers.keepOnly(anew ? none : folders);
			for (const folder of devices.keys()) if (!folders.has(folder)) devices.delete(folder);
			return new Map(await Promise.all([...folders].map(async folder => [folder, await lookAt(folder)] as const)));
		},
	};
}

/**
 * Files of which each wakes by itself: their folder may hold others that are written to all the time.
 *
 * @param onStir one of them has been written to, moved or removed; called once for each, until it is watched anew
 * @returns watches these, and all others no more. `anew`: as if for the first time, for another file may have taken the place of one
 */
export function watchFiles(
	signal: AbortSignal | undefined,
	onStir: () => void,
): (files: ReadonlySet<string>, options?: {readonly anew?: boolean}) => void {
	const watchers = new Watchers(signal, onStir);
	return (files, {anew = false} = {}) => {
		watchers.keepOnly(anew ? none : files);
		for (const file of files) watchers.begin(file);
	};
}

async function localDevice(folder: string): Promise<number | null> {
	try {
		const [{type}, {dev}] = await Promise.all([statfs(folder), stat(folder)]);
		return localKinds.has(type) ? dev : null;
	} catch {
		return null;
	}
}
