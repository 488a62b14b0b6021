/** Where new files of external snapshots go. The names are chosen in the plan, so that each step can name them. */
import {dirname, join, parse} from 'node:path/posix';
import type {Disk} from '../model/disk.ts';
import type {Facts} from '../model/facts.ts';
import {cutBytes, formatBytes, t, utf8Length} from '../words/text.ts';

export type Overlay = {readonly disk: Disk; readonly file: string};

const longestFileName = 255;

/**
 * A file for the overlay of each disk: `DIR/BASE.TAG.qcow2`, where BASE is the name of the disk's first file without its last
 * extension and TAG what file systems and libvirt take without quoting. A name that two disks would share gets the target.
 */
export function overlayFiles(disks: readonly Disk[], tag: string, dir?: string | ((disk: Disk) => string)): Overlay[] {
	const used = new Set<string>();
	return disks.map(disk => {
		const folder = typeof dir === 'function' ? dir(disk) : (dir ?? dirname(disk.source!));
		const stem = stemOf(disk);
		let file = join(folder, fileName(stem, tag));
		if (used.has(file)) file = join(folder, fileName(stem, tag, `-${disk.target}`));
		used.add(file);
		return {disk, file};
	});
}

/** The name that a disk's overlays share: that of the lowest layer it goes back to, so that names do not grow with the chain. */
function stemOf({source, chain}: Disk): string {
	const own = parse(source!).name;
	const stems = chain.map(image => parse(image.file).name);
	return stems.findLast(stem => own.startsWith(`${stem}.`)) ?? own;
}

/** The memory file of an external checkpoint, beside the first overlay: `DIR/DOMAIN.TAG.memory`. */
export function memoryFile(facts: Pick<Facts, 'domain'>, folder: string, tag: string): string {
	return join(folder, `${cutBytes(fileSafe(facts.domain.name), 100)}.${cutBytes(fileSafe(tag), 140)}.memory`);
}

/** Said where overlays could outgrow their folder: each can become as large as its disk. */
export function spaceWarnings(facts: Facts, overlays: readonly Overlay[]): string[] {
	const growth = new Map<string, number>();
	for (const {disk, file} of overlays) {
		const folder = dirname(file);
		growth.set(folder, (growth.get(folder) ?? 0) + (disk.chain[0]?.virtualSizeBytes ?? 0));
	}
	return [...growth].flatMap(([path, bytes]) => {
		const free = facts.directories[path]?.freeBytes;
		if (free === undefined || free >= bytes) return [];
		return [t`${path} has ${formatBytes(free)} free; the overlays there can grow to ${formatBytes(bytes)}.`];
	});
}

/** What tells two disks apart is never cut off: both would get one overlay. */
function fileName(stem: string, tag: string, apart = ''): string {
	const extension = '.qcow2';
	const room = longestFileName - extension.length - 1;
	const middle = cutBytes(fileSafe(tag), Math.max(32, room - utf8Length(stem)));
	return `${cutBytes(stem, room - utf8Length(middle) - utf8Length(apart))}${apart}.${middle}${extension}`;
}

/** Letters and digits of any script, dot, underscore and dash; the rest becomes an underscore. */
export function fileSafe(text: string): string {
	return text.replace(/[^\p{L}\p{M}\p{N}._-]/gu, '_');
}
