/** Programs are run in one way: plain English, a time limit, words for whatever went wrong, and a log. */
import {mkdtemp, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import type {LoggedCommand} from '../../source/core/model/hypervisor.ts';
import {withoutCredentials} from '../../source/programs/debug-log.ts';
import {runProgram} from '../../source/programs/run-program.ts';

const sh = (script: string) => ['sh', '-c', script];

test.each<[string, string[], object, object]>([
	['done', sh('echo out; echo err >&2'), {}, {exitCode: 0, stdout: 'out\n', stderr: 'err\n', failure: null}],
	['failed with words', sh('echo why >&2; exit 3'), {}, {exitCode: 3, failure: 'why'}],
	['failed without', sh('exit 3'), {}, {exitCode: 3, failure: 'sh ended with status 3'}],
	['a status that is an answer', sh('exit 3'), {answers: [3]}, {exitCode: 3, failure: null}],
	['not there', ['no-such-program'], {}, {exitCode: null, failure: 'spawn no-such-program ENOENT'}],
	['killed', sh('kill -9 $$'), {}, {exitCode: null, failure: expect.stringMatching(/SIGKILL|killed/)}],
	[
		'too slow',
		['cat', '/dev/zero'],
		{patience: 200, onText: () => {}},
		{exitCode: null, failure: 'cat did not answer within 0.2 s'},
	],
	['plain English', sh('echo $LC_ALL$LANGUAGE'), {env: {X: 'y'}}, {stdout: 'C.UTF-8\n'}],
])('%s', async (_, argv, options, ended) => {
	const log: LoggedCommand[] = [];
	const found = await runProgram(argv, {...options, log: command => log.push(command)});
	expect(found).toMatchObject(ended);
	expect(log).toEqual([expect.objectContaining({argv, exitCode: found.exitCode, changes: false})]);
	expect(log[0]!.error === '').toBe(found.failure === null);
});

describe('a program that ends with us', () => {
	const isThere = (pid: number) =>
		stat(`/proc/${pid}`).then(
			() => true,
			() => false,
		);

	test('says how it ended, like any other', async () => {
		const options = {endsWithUs: true} as const;
		expect(await runProgram(sh('echo out; echo err >&2; exit 3'), options)).toMatchObject({
			exitCode: 3,
			stdout: 'out\n',
			failure: 'err',
		});
		expect(await runProgram(['no-such-program'], options)).toMatchObject({
			failure: expect.stringContaining('not found'),
		});
	});

	test('ends when it is told to', async () => {
		const enough = new AbortController();
		let pid = 0;
		const onText = (text: string) => {
			pid = Number(text);
			enough.abort();
		};
		await runProgram(sh('echo $$; exec sleep 300'), {endsWithUs: true, signal: enough.signal, onText});
		await expect.poll(() => isThere(pid)).toBe(false);
	});

	test('may end well when it is told to, and is killed where it does not end', async () => {
		const told = async (script: string) => {
			const enough = new AbortController();
			const onText = () => enough.abort();
			return runProgram(sh(script), {endsWithUs: true, signal: enough.signal, onText});
		};
		const waits = 'echo ready; while :; do sleep 0.1; done';
		expect(await told(`trap 'exit 0' TERM; ${waits}`)).toMatchObject({exitCode: 0, failure: null});
		expect(await told(`trap '' TERM; ${waits}`)).toMatchObject({exitCode: null});
	});

	test('ends where we are killed', async () => {
		const module = new URL('../../source/programs/run-program.ts', import.meta.url).href;
		const script = `
			const {runProgram} = await import('${module}');
			await runProgram(['sh', '-c', 'echo $$; exec sleep 300'], {endsWithUs: true, onText: text => process.stdout.write(text)});
		`;
		const us = execa(process.execPath, ['--input-type=module', '--eval', script], {reject: false});
		const pid = await new Promise<number>(resolve => us.stdout.once('data', text => resolve(Number(text))));
		expect(await isThere(pid)).toBe(true);
		us.kill('SIGKILL');
		await us;
		await expect.poll(() => isThere(pid)).toBe(false);
	});
});

test('what it prints is heard as it comes', async () => {
	const heard: string[] = [];
	const {stdout} = await runProgram(sh('echo one; echo two'), {onText: text => heard.push(text)});
	expect([heard.join(''), stdout]).toEqual(['one\ntwo\n', '']);
});

test('VIRSNAP_DEBUG=FILE has a line for each process, without what it was given or said', async () => {
	const folder = await mkdtemp(path.join(tmpdir(), 'virsnap-debug-'));
	try {
		const file = path.join(folder, 'log');
		const module = (name: string) => new URL(`../../source/programs/${name}.ts`, import.meta.url).href;
		const script = `
			const {debugInto} = await import('${module('debug-log')}');
			const {runProgram} = await import('${module('run-program')}');
			debugInto('${file}');
			await runProgram(['echo', 'qemu+tcp://me:hidden@far/system']);`;
		await execa(process.execPath, ['--input-type=module', '-e', script]);
		const lines = (await readFile(file, 'utf8')).trim().split('\n');
		expect(lines.map(line => JSON.parse(line))).toEqual([
			expect.objectContaining({what: 'process', argv: ['echo', 'qemu+tcp://me:…@far/system'], exitCode: 0}),
		]);
		expect((await stat(file)).mode & 0o777).toBe(0o600);
	} finally {
		await rm(folder, {recursive: true});
	}
});

test('credentials are left out', () => {
	expect(withoutCredentials('"esx://root:pw@host/" --object secret,data=abc,id=x password=p')).toBe(
		'"esx://root:…@host/" --object secret,data=…,id=x password=…',
	);
});
