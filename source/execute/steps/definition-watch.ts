/**
 * What is written to a domain's definition while a step writes it too: libvirt knows no "only if it is still the one that I have read".
 * It writes a new file beside the old one and renames it (virFileRewrite), so that each version is a file of its own.
 */
import {closeSync, fstatSync, openSync, readFileSync, watch} from 'node:fs';
import path from 'node:path';
import {setImmediate as nextTurn} from 'node:timers/promises';
import type {Writes} from '../../core/steps/overwritten.ts';

export type DefinitionWatch = {
	/** What was written since it was asked for last. Nothing where nobody can look. */
	written(): Promise<Writes>;
	close(): void;
};

export const unwatched: DefinitionWatch = {written: async () => ({texts: [], missed: false}), close: () => {}};

type Version = {readonly fd: number; readonly inode: number};

/**
 * Watch the definition of a domain from now on.
 *
 * @param folder where the daemon is expected to keep it; that it is this daemon's shows by the UUID in it
 */
export function watchDefinition(folder: string, {name, uuid}: {name: string; uuid: string}): DefinitionWatch {
	const file = path.join(folder, `${name}.xml`);
	const draft = `${file}.new`;
	/** The one of before, and each since: held open, a version can be read when it has long been replaced. */
	let versions: Version[] = [];
	let renames = 0;

	function hold(place: string): Version | undefined {
		try {
			const fd = openSync(place, 'r');
			const {ino: inode} = fstatSync(fd);
			const known = versions.find(version => version.inode === inode);
			if (known) closeSync(fd);
			else versions.push({fd, inode});
			return known ?? versions.at(-1);
		} catch {
			return undefined;
		}
	}

	function drop(kept: readonly Version[] = []): void {
		for (const {fd} of versions) closeSync(fd);
		versions = [...kept];
	}

	function onEvent(event: string, changed: string | null): void {
		if (event !== 'rename' || (changed !== path.basename(file) && changed !== path.basename(draft))) return;
		const [before] = versions;
		const present = hold(file);
		hold(draft);
		// Late news of the version that was there when we began to count is no write since.
		if (changed === path.basename(file) && (present === undefined || present !== before)) renames++;
	}

	const watcher = beginWatching(folder, onEvent);
	if (watcher === null) return unwatched;
	const first = hold(file);
	if (first === undefined || !readFileSync(first.fd, 'utf8').includes(`<uuid>${uuid}</uuid>`)) {
		watcher.close();
		drop();
		return unwatched;
	}

	return {
		async written() {
			// Whatever there is to be heard by now is heard within a whole turn of the loop, and this one may be half over.
			await nextTurn();
			await nextTurn();
			const texts = versions.slice(1).flatMap(({fd}) => wholeText(fd));
			const missed = renames > texts.length;
			drop();
			hold(file);
			renames = 0;
			return {texts, missed};
		},
		close() {
			watcher.close();
			drop();
		},
	};
}

/** Null where this user may not look into the folder, or the system watches no more of them (inotify's limit). */
function beginWatching(folder: string, listener: (event: string, changed: string | null) => void) {
	try {
		const watcher = watch(folder, {persistent: false}, listener);
		return watcher.on('error', () => watcher.close());
	} catch {
		return null;
	}
}

/** None of a draft that is still being written. */
function wholeText(fd: number): string[] {
	const text = readFileSync(fd, 'utf8');
	return text.trimEnd().endsWith('</domain>') ? [text] : [];
}
