/** What a look at files and folders tells, without opening any. */
import {access, constants, readdir, stat, statfs} from 'node:fs/promises';
import path from 'node:path';
import type {Directory} from '../../core/model/facts.ts';
import type {FileSystem} from '../../core/model/hypervisor.ts';

/** Those of the files that are certainly not there. */
export async function missing(files: readonly string[]): Promise<ReadonlySet<string>> {
	const absent = await Promise.all(files.map(async file => ((await isAbsent(file)) ? [file] : [])));
	return new Set(absent.flat());
}

/** Only what is certain: a folder that we may not enter may well hold the file. */
async function isAbsent(file: string): Promise<boolean> {
	try {
		await access(file, constants.F_OK);
		return false;
	} catch (error) {
		return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
	}
}

/** Those of the files that are there, and that one may not write to. */
export async function readOnly(files: readonly string[]): Promise<readonly string[]> {
	const closed = await Promise.all(files.map(async file => ((await mayWrite(file)) ? [] : [file])));
	return closed.flat();
}

/** Also what is not there, or is hidden from us: nothing is known of its rights. */
async function mayWrite(file: string): Promise<boolean> {
	try {
		await access(file, constants.W_OK);
		return true;
	} catch {
		return (await stat(file).catch(() => null)) === null;
	}
}

/** When each file was last written to, in milliseconds since 1970; those that cannot be looked at are left out. */
export async function modified(files: readonly string[]): Promise<ReadonlyMap<string, number>> {
	const times = await Promise.all(
		files.map(async file => [file, (await stat(file).catch(() => null))?.mtimeMs] as const),
	);
	return new Map(times.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

/** What these files occupy (st_blocks counts 512 bytes, stat(2)). */
export async function occupiedBytes(files: readonly string[]): Promise<number> {
	const found = await Promise.all(files.map(file => stat(file).catch(() => null)));
	return found.reduce((sum, facts) => sum + (facts?.isFile() ? facts.blocks * 512 : 0), 0);
}

/** Those of the files that are block devices. */
export async function blockDevices(files: readonly string[]): Promise<readonly string[]> {
	const found = await Promise.all(files.map(async file => (await stat(file).catch(() => null))?.isBlockDevice()));
	return files.filter((_, index) => found[index]);
}

/** How large a file is, and when it was last written to; null for anything else, and where it cannot be looked at. */
export async function regularFile(file: string): Promise<{readonly bytes: number; readonly writtenAt: string} | null> {
	const facts = await stat(file).catch(() => null);
	return facts?.isFile() ? {bytes: facts.size, writtenAt: facts.mtime.toISOString()} : null;
}

/** What is free where these files lie, the one with the least room first. A device, a pipe or what is gone lies on none. */
export async function fileSystemsOf(files: readonly string[]): Promise<readonly FileSystem[]> {
	const on = new Map<number, string>();
	const looks = await Promise.all(files.map(async file => ({file, about: await stat(file).catch(() => null)})));
	for (const {file, about} of looks) if (about?.isFile() && !on.has(about.dev)) on.set(about.dev, path.dirname(file));
	const rooms = await Promise.all(
		[...on.values()].map(async folder => {
			const room = await statfs(folder).catch(() => null);
			return room ? [{folder, freeBytes: room.bavail * room.bsize, bytes: room.blocks * room.bsize}] : [];
		}),
	);
	return rooms.flat().sort((one, other) => one.freeBytes - other.freeBytes);
}

/** Its room, rights and names; null where there is no such folder. */
export async function directory(folder: string): Promise<Directory | null> {
	const [about, space] = await Promise.all([stat(folder).catch(() => null), statfs(folder).catch(() => null)]);
	if (!about?.isDirectory() || space === null) return null;
	const [entries, writable] = await Promise.all([
		readdir(folder).catch(() => []),
		access(folder, constants.W_OK | constants.X_OK).then(
			() => true,
			() => false,
		),
	]);
	return {path: path.resolve(folder), freeBytes: space.bavail * space.bsize, writable, entries: entries.sort()};
}
