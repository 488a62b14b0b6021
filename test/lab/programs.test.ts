import {mkdtemp, rm, symlink} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {missingPrograms} from '../../source/lab/programs.ts';

let folder: string;
const before = process.env.PATH;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-programs-'));
	await symlink('/bin/true', path.join(folder, 'tini'));
});
afterAll(async () => {
	process.env.PATH = before;
	await rm(folder, {recursive: true});
});

test('what a lab starts and this machine lacks is named, wherever else it is looked for', async () => {
	expect(await missingPrograms()).toEqual([]);
	process.env.PATH = folder;
	expect(await missingPrograms([], [])).toEqual(['libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img']);
});
