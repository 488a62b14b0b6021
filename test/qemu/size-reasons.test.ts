/** What sizes are refused for, how reading them is stopped, and when they are read again. */
import {copyFile, mkdtemp, open, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {readDifference, readImageSizes, readTogether} from '../../source/qemu/sizes/image-sizes.ts';
import {sizeCache} from '../../source/qemu/sizes/size-cache.ts';
import {clustersFreed} from './histories.ts';

let folder: string;
const at = (name: string) => path.join(folder, name);
const cluster = 64 * 1024;

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-size-reasons-'));
	await execa('qemu-img', ['create', '-q', '-f', 'qcow2', at('plain.qcow2'), '8M']);
	await write('plain.qcow2', 'write -P 1 0 1M');
	await snapshot('plain.qcow2', 'one');
	await write('plain.qcow2', 'write -P 2 0 128k');
	await snapshot('plain.qcow2', 'two');
	await snapshot('plain.qcow2', 'three');
	await write('plain.qcow2', 'write -P 3 0 64k');
});

afterAll(() => rm(folder, {recursive: true}));

const write = (name: string, ...commands: string[]) =>
	execa('qemu-io', ['-f', 'qcow2', ...commands.flatMap(command => ['-c', command]), at(name)]);
const snapshot = (name: string, tag: string) => execa('qemu-img', ['snapshot', '-c', tag, at(name)]);

async function changed(name: string, position: number, bytes: number[]): Promise<string> {
	await copyFile(at('plain.qcow2'), at(name));
	const handle = await open(at(name), 'r+');
	await handle.write(Buffer.from(bytes), 0, bytes.length, position);
	await handle.close();
	return at(name);
}

test('one image by hand: two clusters, an L2 table and an L1 table are its own', async () => {
	const {snapshots, reason} = await readImageSizes(at('plain.qcow2'));
	expect(reason).toBeNull();
	expect(snapshots).toEqual([
		{id: '1', tag: 'one', ownBytes: 4 * cluster, sinceBytes: 2 * cluster, reason: null},
		{id: '2', tag: 'two', ownBytes: cluster, sinceBytes: cluster, reason: null},
		{id: '3', tag: 'three', ownBytes: cluster, sinceBytes: cluster, reason: null},
	]);
	// Both have the cluster that was overwritten after them, and their L2 table.
	expect(await readTogether(at('plain.qcow2'), ['2', '3'])).toEqual({bytes: 4 * cluster, reason: null});
	expect(await readDifference(at('plain.qcow2'), '1', '3')).toEqual({bytes: 2 * cluster, reason: null});
	expect(await readDifference(at('plain.qcow2'), '3', null)).toEqual({bytes: cluster, reason: null});
});

test('a cluster that two snapshots have by different L2 tables goes with both', async () => {
	const file = at('shared.qcow2');
	await execa('qemu-img', ['create', '-q', '-f', 'qcow2', file, '8M']);
	await write('shared.qcow2', 'write -P 1 0 64k');
	await snapshot('shared.qcow2', 'one');
	await write('shared.qcow2', 'write -P 2 1M 64k');
	await snapshot('shared.qcow2', 'two');
	await write('shared.qcow2', 'write -P 3 0 64k');
	const {snapshots} = await readImageSizes(file);
	expect(snapshots.map(({ownBytes}) => ownBytes)).toEqual([2 * cluster, 2 * cluster]);
	expect(await readTogether(file, ['1', '2'])).toEqual({bytes: 5 * cluster, reason: null});
	expect((await clustersFreed(file, ['one', 'two'])) * cluster).toBe(5 * cluster);
});

test('saved memory is freed with its snapshot, and is nothing that a revert discards', async () => {
	const file = at('memory.qcow2');
	await execa('qemu-img', ['create', '-q', '-f', 'qcow2', file, '4M']);
	await write('memory.qcow2', 'write -P 1 0 1M');
	const qemu = ['-M', 'none', '-m', '4M', '-S', '-nodefaults', '-display', 'none', '-monitor', 'stdio'];
	const input = 'savevm with-memory\nquit\n';
	await execa('qemu-system-x86_64', [...qemu, '-drive', `file=${file},format=qcow2,if=none,id=disk`], {input});
	const [found] = (await readImageSizes(file)).snapshots;
	expect(found).toMatchObject({tag: 'with-memory', sinceBytes: 0, reason: null});
	expect(found!.ownBytes).toBe((await clustersFreed(file, ['with-memory'])) * cluster);
	expect(found!.ownBytes).toBeGreaterThanOrEqual(3 * cluster);
});

