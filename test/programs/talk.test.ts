import {once} from 'node:events';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {text} from 'node:stream/consumers';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {startAside, startTalk} from '../../source/programs/talk.ts';
import {atMost} from '../helpers/patience.ts';

const {TMPDIR} = process.env;
let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'talk-'));
	process.env.TMPDIR = folder;
});

afterAll(async () => {
	if (TMPDIR === undefined) delete process.env.TMPDIR;
	else process.env.TMPDIR = TMPDIR;
	await rm(folder, {recursive: true});
});

const session = async (asks: boolean) => {
	const talk = await startTalk(['sh', '-c', 'cut -d " " -f 6 /proc/$$/stat >&2; cat /proc/$$/stat >&2'], {asks});
	const [leader, stat] = (await talk.ended).stderr.split('\n');
	return {leader: Number(leader), terminal: Number(stat!.split(') ')[1]!.split(' ')[4])};
};

const gone = (pid: number) =>
	expect.poll(() => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).toMatch(/^$|\) Z /);

// Aside last: there is no way back.
describe.each(['here', 'aside'])('started %s', where => {
	beforeAll(() => {
		if (where === 'aside') startAside();
	});

	test('what it said, and how it ended', async () => {
		const talk = await startTalk(['sh', '-c', 'cat; echo words >&2; exit 3']);
		talk.stdin.end('given');
		expect(await text(talk.stdout)).toBe('given');
		expect(await talk.ended).toEqual({exitCode: 3, stderr: 'words\n'});
	});

	test('a program that is not there is told so', async () => {
		const talk = await startTalk(['/nowhere/ssh']);
		expect(await talk.ended).toEqual({exitCode: null, stderr: 'spawn /nowhere/ssh ENOENT'});
	});

	test('more than a pipe holds goes through, in both directions', async () => {
		const bytes = 'x'.repeat(1_000_000);
		const talk = await startTalk(['cat']);
		talk.stdin.end(bytes);
		expect(await text(talk.stdout)).toHaveLength(bytes.length);
	});

	test('it gets its words as they are', async () => {
		const word = fc.string({unit: fc.constantFrom('a', "'", '"', '\n', '\\', '$', '`', ' ', '-', 'é', '\u{1f600}')});
		await fc.assert(
			fc.asyncProperty(fc.array(word, {maxLength: 4}), async words => {
				const talk = await startTalk(['sh', '-c', String.raw`printf '%s\0' "$@"`, 'sh', ...words]);
				talk.stdin.end();
				expect((await text(talk.stdout)).split('\0').slice(0, -1)).toEqual(words.length === 0 ? [''] : words);
			}),
			{numRuns: 30},
		);
	});

	test('it has our environment, in plain English, and nothing of how it was started', async () => {
		const talk = await startTalk(['env']);
		const theirs = (await text(talk.stdout)).split('\n');
		const added = theirs.filter(
			line => !Object.entries(process.env).some(([name, value]) => line === `${name}=${value}`),
		);
		expect(added.sort().filter(line => line !== '' && !/^(PWD|OLDPWD|SHLVL|_)=/.test(line))).toEqual([
			'LANGUAGE=',
			'LC_ALL=C.UTF-8',
			'SSH_ASKPASS_REQUIRE=never',
		]);
	});

	test('it has ended when it has, whoever of its children still holds its stderr', async () => {
		const talk = await startTalk(['sh', '-c', 'sleep 1000 <&- >&- & echo $! >&2; exit 255']);
		const {exitCode, stderr} = await talk.ended;
		process.kill(Number(stderr));
		expect(exitCode).toBe(255);
	});

	test('it has no terminal, nor has what it starts: its session is another', async () => {
		const ours = await session(true);
		const its = await session(false);
		expect(its.leader).not.toBe(ours.leader);
		expect(its.terminal).toBe(0);
	});

	test.each([true, false])('where asks is %s nothing stays of it when it is killed', async asks => {
		const started = Promise.withResolvers<number>();
		const onWords = (part: Buffer) => started.resolve(Number(part));
		const talk = await startTalk(['sh', '-c', '(sleep 1000 & echo $! >&2; wait); true'], {asks, onWords});
		const pid = await started.promise;
		talk.kill();
		expect(await talk.ended).toMatchObject({exitCode: null});
		await gone(pid);
	});

	test('killed at once, each of many ends, and none runs on', async () => {
		const talks = await Promise.all(
			Array.from({length: 20}, () => startTalk(['sh', '-c', 'echo $$; exec sleep 1000'])),
		);
		const pids = talks.map(({stdout}) => text(stdout));
		for (const talk of talks) talk.kill();
		for (const talk of talks) expect(await talk.ended).toMatchObject({exitCode: null});
		// One that is killed before it begins says no number.
		for (const pid of await Promise.all(pids)) if (pid !== '') await gone(Number(pid));
	});

	test('one that does not hear of being ended is killed', {timeout: atMost(30)}, async () => {
		const talk = await startTalk(['sh', '-c', `trap '' TERM; echo $$; while :; do sleep 1; done`]);
		const pid = await once(talk.stdout, 'data');
		talk.end();
		expect(await talk.ended).toMatchObject({exitCode: null});
		await gone(Number(pid));
	});

	test.each([137, 143, 255])('status %i of its own is told as it is', async status => {
		const talk = await startTalk(['sh', '-c', `exit ${status}`]);
		expect(await talk.ended).toMatchObject({exitCode: status});
	});
});
