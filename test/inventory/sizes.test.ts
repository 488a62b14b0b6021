/** Sizes of a domain's snapshots, read from real images. */
import {mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {readFreedTogether, readSizes} from '../../source/inventory/sizes.ts';
import {localImages} from '../../source/qemu/local-images.ts';
import {chained, domain, image} from '../facts/domain.ts';
import {external, snapshot} from '../facts/snapshot.ts';

const cluster = 64 * 1024;
let folder: string;
let file: string;
let base: string;

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-domain-sizes-'));
	[file, base] = [path.join(folder, 'top.qcow2'), path.join(folder, 'base.qcow2')];
	// The disk has grown since its base was made: behind the base's end nothing differs from zeros.
	await execa('qemu-img', ['create', '-q', '-f', 'qcow2', base, '1M']);
	await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', file, '4M']);
	const write = (command: string) => execa('qemu-io', ['-d', 'unmap', '-f', 'qcow2', '-c', command, file]);
	await execa('qemu-img', ['snapshot', '-c', 'one', file]);
	await write('write -P 1 0 128k');
	await write('write -z 2M 1M');
	await execa('qemu-img', ['snapshot', '-c', 'two', file]);
	await execa('qemu-img', ['snapshot', '-c', 'three', file]);
	await write('write -P 2 0 64k');
});
afterAll(() => rm(folder, {recursive: true}));

const layer = (name: string, virtualSizeBytes: number) => ({...image(name), virtualSizeBytes});
const part = (id: string) => [{target: 'vda', kind: 'internal' as const, id, file, source: file}];
const web = () =>
	domain({
		disks: [chained('vda', layer(file, 4 * 1024 ** 2), layer(base, 1024 ** 2))],
		snapshots: ['one', 'two', 'three'].map((tag, index) => snapshot(tag, {disks: part(String(index + 1))})),
	});

test('each snapshot, and several together', async () => {
	const parts: number[] = [];
	const found = await readSizes({images: localImages()}, web(), {progress: done => parts.push(done)});
	expect(found).toMatchObject([
		{tag: 'one', ownBytes: cluster, sinceBytes: 2 * cluster, about: false},
		{tag: 'two', ownBytes: cluster, sinceBytes: cluster},
		{tag: 'three', ownBytes: cluster, sinceBytes: cluster},
	]);
	expect(parts.at(-1)).toBe(1);
	const together = await readFreedTogether({images: localImages()}, web(), ['two', 'three']);
	expect(together).toEqual({bytes: 4 * cluster, reason: null});
});

test('external ones, and images of another machine', async () => {
	const layered = {...web(), snapshots: [...web().snapshots, external('over', file, base)]};
	expect(await readFreedTogether({images: localImages()}, layered, ['one', 'over'])).toMatchObject({bytes: null});
	const [one] = await readSizes(
		{images: localImages(undefined, undefined, async () => 'the image lies on another machine')},
		web(),
	);
	expect(one).toMatchObject({ownBytes: null, sinceBytes: null, reason: expect.stringContaining('another machine')});
});

test('stopped by its signal', async () => {
	const stopped = readSizes({images: localImages()}, web(), {signal: AbortSignal.abort(new Error('enough'))});
	await expect(stopped).rejects.toThrow('enough');
});