test('of a large image only the tables that differ are read', async () => {
	const file = at('large.qcow2');
	await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-o', 'preallocation=metadata', file, '8G']);
	await snapshot('large.qcow2', 'one');
	await write('large.qcow2', 'write -P 1 5G 64k');
	const {snapshots, bytesRead} = await readImageSizes(file);
	expect(snapshots).toEqual([{id: '1', tag: 'one', ownBytes: 3 * cluster, sinceBytes: cluster, reason: null}]);
	// Two L1 tables of 16 entries, the refcount table, two blocks of it, and of the 16 L2 tables one in two states.
	expect(bytesRead).toBeLessThanOrEqual(6 * cluster);
});

describe('refused with a reason', () => {
	test('what is no qcow2, is missing, is a pipe, or has its data elsewhere', async () => {
		await writeFile(at('raw'), 'x'.repeat(4096));
		expect(await readImageSizes(at('raw'))).toMatchObject({reason: expect.stringContaining('not a qcow2 image')});
		expect(await readImageSizes(at('gone'))).toMatchObject({reason: 'The image is missing.'});
		await execa('mkfifo', [at('pipe')]);
		expect(await readImageSizes(at('pipe'))).toMatchObject({snapshots: [], reason: expect.any(String)});
		const data = `data_file=${at('data.raw')}`;
		await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-o', data, at('external.qcow2'), '8M']);
		expect(await readImageSizes(at('external.qcow2'))).toMatchObject({reason: expect.stringContaining('data_file')});
		expect(await readTogether(at('plain.qcow2'), ['9'])).toMatchObject({bytes: null, reason: expect.any(String)});
	});

	test('marked as corrupt, or of a later kind', async () => {
		const corrupt = await changed('corrupt.qcow2', 79, [2]);
		expect(await readImageSizes(corrupt)).toMatchObject({reason: expect.stringContaining('corrupt')});
		const later = await changed('later.qcow2', 72, [1]);
		expect(await readImageSizes(later)).toMatchObject({reason: expect.stringContaining('feature')});
	});

	test('counts that come late: what a revert discards is known all the same', async () => {
		const dirty = await changed('dirty.qcow2', 79, [1]);
		const {snapshots} = await readImageSizes(dirty);
		expect(snapshots[0]).toMatchObject({ownBytes: null, sinceBytes: 2 * cluster});
		expect(snapshots[0]!.reason).toContain('lazy_refcounts');
	});

	test('counts that are wrong', async () => {
		// The first refcount block is the third cluster: header, refcount table, block. None of them is used, it says.
		const wrong = await changed('wrong.qcow2', 2 * cluster, new Array(200).fill(0));
		const {snapshots} = await readImageSizes(wrong);
		expect(snapshots[0]).toMatchObject({ownBytes: null, reason: expect.stringContaining('qemu-img check')});
	});
});

test('stopped by its signal, and said how far it is', async () => {
	const controller = new AbortController();
	const seen: [number, number][] = [];
	const progress = (done: number, total: number) => {
		seen.push([done, total]);
		controller.abort(new Error('enough'));
	};
	const reading = readImageSizes(at('plain.qcow2'), {signal: controller.signal, progress});
	await expect(reading).rejects.toThrow('enough');
	expect(seen).toEqual([[0, 1]]);
	await expect(readImageSizes(at('plain.qcow2'), {signal: AbortSignal.abort()})).rejects.toThrow('abort');
});

test('read again when the image has changed, of a running domain not at every write', async () => {
	await copyFile(at('plain.qcow2'), at('cached.qcow2'));
	const file = at('cached.qcow2');
	let now = 0;
	const cache = sizeCache(() => now);
	expect(await cache.known(file)).toBeNull();
	const first = await cache.read(file);
	expect(await cache.read(file)).toBe(first);
	await write('cached.qcow2', 'write -P 9 4M 64k');
	expect(await cache.read(file, {inUse: true})).toBe(first);
	expect(await cache.known(file)).toBe(first);
	now = 60_000;
	const second = await cache.read(file, {inUse: true});
	expect(second.snapshots[2]!.sinceBytes).toBe(2 * cluster);
	await snapshot('cached.qcow2', 'four');
	expect(await cache.known(file)).toBeNull();
	expect((await cache.read(file, {inUse: true})).snapshots).toHaveLength(4);
});
