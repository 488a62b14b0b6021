/** The built program where its output cannot be written, and where the environment names no folders. Needs no libvirt. */
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {shell} from './program.ts';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-test-'));
});
afterAll(() => rm(folder, {recursive: true}));

const run = (script: string) => shell({uri: 'test:///default', folder}, `cd ${folder}\n${script}`);

describe('output', () => {
	test('stdout on a full disk: one line of why, and status 1', async () => {
		const {status, stderr} = await run('virsnap --help >/dev/full');
		expect(stderr).toMatch(/^virsnap: cannot write to standard output: .*no space left.*\n$/i);
		expect(status).toBe(1);
	});

	test('stderr on a full disk: what is done is done, and status 0', async () => {
		const {status, stdout} = await run('virsnap log 2>/dev/full; echo $?');
		expect([status, stdout]).toEqual([0, '0\n']);
	});

	test('both on a full disk: status 1', async () => {
		expect((await run('virsnap --help >/dev/full 2>&1')).status).toBe(1);
	});
});

describe('folders of the user', () => {
	const unset = 'unset XDG_STATE_HOME XDG_CACHE_HOME XDG_CONFIG_HOME';
	test.each([
		['empty', "export HOME= XDG_STATE_HOME= XDG_CACHE_HOME= XDG_CONFIG_HOME=''"],
		['relative', 'export HOME=here XDG_STATE_HOME=state XDG_CACHE_HOME=cache XDG_CONFIG_HOME=config'],
		['relative, the home folder alone', `${unset}; export HOME=.`],
	])('%s: nothing is written to the current folder', async (_, environment) => {
		const before = await readdir(folder);
		const {status, stderr} = await run(`${environment}; virsnap log`);
		expect([status, stderr]).toEqual([0, expect.not.stringContaining('bug')]);
		expect(await readdir(folder)).toEqual(before);
	});
});

test('a refusal from below is a document as well, where JSON was asked for', async () => {
	const {status, stdout} = await run('virsnap recover nope --json');
	expect([status, JSON.parse(stdout).refusal.code]).toEqual([3, 'not-found']);
});
