/** Folders that tell when something in them is written to, so that files in quiet ones need not be looked at (inotify(7)). */
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
const mostFolders = 2000;

/**
 * @param signal ends the watching
 * @param onStir a quiet folder has been written to; called once for each that the next look will not find quiet
 */
export function watchFolders(signal?: AbortSignal, onStir: () => void = () => {}): FolderWatch {
	const watchers = new Map<string, {readonly watcher: FSWatcher; readonly device: number}>();

	function drop(folder: string): void {
		watchers.get(folder)?.watcher.close();
		watchers.delete(folder);
	}

	/** Only its first word is heard: a guest that writes would wake us with every block. */
	function begin(folder: string, device: number): void {
		if (watchers.size >= mostFolders || signal?.aborted) return;
		try {
			const watcher = watch(folder, {persistent: false}, () => {
				drop(folder);
				onStir();
			});
			watcher.on('error', () => drop(folder));
			watchers.set(folder, {watcher, device});
		} catch {
			// Not there, or no watches are left: its files are looked at every time.
		}
	}

	async function lookAt(folder: string): Promise<Folder> {
		const watched = watchers.get(folder);
		if (watched) return {device: watched.device, quiet: true};
		const device = await localDevice(folder);
		if (device !== null) begin(folder, device);
		return {device, quiet: false};
	}

	signal?.addEventListener('abort', () => [...watchers.keys()].map(drop), {once: true});

	return {
		async look(folders, {anew = false} = {}) {
			for (const folder of [...watchers.keys()]) if (anew || !folders.has(folder)) drop(folder);
			return new Map(await Promise.all([...folders].map(async folder => [folder, await lookAt(folder)] as const)));
		},
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
