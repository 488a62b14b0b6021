/**
 * Which processes have files open: what libvirt says of a domain may be wrong, what the kernel says is not.
 *
 * `/proc` is memory and answers at once, so it is read without Node's threads, which would cost three times as much. On a machine
 * with very many open files the program must go on meanwhile: it is let in between.
 */
import {readdirSync, readFileSync, readlinkSync} from 'node:fs';
import {realpath} from 'node:fs/promises';
import {setImmediate} from 'node:timers/promises';
import type {Writer} from '../core/model/facts.ts';

/** Open files looked at in one go: some 3 ms. */
const atOnce = 200;

/** Processes of this machine that have one of these files open for writing, as far as one may look (proc(5), fd and fdinfo). */
export async function writersOf(files: readonly string[]): Promise<Writer[]> {
	if (files.length === 0) return [];
	// The kernel names a file by the path that it was reached by, links resolved.
	const names = await Promise.all(files.map(async file => [await realpath(file).catch(() => file), file] as const));
	const wanted = new Map(names);
	const found: Writer[] = [];
	let looked = 0;
	for (const pid of orNothing(() => readdirSync('/proc'), []).filter(name => /^\d+$/.test(name))) {
		const written = new Set<string>();
		// Empty: another user's process, or one that has just ended.
		for (const number of orNothing(() => readdirSync(`/proc/${pid}/fd`), [])) {
			const file = orNothing(() => readlinkSync(`/proc/${pid}/fd/${number}`), '');
			if (wanted.has(file) && isForWriting(`/proc/${pid}/fdinfo/${number}`)) written.add(file);
			if (++looked % atOnce === 0) await setImmediate();
		}

		if (written.size === 0) continue;
		const name = orNothing(() => readFileSync(`/proc/${pid}/comm`, 'utf8'), '').trim();
		for (const file of written) found.push({pid: Number(pid), name, file: wanted.get(file)!});
	}

	return found;
}

/** `flags` are those of open(2), in octal; the last digit is the access mode. */
function isForWriting(info: string): boolean {
	const flags = /^flags:\s+(\d+)/m.exec(orNothing(() => readFileSync(info, 'utf8'), ''))?.[1];
	return flags !== undefined && (Number.parseInt(flags, 8) & 3) !== 0;
}

/** A process may end at any moment. */
function orNothing<T>(look: () => T, nothing: T): T {
	try {
		return look();
	} catch {
		return nothing;
	}
}
