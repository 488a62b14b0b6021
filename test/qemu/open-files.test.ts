import {mkdtemp, open, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {writersOf} from '../../source/qemu/open-files.ts';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-open-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

test('who has a file open for writing is found, who only reads it is not', async () => {
	const file = path.join(folder, 'an image');
	await using written = await open(file, 'w');
	const {pid} = process;
	expect(await writersOf([file, path.join(folder, 'another')])).toMatchObject([{pid, file}]);
	await written.close();
	await using read = await open(file, 'r');
	expect(read.fd).toBeGreaterThan(0);
	expect(await writersOf([file])).toEqual([]);
});
