/** Pictures as files: what libvirt writes of a screen, and what is kept of it. */
import {chmod, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {PNG} from 'pngjs';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Domain} from '../../source/core/model/domain.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import {tendPictures} from '../../source/execute/plan/pictures/album.ts';
import {keepPicture, prunePictures, readPicture} from '../../source/execute/plan/pictures/folder.ts';
import {readRaster, writePpm} from '../../source/execute/plan/pictures/formats.ts';
import {uuid} from '../facts/domain.ts';
import {snapshot} from '../facts/snapshot.ts';

const small = {width: 2, height: 1, rgb: Buffer.from([1, 2, 3, 250, 251, 252])};
const createdAt = '2026-11-23T14:00:00.000Z';
const other = '2026-11-23T14:00:01.000Z';
const third = '2026-11-23T14:00:02.000Z';

describe('formats', () => {
	test('PPM, as it is kept and with a comment', async () => {
		expect(await readRaster(writePpm(small))).toEqual(small);
		const commented = Buffer.concat([Buffer.from('P6 # by QEMU\n2\n1\n255\n'), small.rgb]);
		expect(await readRaster(commented)).toEqual(small);
	});

	test('PNG', async () => {
		const png = new PNG({width: 2, height: 1});
		png.data = Buffer.from([1, 2, 3, 255, 250, 251, 252, 255]);
		const {width, height, rgb} = (await readRaster(PNG.sync.write(png)))!;
		expect({width, height, rgb: Buffer.from(rgb)}).toEqual(small);
	});

	test.each([
		['nothing', Buffer.alloc(0)],
		['half a PPM', writePpm(small).subarray(0, -1)],
		['a PPM of two bytes a colour', Buffer.from('P6\n1 1\n65535\n123456')],
		['no pixel at all', Buffer.from('P6\n0 1\n255\n')],
		['more than any screen has', Buffer.from('P6\n99999 99999\n255\n')],
		['half a PNG', PNG.sync.write(new PNG({width: 9, height: 9})).subarray(0, 50)],
		['the beginning of a PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
		['a PNG that says it is too large', hugePng()],
	])('%s is none', async (_, bytes) => expect(await readRaster(bytes)).toBeNull());
});

function hugePng(): Buffer {
	const bytes = PNG.sync.write(new PNG({width: 9, height: 9}));
	bytes.writeUInt32BE(60_000, 16);
	bytes.writeUInt32BE(60_000, 20);
	return bytes;
}

describe('folder', () => {
	let above: string;
	let folder: string;
	beforeEach(async () => {
		above = await mkdtemp(path.join(os.tmpdir(), 'virsnap-pictures-'));
		folder = path.join(above, 'pictures');
	});
	afterEach(() => rm(above, {recursive: true, force: true}));

	const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

	test('what is kept is private, and read as it was', async () => {
		await keepPicture(folder, uuid, createdAt, small, null);
		const kept = (await readPicture(folder, uuid, createdAt))!;
		expect(kept).toMatchObject({width: 2, height: 1, pixels: small.rgb.toString('base64'), bytes: 17});
		expect([await modeOf(folder), await modeOf(kept.file)]).toEqual([0o700, 0o600]);
		expect(await readdir(folder)).toEqual([path.basename(kept.file)]);
		expect(await readPicture(folder, uuid, other)).toBeNull();
	});

	test('what is not ours to write to takes none', async () => {
		await chmod(above, 0o777);
		await expect(keepPicture(folder, uuid, createdAt, small, null)).rejects.toThrow(/other users may write/);
	});

	test('links and large files are not read', async () => {
		await keepPicture(folder, uuid, createdAt, small, null);
		const [name] = await readdir(folder);
		const file = path.join(folder, name!);
		await symlink(file, path.join(folder, name!.replace('-1', '-2')));
		expect(await readPicture(folder, uuid, new Date(Date.parse(createdAt) + 1e12).toISOString())).toBeNull();
		await writeFile(file, Buffer.concat([writePpm(small), Buffer.alloc(70_000)]));
		expect(await readPicture(folder, uuid, createdAt)).toBeNull();
		expect(await readPicture(folder, '../../../../../../etc/passwd', createdAt)).toBeNull();
	});

	test('those of snapshots that are gone go, also what a killed process left; others stay', async () => {
		const stranger = uuid.replace(/^./, 'f');
		await keepPicture(folder, uuid, createdAt, small, null);
		await keepPicture(folder, uuid, other, small, null);
		await keepPicture(folder, stranger, createdAt, small, null);
		for (const name of ['.old', '.new']) await writeFile(path.join(folder, name), '');
		await utimes(path.join(folder, '.old'), 1, 1);
		await prunePictures(folder, {uuid, snapshots: [snapshot('a', {createdAt})]});
		expect(await readPicture(folder, uuid, createdAt)).not.toBeNull();
		expect(await readPicture(folder, uuid, other)).toBeNull();
		expect(await readPicture(folder, stranger, createdAt)).not.toBeNull();
		expect((await readdir(folder)).filter(name => name.startsWith('.'))).toEqual(['.new']);
	});

	test('of what is gone only what says that this libvirt had it goes, and only where all domains are listed', async () => {
		const [present, gone] = [uuid.replace(/^./, 'e'), uuid.replace(/^./, 'f')];
		const plan = {verb: 'delete'} as Plan;
		const after = {uuid, snapshots: [snapshot('a', {createdAt})], problems: [] as string[]} as unknown as Domain;
		const album = {
			folder,
			libvirt: {uri: null, env: {}},
			owner: async () => 'ours',
			uuids: async () => [uuid, present],
		};
		await keepPicture(folder, uuid, createdAt, small, 'ours');
		await keepPicture(folder, present, createdAt, small, 'ours');
		await keepPicture(folder, gone, createdAt, small, 'ours');
		await keepPicture(folder, gone, other, small, 'theirs');
		await keepPicture(folder, gone, third, small, null);
		const kept = async () => (await readdir(folder)).length;
		const failed = async () => {
			throw new Error('no answer');
		};
		await tendPictures({...album, uuids: failed}, plan, after);
		await tendPictures({...album, owner: failed}, plan, after);
		await tendPictures({...album, owner: async () => null}, plan, after);
		expect(await kept()).toBe(5);
		await tendPictures(album, plan, after);
		expect(await kept()).toBe(4);
		expect(await readPicture(folder, gone, createdAt)).toBeNull();
		expect((await readPicture(folder, present, createdAt))?.pixels).toBe(small.rgb.toString('base64'));
	});

	test('of too many the oldest go', async () => {
		await keepPicture(folder, uuid, createdAt, small, null);
		await Promise.all(Array.from({length: 500}, (_, index) => writeFile(path.join(folder, `${index}.ppm`), '')));
		await utimes(path.join(folder, '7.ppm'), 1, 1);
		await prunePictures(folder, {uuid, snapshots: [snapshot('a', {createdAt})]});
		const names = await readdir(folder);
		expect(names).toHaveLength(500);
		expect(names).not.toContain('7.ppm');
	});
});
