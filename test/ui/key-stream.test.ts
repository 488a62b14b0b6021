import {PassThrough} from 'node:stream';
import type {ReadStream} from 'node:tty';
import fc from 'fast-check';
import {expect, onTestFinished, test, vi} from 'vitest';
import {keyStream} from '../../source/ui/terminal/key-stream.ts';
import type {Reports} from '../../source/ui/terminal/pictures/asker.ts';
import {launch} from '../helpers/pty.ts';

function fakeTty() {
	return Object.assign(new PassThrough(), {isTTY: true, setRawMode() {}, ref() {}, unref() {}});
}

/** What comes out for these reads, one entry per key handed over. */
async function keysOf(
	chunks: readonly Buffer[],
	count: number,
	{heard, reports}: Partial<ReturnType<typeof hearing>> = {},
	answered = 0,
): Promise<string[]> {
	const tty = fakeTty();
	const stream = keyStream(tty as unknown as ReadStream, reports);
	const keys: string[] = [];
	stream.on('data', (key: string) => keys.push(key));
	stream.ref();
	for (const chunk of chunks) tty.write(chunk);
	await expect.poll(() => [keys.length, heard?.length ?? 0], {interval: 1}).toEqual([count, answered]);
	stream.unref();
	return keys;
}

const key = fc.constantFrom(
	...['j', 'G', ' ', '\r', '\t', '\u007F', '\u0003', '界', '😀', 'é'],
	...['\u001B[A', '\u001B[B', '\u001BOA', '\u001B[5~', '\u001B[1;5C', '\u001B[[A', '\u001B[27;5;9~'],
	'\u001B[200~pasted\rq\u001B[A text\u001B[201~',
);

/** What a terminal may answer, in its order; DA1 comes last. */
const answers = fc.constantFrom(
	['\u001B[6;20;10t', '\u001B_Gi=7331;OK\u001B\\', '\u001BP>|kitty(0.41.1)\u001B\\', '\u001B[?62;c'],
	['\u001B[?2;0;720;456S', '\u001BP>|XTerm(379)\u001B\\', '\u001B[?63;1;2;4;6;9;15;22c'],
	['\u001B_Gi=7331;ENOTSUPPORTED:no images\u001B\\', '\u001B[?1;2c'],
	['\u001B[?6c'],
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

/** What has come, and whether the last of it has. */
function hearing() {
	const heard: string[] = [];
	const reports: Reports = {
		expected: () => !heard.at(-1)?.endsWith('c'),
		heard: report => heard.push(report),
	};
	return {heard, reports};
}

/** Answers among keys, each after as many of them as its number says. */
const amongKeys = fc
	.tuple(fc.array(key, {maxLength: 12}), answers, fc.array(fc.nat(12), {minLength: 4, maxLength: 4}))
	.chain(([keys, reports, places]) => {
		const sorted = places.toSorted((one, other) => one - other);
		const text = [...keys, ''].map((one, index) => {
			const here = reports.filter((_, at) => Math.min(sorted[at]!, keys.length) === index);
			return here.join('') + one;
		});
		const bytes = Buffer.from(text.join(''));
		return fc
			.array(fc.integer({min: 1, max: Math.max(1, bytes.length - 1)}), {maxLength: 8})
			.map(cuts => ({keys, reports, chunks: cutAt(bytes, cuts)}));
	});

test('what the terminal answers is heard, and no key lost or invented, however both are cut', async () => {
	await fc.assert(
		fc.asyncProperty(amongKeys, async ({keys, reports, chunks}) => {
			const ears = hearing();
			expect(await keysOf(chunks, keys.length, ears, reports.length)).toEqual(keys);
			expect(ears.heard).toEqual(reports);
		}),
		{numRuns: 300},
	);
});

/** Reads that come one after the other, so many milliseconds apart. */
async function typedSlowly(chunks: readonly string[], apart: number) {
	vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
	onTestFinished(() => void vi.useRealTimers());
	const tty = fakeTty();
	const {heard, reports} = hearing();
	const stream = keyStream(tty as unknown as ReadStream, reports);
	const keys: string[] = [];
	stream.on('data', (one: string) => keys.push(one));
	stream.ref();
	for (const chunk of chunks) {
		tty.write(chunk);
		for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
		vi.advanceTimersByTime(apart);
		for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
	}
	return {keys, heard};
}

const esc = '\u001B[27u';

test.each([
	['within an answer', ['\u001B_Gi=73', '31;O', 'K\u001B', '\\', '\u001B[?6', '2;4c'], 900, [], 2],
	['behind two of its bytes', ['\u001BP', '>|kitty(1)\u001B\\', '\u001B[', '?62c'], 900, [], 2],
	['behind its first byte', ['\u001B', '[?62;4c', 'j'], 900, [esc, 'j'], 1],
	['for good', ['\u001BP>|kitt'], 6000, [], 0],
] as const)('a line that is slow %s gives no text of an answer as keys', async (_, chunks, apart, keys, count) => {
	const typed = await typedSlowly(chunks, apart);
	expect(typed.keys).toEqual(keys);
	expect(typed.heard).toHaveLength(count);
});

test.each([
	[
		['\u001B_', 'x'],
		[esc, '_', 'x'],
	],
	[
		['\u001B[', 'x'],
		[esc, '[', 'x'],
	],
	[
		['\u001B', 'P', 'x'],
		[esc, 'P', 'x'],
	],
	[['\u001B[6', '~'], ['\u001B[6~']],
])('while answers are awaited, the keys %j are themselves', async (chunks, keys) => {
	expect((await typedSlowly(chunks, chunks[1] === '~' ? 10 : 2000)).keys).toEqual(keys);
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
