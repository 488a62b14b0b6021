/** Which process listens at a socket, and which files it means by a path (proc(5); mount_namespaces(7)). */
import {readdir, readFile, readlink, realpath, stat} from 'node:fs/promises';
import path from 'node:path';
import pLimit from 'p-limit';
import type {DaemonSeen} from './place.ts';

/** __SO_ACCEPTCON of Linux: somebody listens. */
const listening = 0x10000;

/** As many as Node reads at a time: a host may have more processes than we may open files. */
const atOnce = 4;

/** What cannot be opened for want of files is not missing: nothing may be concluded from it. */
const orElse =
	<T>(otherwise: T) =>
	(error: NodeJS.ErrnoException): T => {
		if (error.code === 'EMFILE' || error.code === 'ENFILE') throw error;
		return otherwise;
	};

/** Find it by the file of its socket, as it is seen from there: paths alone may name another one's. */
export async function daemonAt(socket: string): Promise<DaemonSeen> {
	const file = await idOf(socket);
	if (file === null) return 'hidden';
	const sockets = await listeningSockets();
	const looks = await Promise.all((await candidates()).map(pid => lookAt(pid, sockets, file)));
	const found = looks.filter(look => typeof look === 'object');
	// Where two could be meant, the one that means other files: nothing is believed too early.
	if (found.length > 0) return found.find(({sameMounts}) => !sameMounts) ?? found[0]!;
	return looks.includes('hidden') ? 'hidden' : 'none';
}

/** Daemons of libvirt, whatever they are wrapped in: libvirtd, virtqemud, rpc-libvirtd. */
async function candidates(): Promise<number[]> {
	const pids = (await readdir('/proc').catch(orElse([]))).filter(name => /^\d+$/.test(name));
	const read = (pid: string) => readFile(`/proc/${pid}/comm`, 'utf8').catch(orElse(''));
	const names = await pLimit(atOnce).map(pids, read);
	return pids.flatMap((pid, index) => (/virt/.test(names[index]!) ? [Number(pid)] : []));
}

async function lookAt(pid: number, sockets: ReadonlyMap<string, string>, file: string): Promise<DaemonSeen> {
	const folder = `/proc/${pid}/fd`;
	const numbers = await readdir(folder).catch(error => orElse(error.code === 'ENOENT' ? [] : null)(error));
	if (numbers === null) return 'hidden';
	const links = await Promise.all(numbers.map(number => readlink(path.join(folder, number)).catch(() => '')));
	const paths = links.flatMap(link => sockets.get(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '') ?? []);
	const files = await Promise.all(paths.map(one => idOf(`/proc/${pid}/root${one}`)));
	return files.includes(file) ? {pid, sameMounts: await seesOurMounts(pid)} : 'none';
}

/** Where each is bound, by its inode number. */
async function listeningSockets(): Promise<ReadonlyMap<string, string>> {
	const lines = (await readFile('/proc/net/unix', 'utf8').catch(orElse(''))).split('\n');
	const found = lines.flatMap(line => {
		const [, flags = '', inode = '', bound = ''] = /^\S+: \S+ \S+ (\S+) \S+ \S+ +(\d+) (\/.*)$/.exec(line) ?? [];
		return (Number.parseInt(flags, 16) & listening) === 0 ? [] : [[inode, bound] as const];
	});
	return new Map(found);
}

async function seesOurMounts(pid: number): Promise<boolean> {
	const namespace = (of: string) => readlink(`/proc/${of}/ns/mnt`).catch(() => null);
	const [own, other] = await Promise.all([namespace('self'), namespace(String(pid))]);
	const [root, otherRoot] = await Promise.all([idOf('/'), idOf(`/proc/${pid}/root/`)]);
	return own !== null && own === other && root !== null && root === otherRoot;
}

/** Whether a process means this very file by its path; of one that is not there, the very folder that it would lie in. */
export async function isSameFor(pid: number, file: string): Promise<boolean> {
	// An absolute link would lead from there to our root again.
	const real = await realpath(file).catch(() => null);
	const folder = real === null ? await realpath(path.dirname(file)).catch(() => null) : path.dirname(real);
	if (folder === null) return false;
	const pairs = [folder, real ?? path.join(folder, path.basename(file))];
	const same = await Promise.all(pairs.map(async one => (await idOf(one)) === (await idOf(`/proc/${pid}/root${one}`))));
	return same.every(Boolean) && (await idOf(`/proc/${pid}/root/`)) !== null;
}

async function idOf(file: string): Promise<string | null> {
	const found = await stat(file, {bigint: true}).catch(() => null);
	return found === null ? null : `${found.dev}:${found.ino}`;
}
