import fc from 'fast-check';
import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import {fit as fitted, wrap} from '../../source/ui/terminal/line.ts';
import {edit, field, fieldText, oneLine} from '../../source/ui/terminal/text-field.ts';

const text = fc.string({unit: fc.constantFrom('a', 'b', ' ', '-', '界', 'é', '😀'), maxLength: 60});

test('a fitted text has exactly the width asked for', () => {
	fc.assert(
		fc.property(
			text,
			fc.integer({min: 2, max: 40}),
			fc.constantFrom('end' as const, 'middle' as const),
			(value, columns, cut) => {
				expect(stringWidth(fitted(value, columns, {cut}))).toBe(columns);
			},
		),
	);
});

test('wrapping loses nothing and stays within its width', () => {
	fc.assert(
		fc.property(text, fc.integer({min: 4, max: 40}), (value, columns) => {
			const rows = wrap(value, columns);
			expect(rows.join('').replaceAll(' ', '')).toBe(value.replaceAll(' ', ''));
			for (const row of rows) if (row.trim() !== '') expect(stringWidth(row.trimEnd())).toBeLessThanOrEqual(columns);
		}),
	);
});

test('a margin is kept, and rows after the first are indented', () => {
	expect(wrap('  + one two three', 10, '    ')).toEqual(['  + one', '    two', '    three']);
});

test('what is pasted becomes one line without controls', () => {
	expect(oneLine('\u001B[31mred\r\nrm -rf /\n\u202Etxt')).toBe('[31mred rm -rf / txt');
});

test.each([
	['ab', ['left', 'erase'], 'b'],
	['ab', ['home', 'erase-next'], 'b'],
	['one two', ['erase-word'], 'one '],
	['one', ['erase-line'], ''],
	['家族👨‍👩‍👧', ['erase'], '家族'],
	['a', ['right', 'left', 'left', 'end', 'erase'], ''],
] as const)('%s after %j is %j', (start, edits, expected) => {
	expect(fieldText(edits.reduce(edit, field(start)))).toBe(expected);
});

test('a lone UTF-16 unit is an RGI emoji only where it has Emoji_Presentation: scripts/build.ts counts on it', () => {
	const units = Array.from({length: 0x10000}, (_, unit) => String.fromCharCode(unit));
	const emoji = units.filter(unit => /^\p{RGI_Emoji}$/v.test(unit));
	expect(emoji.length).toBeGreaterThan(0);
	expect(emoji.filter(unit => !/\p{Emoji_Presentation}/u.test(unit))).toEqual([]);
});
