/**
 * Which processes have files open: what libvirt says of a domain may be wrong, what the kernel says is not.
 *
 * `/proc` is memory and answers at once, so it is read without Node's threads, which would cost three times as much. On a machine
 * with very many open files the program must go on meanwhile: it is let in between.
 */
import {type BigIntStats, readdirSync, readFileSync, readlinkSync, statSync} from 'node:fs';
import {realpath, stat} from 'node:fs/promises';
import {setImmediate} from 'node:timers/promises';
import type {Writer} from '../core/model/facts.ts';

/** Open files looked at in one go: some 3 ms. */
const atOnce = 200;

/**
 * Processes of this machine that have one of these files open for writing, as far as one may look (proc(5), fd and fdinfo), by whatever
 * name and from whatever mount namespace they have opened it.
 */
export async function writersOf(files: readonly string[]): Promise<Writer[]> {
	if (files.length === 0) return [];
	const wanted = await Promise.all(files.map(asWanted));
	const found: Writer[] = [];
	let looked = 0;
	for (const pid of orNothing(() => readdirSync('/proc'), []).filter(name => /^\d+$/.test(name))) {
		const written = new Set<string>();
		// Empty: another user's process, or one that has just ended.
		for (const number of orNothing(() => readdirSync(`/proc/${pid}/fd`), [])) {
			const file = writtenBy(pid, number, wanted);
			if (file !== null) written.add(file);
			if (++looked % atOnce === 0) await setImmediate();
		}

		if (written.size === 0) continue;
		const name = orNothing(() => readFileSync(`/proc/${pid}/comm`, 'utf8'), '').trim();
		for (const file of written) found.push({pid: Number(pid), name, file});
	}

	return found;
}

/**
 * Those of these files that the QEMU of this domain does not have open: where it runs on them, another file lies at their path by now.
 * Regular files alone, for QEMU has a /dev of its own. Empty where its process cannot be looked at, or Linux is older than 5.14 and does
 * not tell what is open.
 */
export async function notOpenedBy(uuid: string, files: readonly string[]): Promise<string[]> {
	const pid = processOf(uuid);
	if (pid === null) return [];
	const open = orNothing(() => readdirSync(`/proc/${pid}/fd`), []).map(number => opened(pid, number));
	if (!open.some(one => one.inode !== null)) return [];
	const looked = await Promise.all(
		files.map(async file => {
			const node = await stat(file, {bigint: true}).catch(() => null);
			return !node?.isFile() || open.some(one => isNode(one, node)) ? [] : [file];
		}),
	);
	return looked.flat();
}

/** The QEMU that libvirt has started for this domain, by its command line. */
function processOf(uuid: string): string | null {
	const isIt = (pid: string) =>
		orNothing(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'), '').includes(`\0-uuid\0${uuid}\0`);
	return (
		orNothing(() => readdirSync('/proc'), [])
			.filter(name => /^\d+$/.test(name))
			.find(isIt) ?? null
	);
}

/** A file as it was asked for, its path without links, and its device and inode; these are null where it is not there. */
type Wanted = {readonly file: string; readonly path: string; readonly node: BigIntStats | null};

async function asWanted(file: string): Promise<Wanted> {
	const [name, node] = await Promise.all([
		realpath(file).catch(() => file),
		stat(file, {bigint: true}).catch(() => null),
	]);
	return {file, path: name, node};
}

/** Which of the files this process writes to under this number. */
function writtenBy(pid: string, number: string, wanted: readonly Wanted[]): string | null {
	const link = `/proc/${pid}/fd/${number}`;
	const name = orNothing(() => readlinkSync(link), '');
	// Sockets, pipes and the like have no path.
	if (!name.startsWith('/')) return null;
	const one = opened(pid, number);
	if (!isForWriting(one.info)) return null;
	const isIt = ({path, node}: Wanted) => path === name || (node !== null && isNode(one, node));
	return wanted.find(isIt)?.file ?? null;
}

/** What a process has open under a number. `inode` is null where Linux does not tell it (before 5.14), or the process has ended. */
type Opened = {readonly link: string; readonly info: string; readonly inode: string | null};

function opened(pid: string, number: string): Opened {
	const info = orNothing(() => readFileSync(`/proc/${pid}/fdinfo/${number}`, 'utf8'), '');
	return {link: `/proc/${pid}/fd/${number}`, info, inode: /^ino:\s+(\d+)/m.exec(info)?.[1] ?? null};
}

/** A file is asked for its device only where its inode fits: one on a dead NFS would never answer. */
function isNode({link, inode}: Opened, {ino, dev}: BigIntStats): boolean {
	return String(ino) === inode && orNothing(() => statSync(link, {bigint: true}), null)?.dev === dev;
}

/** `flags` are those of open(2), in octal; the last digit is the access mode. */
function isForWriting(info: string): boolean {
	const flags = /^flags:\s+(\d+)/m.exec(info)?.[1];
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
