import {link, mkdtemp, open, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
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

test('who writes to it by another name is found', async () => {
	const [file, other] = [path.join(folder, 'one'), path.join(folder, 'other')];
	await using made = await open(file, 'w');
	await made.close();
	await link(file, other);
	await using written = await open(other, 'r+');
	expect(await writersOf([file])).toEqual([{pid: process.pid, name: expect.any(String), file}]);
	await written.close();
	expect(await writersOf([file])).toEqual([]);
});

test.runIf(process.getuid?.() === 0)('who writes to it from another mount namespace is found', async () => {
	const [file, there] = [path.join(folder, 'bound'), path.join(folder, 'there')];
	for (const one of [file, there]) await (await open(one, 'w')).close();
	const script = 'mount --bind "$1" "$2" && exec 3<>"$2" && echo open && read _';
	const writer = execa('unshare', ['--mount', 'sh', '-c', script, 'sh', file, there]);
	for await (const line of writer) {
		expect(line).toBe('open');
		const found = await writersOf([file]).finally(() => writer.stdin.end('\n'));
		expect(found).toMatchObject([{pid: writer.pid, file}]);
	}
	await writer;
});
