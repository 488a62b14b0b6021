/** Random histories of qcow2 images, made by qemu-io and qemu-img, and what these say of the outcome. */
import {copyFile, open, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import fc from 'fast-check';
import {tableEntries} from '../../source/qemu/qcow2.ts';
import {hasZstd} from '../helpers/zstd.ts';

type Write = {readonly kind: 'write' | 'zero' | 'discard' | 'compressed'; readonly at: number; readonly length: number};

export type Deed =
	| {readonly kind: 'writes'; readonly writes: readonly Write[]}
	| {readonly kind: 'snapshot' | 'resize'; readonly at: number}
	| {readonly kind: 'delete' | 'revert'; readonly at: number};

export type History = {
	readonly clusterBits: number;
	readonly extended: boolean;
	readonly old: boolean;
	readonly zstd: boolean;
	readonly refcountBits: number;
	/** Size of the backing file in per cent of the image; 0 for none. */
	readonly backing: number;
	readonly compressedFirst: boolean;
	readonly deeds: readonly Deed[];
};

const part = fc.noBias(fc.integer({min: 0, max: 9999}));
const write = fc.record({
	kind: fc.constantFrom('write' as const, 'write' as const, 'zero' as const, 'discard' as const, 'compressed' as const),
	at: part,
	length: part,
});
const writing = fc.record({
	kind: fc.constant('writes' as const),
	writes: fc.array(write, {minLength: 1, maxLength: 6, size: 'max'}),
});
const rare = fc.record({kind: fc.constantFrom('delete' as const, 'revert' as const, 'resize' as const), at: part});
const snapshot = fc.record({kind: fc.constant('snapshot' as const), at: part});

export const histories: fc.Arbitrary<History> = fc.record({
	clusterBits: fc.constantFrom(9, 12, 12, 13, 14, 14, 16, 16, 18, 21),
	extended: fc.boolean(),
	old: fc.integer({min: 0, max: 5}).map(value => value === 0),
	zstd: hasZstd ? fc.boolean() : fc.constant(false),
	refcountBits: fc.constantFrom(4, 8, 16, 16, 16, 32, 64),
	backing: fc.constantFrom(0, 0, 50, 100, 130),
	compressedFirst: fc.integer({min: 0, max: 3}).map(value => value === 0),
	deeds: fc.array(
		fc.oneof({weight: 6, arbitrary: writing}, {weight: 4, arbitrary: snapshot}, {weight: 2, arbitrary: rare}),
		{minLength: 4, maxLength: 18, size: 'max'},
	),
});

export type Made = {
	readonly file: string;
	readonly clusterBytes: number;
	readonly backingBytes: number | undefined;
	readonly tags: readonly string[];
	/** Of the disk when the snapshot was taken. */
	readonly sizes: Readonly<Record<string, number>>;
};

/** Each costs three processes to be judged. */
const mostSnapshots = 5;

const qemuImg = (...args: string[]) => execa('qemu-img', args);

/** Makes the image. Every write has a pattern of its own, so that what was written twice differs. */
export async function make(folder: string, history: History): Promise<Made> {
	const {clusterBits, old, deeds} = history;
	const clusterBytes = 2 ** clusterBits;
	const extended = history.extended && clusterBits >= 14 && !old;
	// Several L2 tables where one does not reach too far for the comparison of whole images.
	const whole = Math.max(clusterBytes * 20, Math.min(40 * 1024 ** 2, clusterBytes * (clusterBytes / 8) * 3));
	// A last cluster that is not whole; not where QEMU would fill it up with zeros when the disk grows, the same bytes in another place.
	const bytes = deeds.some(({kind}) => kind === 'resize') ? whole : whole + 512;
	const file = path.join(folder, 'image.qcow2');
	const options = [
		`cluster_size=${clusterBytes}`,
		...(extended ? ['extended_l2=on'] : []),
		...(old ? ['compat=0.10'] : [`refcount_bits=${history.refcountBits}`]),
		...(history.zstd && !old ? ['compression_type=zstd'] : []),
	].join(',');
	const backingBytes = history.backing ? Math.ceil((bytes * history.backing) / 100 / 512) * 512 : undefined;
	await create(folder, file, bytes, options, backingBytes, history.compressedFirst);

	let size = bytes;
	let pattern = 1;
	let taken = 0;
	const tags: string[] = [];
	const sizes: Record<string, number> = {};
	const pick = (at: number) => tags[at % tags.length];
	for (const deed of deeds) {
		if (deed.kind === 'writes') {
			const commands = deed.writes.flatMap(one => commandOf(one, size, clusterBytes, old, (pattern++ % 253) + 1));
			// A compressed write fails where the cluster has data already; the others are carried out all the same.
			const {stderr, stdout} = await execa(
				'qemu-io',
				['-d', 'unmap', '-f', 'qcow2', ...commands.flatMap(text => ['-c', text]), file],
				{reject: false},
			);
			// QEMU (7.2 to 10.0) goes on with a compressed write where the cluster of the one before ended, though that one may be an L2 table
			// by now, since it was freed: it notices, and takes the image for corrupt.
			fc.pre(!`${stdout}${stderr}`.includes('Marking image as corrupt'));
		} else if (deed.kind === 'snapshot') {
			if (tags.length === mostSnapshots) continue;
			const tag = `s${++taken}`;
			// QEMU refuses what its refcounts cannot hold: 4 bits count to 15.
			const {exitCode} = await execa('qemu-img', ['snapshot', '-c', tag, file], {reject: false});
			if (exitCode !== 0) continue;
			tags.push(tag);
			sizes[tag] = size;
		} else if (deed.kind === 'resize') {
			if (old) continue;
			const wanted = Math.ceil((bytes * (5000 + deed.at)) / 10_000 / clusterBytes) * clusterBytes;
			await qemuImg('resize', '-q', '--shrink', '-f', 'qcow2', file, String(wanted));
			size = wanted;
		} else if (tags.length > 0) {
			const tag = pick(deed.at)!;
			await qemuImg('snapshot', deed.kind === 'delete' ? '-d' : '-a', tag, file);
			if (deed.kind === 'delete') tags.splice(tags.indexOf(tag), 1);
			else size = await sizeOf(file);
		}
	}
	return {file, clusterBytes, backingBytes, tags, sizes};
}

async function create(
	folder: string,
	file: string,
	bytes: number,
	options: string,
	backingBytes: number | undefined,
	compressed: boolean,
): Promise<void> {
	await rm(file, {force: true});
	if (compressed && backingBytes === undefined) {
		const raw = path.join(folder, 'first.raw');
		await qemuImg('create', '-q', '-f', 'raw', raw, String(bytes));
		await execa('qemu-io', ['-f', 'raw', '-c', `write -P 254 0 ${Math.floor(bytes / 1024) * 512}`, raw]);
		await qemuImg('convert', '-c', '-f', 'raw', '-O', 'qcow2', '-o', options, raw, file);
		return;
	}
	const backing = backingBytes === undefined ? [] : ['-b', path.join(folder, 'backing.raw'), '-F', 'raw'];
	if (backingBytes !== undefined) {
		await qemuImg('create', '-q', '-f', 'raw', path.join(folder, 'backing.raw'), String(backingBytes));
		await execa('qemu-io', ['-f', 'raw', '-c', `write -P 255 0 ${backingBytes}`, path.join(folder, 'backing.raw')]);
	}
	await qemuImg('create', '-q', '-f', 'qcow2', '-o', options, ...backing, file, String(bytes));
}

/**
 * For qemu-io; none where it would end behind the disk. Zeros over zeros would be the same bytes in another cluster, so that zeros are
 * written to whole clusters, which then have no data; version 2 has no such clusters.
 */
function commandOf(
	{kind, at, length}: Write,
	size: number,
	clusterBytes: number,
	old: boolean,
	pattern: number,
): string[] {
	// Mostly near the front, so that writes meet each other; any length from a sector to a dozen clusters.
	const unit = kind === 'compressed' || kind === 'zero' ? clusterBytes : 512;
	const reach = at % 3 === 0 ? size : Math.min(size, clusterBytes * 16);
	const start = Math.floor((at * reach) / 10_000 / unit) * unit;
	const wanted = kind === 'compressed' ? clusterBytes : (length / 10_000) ** 3 * clusterBytes * 12;
	const bytes = Math.min(Math.ceil(wanted / unit + 1) * unit, Math.floor((size - start) / unit) * unit);
	if (bytes <= 0) return [];
	if (kind === 'compressed') return [`write -c -P ${pattern} ${start} ${clusterBytes}`];
	if (kind === 'discard') return [`discard ${start} ${bytes}`];
	return [kind === 'zero' && !old ? `write -z ${start} ${bytes}` : `write -P ${pattern} ${start} ${bytes}`];
}

async function sizeOf(file: string): Promise<number> {
	const {stdout} = await qemuImg('info', '--output=json', file);
	return (JSON.parse(stdout) as {'virtual-size': number})['virtual-size'];
}

/** Clusters that `qemu-img snapshot -d` frees, counted in the refcount blocks of a copy; the snapshot table is left out of it. */
export async function clustersFreed(file: string, tags: readonly string[]): Promise<number> {
	const copy = `${file}.copy`;
	await copyFile(file, copy);
	const before = await usedClusters(copy);
	for (const tag of tags) await qemuImg('snapshot', '-d', tag, copy);
	const after = await usedClusters(copy);
	await rm(copy);
	return before - after;
}

/** Clusters with a refcount above 0, without those of the snapshot table and of refcounts: a deletion may move or add these. */
async function usedClusters(file: string): Promise<number> {
	const image = await readFile(file);
	const clusterBytes = 2 ** image.readUInt32BE(20);
	const bits = 2 ** (image.readUInt32BE(4) === 3 ? image.readUInt32BE(96) : 4);
	const table = Number(image.readBigUInt64BE(48));
	const snapshots = image.subarray(Number(image.readBigUInt64BE(64)));
	const tableEnd = tableEntries(snapshots, image.readUInt32BE(60)).at(-1)?.end ?? 0;
	let used = -Math.ceil(tableEnd / clusterBytes);
	for (let index = 0; index < (image.readUInt32BE(56) * clusterBytes) / 8; index++) {
		const offset = Number(image.readBigUInt64BE(table + index * 8));
		if (offset === 0) continue;
		used--;
		const block = image.subarray(offset, offset + clusterBytes);
		if (bits >= 8) {
			const width = bits / 8;
			for (let at = 0; at < block.length; at += width) if (block.subarray(at, at + width).some(byte => byte)) used++;
		} else {
			for (const byte of block) for (let bit = 0; bit < 8; bit += bits) if ((byte >> bit) % 2 ** bits) used++;
		}
	}
	return used;
}

/**
 * The disk as it was in a snapshot, or is now, as a raw file. `qemu-img convert -l` cuts a snapshot to the size that the disk has now:
 * where it had another one, a copy is reverted to it and exported.
 */
export async function exported({file, sizes}: Pick<Made, 'file' | 'sizes'>, tag: string | null): Promise<string> {
	const raw = `${file}.${tag ?? ''}.raw`;
	if (tag === null || sizes[tag] === (await sizeOf(file))) {
		const from = tag === null ? [] : ['-l', `snapshot.name=${tag}`];
		await qemuImg('convert', '-f', 'qcow2', '-O', 'raw', ...from, file, raw);
		return raw;
	}
	const copy = `${file}.copy`;
	await copyFile(file, copy);
	await qemuImg('snapshot', '-a', tag, copy);
	await qemuImg('convert', '-f', 'qcow2', '-O', 'raw', copy, raw);
	await rm(copy);
	return raw;
}

/** Clusters that differ between two raw files; the shorter one goes on with zeros. */
export async function clustersDiffering(one: string, other: string, clusterBytes: number): Promise<number> {
	const step = Math.max(clusterBytes, 2 ** 20);
	const [first, second] = [await open(one), await open(other)];
	const [left, right] = [Buffer.alloc(step), Buffer.alloc(step)];
	let count = 0;
	for (let at = 0; ; at += step) {
		const read = await Promise.all([first.read(left, 0, step, at), second.read(right, 0, step, at)]);
		left.fill(0, read[0].bytesRead);
		right.fill(0, read[1].bytesRead);
		if (read.every(({bytesRead}) => bytesRead === 0)) break;
		if (left.equals(right)) continue;
		for (let start = 0; start < step; start += clusterBytes) {
			if (left.compare(right, start, start + clusterBytes, start, start + clusterBytes) !== 0) count++;
		}
	}
	await Promise.all([first.close(), second.close()]);
	return count;
}
