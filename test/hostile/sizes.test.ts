/** Tables of images that lie: sizes are told or refused; never an error, never for ever, and never with all the memory. */
import {mkdtemp, readFile, rm, truncate, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import fc from 'fast-check';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {readDifference, readImageSizes, readTogether} from '../../source/qemu/sizes/image-sizes.ts';
import {runs} from './texts.ts';

let folder: string;
const images: Buffer[] = [];
const mostMemory = 300 * 1024 ** 2;

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-hostile-sizes-'));
	const file = path.join(folder, 'sound.qcow2');
	for (const options of ['cluster_size=512', 'cluster_size=4096,refcount_bits=1', 'cluster_size=16k,extended_l2=on']) {
		await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-o', options, file, '256k']);
		for (const tag of ['one', 'two', 'three']) {
			const commands = ['-c', 'write -P 1 0 100k', '-c', 'write -c -P 7 192k 16k'];
			await execa('qemu-io', ['-f', 'qcow2', ...commands, file], {reject: false});
			// Not where refcounts have one bit.
			await execa('qemu-img', ['snapshot', '-c', tag, file], {reject: false});
		}
		images.push(await readFile(file));
	}
});
afterAll(() => rm(folder, {recursive: true}));

/** Numbers where tables begin and end, and where sums overflow. */
const number = fc.oneof(
	fc.bigInt({min: 0n, max: 2n ** 64n - 1n}),
	fc.constantFrom(
		0n,
		1n,
		512n,
		4096n,
		2n ** 16n,
		2n ** 31n,
		2n ** 32n - 1n,
		2n ** 53n,
		2n ** 62n,
		2n ** 63n,
		2n ** 64n - 1n,
	),
	fc.integer({min: 0, max: 300}).map(cluster => BigInt(cluster) * 512n),
);
const change = fc.record({
	/** Half of the changes are in the header, where they reach farthest. */
	place: fc.oneof(fc.integer({min: 4, max: 111}), fc.integer({min: 0, max: 2 ** 20})),
	width: fc.constantFrom(1, 2, 4, 8),
	number,
});

test('changed anywhere', async () => {
	await fc.assert(
		fc.asyncProperty(fc.nat(), fc.array(change, {minLength: 1, maxLength: 6}), async (which, changes) => {
			const bytes = Buffer.from(images[which % images.length]!);
			for (const {place, width, number: value} of changes) {
				const word = Buffer.alloc(8);
				word.writeBigUInt64BE(value);
				word.copy(bytes, place % bytes.length, 8 - width);
			}
			await expectAnswers(bytes);
		}),
		{numRuns: runs()},
	);
});

async function expectAnswers(bytes: Buffer): Promise<void> {
	const file = path.join(folder, 'lie.qcow2');
	await writeFile(file, bytes);
	const {snapshots, reason} = await readImageSizes(file, {backingBytes: 1024});
	if (reason !== null) expect(snapshots).toEqual([]);
	for (const {ownBytes, sinceBytes, reason: why} of snapshots) {
		if (ownBytes === null) expect(why).not.toBeNull();
		else expect(ownBytes % 512 === 0 && ownBytes >= 0 && ownBytes <= bytes.length + 2 ** 21).toBe(true);
		expect(sinceBytes! % 512 === 0 && sinceBytes! >= 0).toBe(true);
	}
	const ids = snapshots.map(({id}) => id);
	const bytesOrReason = {bytes: expect.anything(), reason: null};
	const together = await readTogether(file, ids);
	expect(together.reason === null ? together : bytesOrReason).toEqual(bytesOrReason);
	await readDifference(file, ids[0] ?? null, ids.at(-1) ?? null);
}

/** A header and a snapshot table, and nothing else but what `put` writes. */
async function forged(
	name: string,
	bytes: number,
	{count, l1Entries}: {count: number; l1Entries: number},
	put: (image: Buffer) => void,
): Promise<string> {
	const image = Buffer.alloc(8 * 2 ** 20);
	image.write('QFI\u00FB', 'latin1');
	image.writeUInt32BE(2, 4);
	image.writeUInt32BE(9, 20);
	image.writeBigUInt64BE(2n ** 40n, 24);
	image.writeUInt32BE(count, 60);
	image.writeBigUInt64BE(4096n, 64);
	for (let index = 0; index < count; index++) {
		// The L1 tables of all are at one place.
		image.writeBigUInt64BE(BigInt(2 ** 22), 4096 + index * 40);
		image.writeUInt32BE(l1Entries, 4096 + index * 40 + 8);
	}
	put(image);
	const file = path.join(folder, name);
	await writeFile(file, image);
	await truncate(file, bytes);
	return file;
}

test('65,536 snapshots with 32 MiB of L1 table each, in a file of 8 MiB', async () => {
	const before = process.memoryUsage().rss;
	const file = await forged('many.qcow2', 8 * 2 ** 20, {count: 65_536, l1Entries: 2 ** 22}, () => undefined);
	expect(await readImageSizes(file)).toMatchObject({reason: expect.stringContaining('L1 tables')});
	expect(process.memoryUsage().rss - before).toBeLessThan(mostMemory);
});

test('the same where the file is long enough by its holes: it takes its time, and stops when told to', async () => {
	const before = process.memoryUsage().rss;
	const file = await forged('holes.qcow2', 3 * 2 ** 40, {count: 65_536, l1Entries: 2 ** 22}, image => {
		for (let index = 0; index < 2 ** 19 - 8; index++) image.writeUInt32BE(512 * index, 2 ** 22 + index * 8 + 4);
	});
	const reading = readImageSizes(file, {signal: AbortSignal.timeout(3000)});
	await expect(reading).rejects.toThrow('timeout');
	expect(process.memoryUsage().rss - before).toBeLessThan(mostMemory);
}, 30_000);

test('an L1 table that leads to one L2 table over and over', async () => {
	const file = await forged('loop.qcow2', 8 * 2 ** 20, {count: 1, l1Entries: 2 ** 16}, image => {
		for (let index = 0; index < 2 ** 16; index++) image.writeUInt32BE(2 ** 20, 2 ** 22 + index * 8 + 4);
	});
	expect(await readImageSizes(file)).toMatchObject({reason: expect.stringContaining('more L2 tables than clusters')});
});
