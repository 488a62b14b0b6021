/** One image that hangs holds up nothing else, and is named. */
import {execFile} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {answering, answeringAmong} from '../../source/qemu/files/answering.ts';
import {localImages} from '../../source/qemu/local-images.ts';

const run = promisify(execFile);
let folder: string;
const file = (name: string) => path.join(folder, name);
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-answering-'));
	await run('mkfifo', [file('pipe')]);
	await run('qemu-img', ['create', '-q', '-f', 'qcow2', file('sound.qcow2'), '1M']);
	const onPipe = ['create', '-q', '-u', '-f', 'qcow2', '-b', file('pipe'), '-F', 'raw', file('top.qcow2'), '1M'];
	await run('qemu-img', onPipe);
});
afterAll(() => rm(folder, {recursive: true}));

test.each([false, true])(
	'a pipe where an image belongs is never waited for, at the top or below; fresh: %s',
	async fresh => {
		const images = localImages();
		const [pipe, top, sound] = await Promise.all([
			images.chain(file('pipe'), 'raw', {fresh}),
			images.chain(file('top.qcow2'), 'qcow2', {fresh}),
			images.chain(file('sound.qcow2'), 'qcow2', {fresh}),
		]);
		expect(pipe.failure).toBe(`${file('pipe')}: it is a named pipe (FIFO), not an image`);
		expect(top.failure).toContain(`backing file ${file('pipe')}: it is a named pipe (FIFO), not an image`);
		expect(top.images.map(image => image.file)).toEqual([file('top.qcow2')]);
		expect(sound).toMatchObject({failure: null});
	},
);

test('a folder that does not answer is asked once, and the others answer', async () => {
	const asked: string[] = [];
	const answers = answering(async name => {
		asked.push(name);
		if (name.startsWith('/dead/')) await new Promise(() => {});
	}, 50);
	expect(await answeringAmong(answers, ['/dead/a', '/well/a', '/dead/b'])).toEqual(['/well/a']);
	expect(await answeringAmong(answers, ['/dead/c'])).toEqual([]);
	expect(asked).toEqual(['/dead/a', '/well/a']);
});
