/** Where the daemon cannot be looked into, an image is held against what libvirt says of it. */
import {mkdtemp, rm, stat} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {confirmed} from '../../source/inventory/disks.ts';
import type {Sources} from '../../source/inventory/sources.ts';
import {CommandError} from '../../source/libvirt/errors.ts';
import {localImages} from '../../source/qemu/local-images.ts';
import {disk} from '../facts/domain.ts';

const MiB = 1024 ** 2;
let folder: string;
let file: string;

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-confirmed-'));
	file = path.join(folder, 'web.qcow2');
	await execa('qemu-img', ['create', '-q', '-f', 'qcow2', file, '16M']);
});

afterAll(() => rm(folder, {recursive: true}));

test.each<[string, boolean, {capacity?: number; more?: number} | null, boolean]>([
	['the same', false, {}, true],
	['another size of the disk', false, {capacity: 32 * MiB}, false],
	['another size of the file', false, {more: 512}, false],
	['no answer', false, null, false],
	['whatever it says where the daemon is seen', true, {capacity: 1}, true],
])('%s', async (_, proven, told, kept) => {
	const images = localImages();
	const {size} = await stat(file);
	const blockInfo = async () => {
		if (told === null) throw new CommandError(['virsh', 'domblkinfo'], 1, 'error: no');
		return {capacity: told.capacity ?? 16 * MiB, allocation: 0, physical: size + (told.more ?? 0)};
	};
	const places = {place: async () => ({elsewhere: null, compare: null, proven})};
	const sources = {images, reader: {blockInfo}, places} as unknown as Sources;
	const {images: chain} = await images.chain(file, 'qcow2');
	const found = await confirmed(sources, 'uuid', disk('vda', {source: file, chain}));
	if (kept) expect(found).toMatchObject({chain, unreadable: null});
	else
		expect(found).toMatchObject({
			chain: [],
			unreadable: {
				reason: expect.stringContaining('another size'),
				remedy: expect.stringContaining('where libvirt runs'),
			},
		});
});
