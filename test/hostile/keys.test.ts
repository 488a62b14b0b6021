/** Bytes from a terminal, and text from a clipboard: no key is made up, none is lost, and text stays text. */
import {PassThrough} from 'node:stream';
import type {ReadStream} from 'node:tty';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {keyStream} from '../../source/ui/terminal/key-stream.ts';
import {edit, type Field, field, fieldText, insert, oneLine} from '../../source/ui/terminal/text-field.ts';
import {asBytes, leak, longText, onceFailed, runs, text} from './texts.ts';

const ESC = '\u001B';
/** What a terminal sends, and what it never would. */
const sent = fc
	.array(fc.oneof(text, fc.constantFrom(ESC, `${ESC}[`, `${ESC}O`, `${ESC}[200~`, `${ESC}[201~`, 'j')), {
		maxLength: 6,
	})
	.map(pieces => pieces.join(''));

/** All that comes out for these reads, up to a paste that ends and a last key: behind these nothing is left to wait for. */
async function heard(bytes: Buffer, pieces: readonly number[]): Promise<string[]> {
	const tty = Object.assign(new PassThrough(), {isTTY: true, setRawMode() {}, ref() {}, unref() {}});
	const stream = keyStream(tty as unknown as ReadStream);
	const whole = Buffer.concat([bytes, Buffer.from(`${ESC}[201~.z`)]);
	const keys: string[] = [];
	const ended = new Promise<void>(resolve => {
		stream.on('data', (key: string) => {
			keys.push(key);
			if (plain(keys).length === whole.toString().length) resolve();
		});
	});
	stream.ref();
	for (let at = 0, turn = 0; at < whole.length; turn++) {
		const size = pieces[turn % pieces.length]!;
		tty.write(whole.subarray(at, at + size));
		at += size;
	}

	await ended;
	stream.unref();
	return keys;
}

/** A bare Esc is spelt out on its way. */
const plain = (keys: readonly string[]): string => keys.map(key => (key === `${ESC}[27u` ? ESC : key)).join('');

test('whatever a terminal sends, cut anywhere, comes out once and in order', async () => {
	const pieces = fc.array(fc.integer({min: 1, max: 30}), {minLength: 1, maxLength: 8});
	await fc.assert(
		fc.asyncProperty(sent, pieces, async (typed, sizes) => {
			fc.pre(!typed.includes(`${ESC}[27u`));
			const keys = await heard(Buffer.from(typed), sizes);
			expect(plain(keys)).toBe(`${asBytes(typed)}${ESC}[201~.z`);
		}),
		{numRuns: runs(0.5)},
	);
});

test('a paste is one line, and steers nothing', () => {
	fc.assert(
		fc.property(longText, pasted => {
			const line = oneLine(pasted.toWellFormed());
			expect(leak(line)).toBeNull();
			expect(line).not.toContain('\n');
			expect(oneLine(line)).toBe(line);
		}),
		{numRuns: runs(2), examples: onceFailed.map(value => [value])},
	);
});

const edits = fc.array(
	fc.oneof(
		fc.constantFrom('erase', 'erase-word', 'erase-next', 'left', 'right', 'home', 'end'),
		text.map(typed => ({typed: typed.toWellFormed()})),
	),
	{maxLength: 12},
);

test('moving about in a line changes no text, and no edit leaves half a character', () => {
	fc.assert(
		fc.property(text, edits, (start, hows) => {
			let now: Field = field(start.toWellFormed());
			for (const how of hows) {
				const before = fieldText(now);
				now = typeof how === 'string' ? edit(now, how) : insert(now, how.typed);
				const after = fieldText(now);
				expect(after.isWellFormed()).toBe(true);
				expect(now.before.isWellFormed()).toBe(true);
				if (typeof how !== 'string') expect(after.length).toBe(before.length + how.typed.length);
				else if (how.startsWith('erase')) expect(after.length).toBeLessThanOrEqual(before.length);
				else expect(after).toBe(before);
			}
		}),
		{numRuns: runs(2)},
	);
});
