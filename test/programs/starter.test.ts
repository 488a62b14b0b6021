/** What becomes of the process that starts programs, of its folder, and of what it has started. */
import {execFile} from 'node:child_process';
import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, expect, test} from 'vitest';

const source = fileURLToPath(new URL('../../source/programs/talk.ts', import.meta.url));
let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'starter-'));
});

afterAll(() => rm(folder, {recursive: true}));

/** Runs it in a process of its own, with temporary files in our folder; resolves with what it prints once it has ended. */
const runs = (script: string, env: Readonly<Record<string, string>> = {}) =>
	new Promise<string>(resolve => {
		const whole = `const {startAside, startTalk} = await import('${source}'); startAside();\n${script}`;
		const args = ['--input-type=module', '--eval', whole];
		execFile(
			'sh',
			['-c', 'ulimit -n 256; exec "$@"', 'sh', process.execPath, ...args],
			{env: {...process.env, TMPDIR: folder, ...env}},
			(_, stdout) => resolve(stdout),
		);
	});

const alive = async (pid: string) => {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
	return !stat.includes(') Z');
};

test.each([
	['ends', 'process.exit();'],
	['is killed', "process.kill(process.pid, 'SIGKILL');"],
])(
	'where the program %s nothing stays: not what does not end by the end of its input, nor what was about to start',
	async (_, end) => {
		const pid = await runs(`
		const talk = await startTalk(['sh', '-c', 'echo $$; exec sleep 1000']);
		const pid = String(await new Promise(resolve => talk.stdout.once('data', resolve))).trim();
		await new Promise(resolve => process.stdout.write(pid, resolve));
		void startTalk(['sleep', '2000']);
		void startTalk(['sleep', '3000']);
		${end}`);
		expect(pid).toMatch(/^\d+$/);
		await expect.poll(() => alive(pid)).toBe(false);
		await expect.poll(() => readdir(folder)).toEqual([]);
	},
);

test('somebody ends the process: what it has started counts as ended, and is; the next is started by another', async () => {
	const said = await runs(`
		const talk = await startTalk(['sh', '-c', 'ps -o ppid= -p $PPID; echo $$; exec sleep 1000']);
		const [shell, pid] = String(await new Promise(resolve => talk.stdout.once('data', resolve))).trim().split(/\\s+/);
		process.kill(Number(shell), 'SIGKILL');
		const first = await talk.ended;
		const next = await startTalk(['sh', '-c', 'echo next >&2']);
		process.stdout.write(JSON.stringify({pid, first, next: await next.ended}));`);
	const {pid, ...ends} = JSON.parse(said);
	expect(ends).toEqual({first: {exitCode: null, stderr: ''}, next: {exitCode: 0, stderr: 'next\n'}});
	await expect.poll(() => alive(pid)).toBe(false);
	await expect.poll(() => readdir(folder)).toEqual([]);
});

test('somebody ends the shell around a program: that it ends is noticed all the same', async () => {
	const said = await runs(`
		const talk = await startTalk(['sh', '-c', 'echo $PPID; read -r _']);
		const around = Number(await new Promise(resolve => talk.stdout.once('data', resolve)));
		process.kill(around, 'SIGKILL');
		talk.stdin.end('go\\n');
		process.stdout.write(JSON.stringify(await talk.ended));`);
	expect(JSON.parse(said)).toMatchObject({exitCode: null});
});

test('where it is gone, many that start at once have one new', async () => {
	const said = await runs(`
		const talk = await startTalk(['sh', '-c', 'ps -o ppid= -p $PPID']);
		process.kill(Number(await new Promise(resolve => talk.stdout.once('data', resolve))), 'SIGKILL');
		await talk.ended;
		const {readdirSync} = await import('node:fs');
		const next = await Promise.all(Array.from({length: 20}, () => startTalk(['cat'])));
		for (const one of next) one.stdin.end();
		await Promise.all(next.map(({ended}) => ended));
		const shells = readdirSync(process.env.TMPDIR).length;
		process.stdout.write(String(shells));`);
	expect(said).toBe('1');
});

test('where there are no descriptors left for its streams, that is told as its end', async () => {
	const said = await runs(`
		const {openSync, closeSync} = await import('node:fs');
		await (await startTalk(['true'])).ended;
		const taken = [];
		try { for (;;) taken.push(openSync('/dev/null')); } catch {}
		closeSync(taken.pop());
		const talk = await startTalk(['sleep', '4000']).catch(String);
		for (const one of taken) closeSync(one);
		process.stdout.write(JSON.stringify(await talk.ended ?? talk));`);
	expect(JSON.parse(said)).toMatchObject({exitCode: null});
});

test('where no pipe can be made, programs are started all the same', async () => {
	const said = await runs(
		`const talk = await startTalk(['sh', '-c', 'echo words >&2; exit 3']); process.stdout.write(JSON.stringify(await talk.ended));`,
		{TMPDIR: '/proc'},
	);
	expect(JSON.parse(said)).toEqual({exitCode: 3, stderr: 'words\n'});
});

test('more programs than there are pipes at first: each has its own', async () => {
	const said = await runs(`
		const all = await Promise.all(Array.from({length: 70}, (_, index) => startTalk(['sh', '-c', 'read -r word; echo $word; exit ' + index])));
		const heard = [];
		for (const [index, {stdout, stdin, ended}] of all.entries()) {
			stdin.end(index + '\\n');
			let word = '';
			for await (const part of stdout) word += part;
			heard.push([Number(word), (await ended).exitCode]);
		}
		process.stdout.write(JSON.stringify(heard));`);
	expect(JSON.parse(said)).toEqual(Array.from({length: 70}, (_, index) => [index, index]));
});

test('where no more pipes can be made, programs are started all the same', async () => {
	const said = await runs(`
		const {readdirSync, rmSync, writeFileSync} = await import('node:fs');
		await (await startTalk(['true'])).ended;
		const folder = process.env.TMPDIR + '/' + readdirSync(process.env.TMPDIR)[0];
		writeFileSync(folder + '/33.in', 'of somebody else');
		const all = await Promise.all(Array.from({length: 40}, (_, index) => startTalk(['sh', '-c', 'exit ' + index])));
		process.stdout.write(JSON.stringify(await Promise.all(all.map(async ({ended}) => (await ended).exitCode))));`);
	expect(JSON.parse(said)).toEqual(Array.from({length: 40}, (_, index) => index));
});
