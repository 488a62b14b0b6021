import {PassThrough} from 'node:stream';
import type {ReadStream} from 'node:tty';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {keyStream} from '../../source/ui/terminal/key-stream.ts';
import {launch} from '../helpers/pty.ts';

function fakeTty() {
	return Object.assign(new PassThrough(), {isTTY: true, setRawMode() {}, ref() {}, unref() {}});
}

/** What comes out for these reads, one entry per key handed over. */
async function keysOf(chunks: readonly Buffer[], count: number): Promise<string[]> {
	const tty = fakeTty();
	const stream = keyStream(tty as unknown as ReadStream);
	const keys: string[] = [];
	stream.on('data', (key: string) => keys.push(key));
	stream.ref();
	for (const chunk of chunks) tty.write(chunk);
	await expect.poll(() => keys.length, {interval: 1}).toBe(count);
	stream.unref();
	return keys;
}

const key = fc.constantFrom(
	...['j', 'G', ' ', '\r', '\t', '\u007F', '\u0003', '界', '😀', 'é'],
	...['\u001B[A', '\u001B[B', '\u001BOA', '\u001B[5~', '\u001B[1;5C', '\u001B[[A', '\u001B[27;5;9~'],
	'\u001B[200~pasted\rq\u001B[A text\u001B[201~',
);

/** Any way of cutting the bytes into reads, in the middle of a character included. */
const splitInput = fc.array(key, {minLength: 1, maxLength: 12}).chain(keys => {
	const bytes = Buffer.from(keys.join(''));
	return fc
		.array(fc.integer({min: 1, max: Math.max(1, bytes.length - 1)}), {maxLength: 6})
		.map(cuts => ({keys, chunks: cutAt(bytes, cuts)}));
});

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
	const places = [0, ...[...new Set(cuts)].sort((a, b) => a - b), bytes.length];
	return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

test('any split of any key sequence gives the same keys, one at a time and in order', async () => {
	await fc.assert(
		fc.asyncProperty(splitInput, async ({keys, chunks}) => {
			expect(await keysOf(chunks, keys.length)).toEqual(keys);
		}),
		{numRuns: 300},
	);
});

test('a lone Esc is handed over after a moment, in a spelling that cannot join with the next key', async () => {
	expect(await keysOf([Buffer.from('\u001B')], 1)).toEqual(['\u001B[27u']);
});

test('Esc and a key in one read are two keys, not Alt', async () => {
	expect(await keysOf([Buffer.from('\u001Bj\u001B\u001B[A')], 4)).toEqual([
		'\u001B[27u',
		'j',
		'\u001B[27u',
		'\u001B[A',
	]);
});

test('a paste is one piece, however long it takes to arrive', async () => {
	const chunks = ['\u001B[200~rm ', '-rf\r', '\u001B[20', '1~'].map(chunk => Buffer.from(chunk));
	expect(await keysOf(chunks, 1)).toEqual(['\u001B[200~rm -rf\r\u001B[201~']);
});

test('while it is unreferenced, what is typed is left to another program on the terminal', async () => {
	const source = new URL('../../source/ui/terminal/key-stream.ts', import.meta.url).href;
	const script = `
		const {keyStream} = await import('${source}');
		const {spawn} = await import('node:child_process');
		const {setImmediate} = await import('node:timers/promises');
		const keys = keyStream(process.stdin);
		keys.on('data', key => process.stdout.write('KEY ' + key + '\\n'));
		keys.ref().setRawMode(true);
		process.stdout.write('READY\\n');
		await new Promise(resolve => keys.once('data', resolve));
		keys.setRawMode(false).unref();
		await setImmediate();
		const count = 'echo LENT; for one in 1 2 3 4 5 6 7 8; do read -r line; echo "GOT $line"; done';
		await new Promise(resolve => spawn('sh', ['-c', count], {stdio: 'inherit'}).once('exit', resolve));
		keys.ref().setRawMode(true);
		process.stdout.write('BACK\\n');`;
	const program = launch(['--input-type=module', '--eval', script]);
	try {
		await program.waitFor('READY');
		program.write('x');
		await program.waitFor('LENT');
		// Where both read, one or the other has it.
		for (let line = 1; line <= 8; line++) {
			program.write(`line-${line}\r`);
			await program.waitFor(`GOT line-${line}`);
		}
		await program.waitFor('BACK');
		program.write('y');
		await program.waitFor('KEY y');
	} finally {
		await program.stop();
	}
});
