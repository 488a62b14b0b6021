/**
 * Reading what only this user, or root, can have written: a receipt says what is run. Folders that others may change are no place
 * for one, and neither is a file that somebody else owns, a link, or anything that is no file.
 */
import {constants} from 'node:fs';
import {lstat, open, realpath} from 'node:fs/promises';
import path from 'node:path';
import {getuid} from 'node:process';

const writable = 0o022;
const writableByAll = 0o002;
const sticky = 0o1000;

/** Why a folder cannot be trusted, by itself or by one above it; null where it can, or where it is not there yet. */
export async function folderDistrust(folder: string): Promise<string | null> {
	const named = path.resolve(folder);
	const real = await realpath(named).catch(() => named);
	for (const one of new Set([...chainOf(named), ...chainOf(real)])) {
		const stats = await lstat(one).catch(() => null);
		if (stats === null) return null;
		if (!isOurs(stats.uid)) return `${one} belongs to user ${stats.uid}`;
		// What a link leads to is in the other chain.
		if (stats.isSymbolicLink()) continue;
		// A group of the user alone, as distributions with the umask 002 give everyone, lets in nobody else.
		const others = stats.gid === stats.uid ? writableByAll : writable;
		if ((stats.mode & others) !== 0 && (stats.mode & sticky) === 0) return `other users may write to ${one}`;
	}

	return null;
}

/** From the root down to the folder itself. */
function chainOf(folder: string): string[] {
	const above = path.dirname(folder);
	return above === folder ? [folder] : [...chainOf(above), folder];
}

function isOurs(uid: number): boolean {
	return uid === 0 || uid === getuid!();
}

/** The text of a file of this user's own, or why it is not read. Null: there is none. Never waits, and follows no link. */
export async function readTrusted(file: string): Promise<{readonly text: string} | {readonly reason: string} | null> {
	try {
		const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		try {
			const stats = await handle.stat();
			if (!stats.isFile()) return {reason: 'it is not a regular file'};
			if (!isOurs(stats.uid)) return {reason: `it belongs to user ${stats.uid}`};
			if ((stats.mode & writable) !== 0) return {reason: 'other users may write to it'};
			return {text: await handle.readFile('utf8')};
		} finally {
			await handle.close();
		}
	} catch (error) {
		const {code, message} = error as NodeJS.ErrnoException;
		if (code === 'ENOENT') return null;
		if (code === 'ELOOP') return {reason: 'it is a symbolic link'};
		return {reason: message};
	}
}
