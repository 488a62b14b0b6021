/** Waiting for something to change in a folder. */
import {watch} from 'node:fs';
import {setTimeout as delay} from 'node:timers/promises';

const slowPollMilliseconds = 1000;

type FolderWatch = {
	/** Resolves when something changes from now on, or with `wake`. */
	change(): Promise<void>;
	/** Whoever waits for a change is to look, whatever the folder says. */
	wake(): void;
	stop(): void;
};

/** Watch a folder. Where the system watches no more of them (inotify's limit) the slow poll of `changedOrLate` does. */
export function watchFolder(folder: string): FolderWatch {
	let wake = () => {};
	const stop = onChange(folder, () => wake());
	return {
		change: () =>
			new Promise(resolve => {
				wake = resolve;
			}),
		wake: () => wake(),
		stop,
	};
}

/** Wait for a change, a second at most. The timer ends with the waiting, so that it keeps no program alive. */
export async function changedOrLate(change: Promise<void>): Promise<void> {
	const late = new AbortController();
	const timer = delay(slowPollMilliseconds, undefined, {signal: late.signal}).catch(() => undefined);
	await Promise.race([change, timer]);
	late.abort();
}

function onChange(folder: string, listener: () => void): () => void {
	try {
		const watcher = watch(folder, {persistent: false}, listener);
		watcher.on('error', () => watcher.close());
		return () => watcher.close();
	} catch {
		return () => {};
	}
}
