/** What a bug says: the built program names lines of the source, and leaves the terminal as it was. */
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {launch} from '../helpers/pty.ts';
import {launcher} from './program.ts';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-bug-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

/** A script that is loaded before the program, to break what it stands on. */
async function breaking(code: string): Promise<string> {
	const file = path.join(folder, 'breaking.cjs');
	await writeFile(file, code);
	return file;
}

test('a stack names the lines of the source that the program was built from', async () => {
	const broken = await breaking("process.stdout.write = () => { throw new Error('provoked'); };");
	const env = {XDG_CACHE_HOME: folder};
	const ended = await execa(process.execPath, ['--require', broken, launcher, '--version'], {env, reject: false});
	expect(ended).toMatchObject({exitCode: 1, stderr: expect.stringMatching(/^virsnap: this is a bug in virsnap/)});
	const [, file, line] = /\((source\/\S+\.ts):(\d+):\d+\)/.exec(ended.stderr)!;
	const source = await readFile(path.join(import.meta.dirname, '../..', file!), 'utf8');
	expect(source.split('\n')[Number(line) - 1]).toContain('stdout.write(');
});

test('an error that nothing awaits is told once the terminal is restored', async () => {
	const broken = await breaking(`
		const {setRawMode} = process.stdin.constructor.prototype;
		process.stdin.setRawMode = function (raw) {
			if (raw) setTimeout(() => { throw new Error('provoked'); }, 300);
			return setRawMode.call(this, raw);
		};`);
	const env = {XDG_CACHE_HOME: folder, XDG_STATE_HOME: folder, LIBVIRT_DEFAULT_URI: 'test:///default'};
	const ui = launch(['--require', broken, launcher], {env});
	try {
		await ui.waitFor('Error: provoked');
		expect(await ui.exited).toMatchObject({exitCode: 1});
		expect(ui.isAlternate()).toBe(false);
		expect(await ui.screen()).toContain('virsnap: this is a bug in virsnap, please report it:');
	} finally {
		await ui.stop();
	}
});
