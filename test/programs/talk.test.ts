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
