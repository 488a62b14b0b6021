/** Which processes have files open: what libvirt says of a domain may be wrong, what the kernel says is not. */
import {readdir, readFile, readlink, realpath} from 'node:fs/promises';
import path from 'node:path';
import type {Writer} from '../core/model/facts.ts';

/** Processes of this machine that have one of these files open for writing, as far as one may look (proc(5), fd and fdinfo). */
export async function writersOf(files: readonly string[]): Promise<Writer[]> {
	if (files.length === 0) return [];
	// The kernel names a file by the path that it was reached by, links resolved.
	const names = await Promise.all(files.map(async file => [await realpath(file).catch(() => file), file] as const));
	const wanted = new Map(names);
	const processes = (await readdir('/proc').catch(() => [])).filter(name => /^\d+$/.test(name));
	const found = await Promise.all(processes.map(pid => writtenBy(pid, wanted)));
	return found.flat();
}

async function writtenBy(pid: string, wanted: ReadonlyMap<string, string>): Promise<Writer[]> {
	const folder = `/proc/${pid}`;
	// Another user's process, or one that has just ended.
	const open = await readdir(path.join(folder, 'fd')).catch(() => []);
	const links = await Promise.all(
		open.map(async number => ({number, file: await readlink(path.join(folder, 'fd', number)).catch(() => '')})),
	);
	const written = new Set<string>();
	for (const {number, file} of links)
		if (wanted.has(file) && (await isForWriting(path.join(folder, 'fdinfo', number)))) written.add(file);
	if (written.size === 0) return [];
	const name = (await readFile(path.join(folder, 'comm'), 'utf8').catch(() => '')).trim();
	return [...written].map(file => ({pid: Number(pid), name, file: wanted.get(file)!}));
}

/** `flags` are those of open(2), in octal; the last digit is the access mode. */
async function isForWriting(info: string): Promise<boolean> {
	const flags = /^flags:\s+(\d+)/m.exec(await readFile(info, 'utf8').catch(() => ''))?.[1];
	return flags !== undefined && (Number.parseInt(flags, 8) & 3) !== 0;
}
