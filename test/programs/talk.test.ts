import {readFile} from 'node:fs/promises';
import process from 'node:process';
import {expect, test} from 'vitest';
import {startTalk} from '../../source/programs/talk.ts';

test('what it said, and how it ended', async () => {
	const talk = await startTalk(['sh', '-c', 'echo words >&2; exit 3']);
	expect(await talk.ended).toEqual({exitCode: 3, stderr: 'words\n'});
});

test('a program that is not there is told so', async () => {
	const talk = await startTalk(['/nowhere/ssh']);
	expect(await talk.ended).toEqual({exitCode: null, stderr: 'spawn /nowhere/ssh ENOENT'});
});

test('it has ended when it has, whoever of its children still holds its stderr', async () => {
	const talk = await startTalk(['sh', '-c', 'sleep 1000 <&- >&- & echo $! >&2; exit 255']);
	const {exitCode, stderr} = await talk.ended;
	process.kill(Number(stderr));
	expect(exitCode).toBe(255);
});

test.each([
	[false, 'has no terminal, nor has what it starts: it leads a session of its own'],
	[true, 'is beside us at the terminal'],
])('where asks is %s it %s', async asks => {
	const talk = await startTalk(['sh', '-c', 'cut -d " " -f 6 /proc/$$/stat >&2; echo $$ >&2'], {asks});
	const [session, pid] = (await talk.ended).stderr.split('\n');
	expect(session === pid).toBe(!asks);
});

test.each([true, false])('where asks is %s nothing stays of it when it is killed', async asks => {
	const started = Promise.withResolvers<number>();
	const onWords = (part: Buffer) => started.resolve(Number(part));
	const talk = await startTalk(['sh', '-c', '(sleep 1000 & echo $! >&2; wait); true'], {asks, onWords});
	const pid = await started.promise;
	talk.kill();
	expect(await talk.ended).toMatchObject({exitCode: null});
	await expect.poll(() => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).toMatch(/^$|\) Z /);
});
