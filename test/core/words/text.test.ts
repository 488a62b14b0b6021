import {execFileSync} from 'node:child_process';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {diskspec, memspec} from '../../../source/core/steps/snapshots/create-snapshot.ts';
import {hmpString} from '../../../source/core/steps/snapshots/monitor-snapshot.ts';
import {
	cutBytes,
	enumerate,
	formatBytes,
	formatClock,
	formatDate,
	printable,
	shellCommand,
	shellWord,
} from '../../../source/core/words/text.ts';

const anyText = fc.string({unit: 'binary'});
const nasty = fc.string({
	unit: fc.constantFrom(
		'"',
		"'",
		'\\',
		'\n',
		'\r',
		'\t',
		'\u001b',
		'\u0007',
		'\u009b',
		'\u202e',
		'$',
		'`',
		' ',
		',',
		'!',
		'a',
		'中',
		'-',
		';',
		'\u{e0001}',
	),
});

describe('printable', () => {
	test.each([
		['plain', 'plain'],
		['升级前 é', '升级前 é'],
		['a\u001b[31mb', 'a␛[31mb'],
		['a\u001b]0;x\u0007', 'a␛]0;x␇'],
		['a\nb\tc', 'a␊b␉c'],
		['a\u007fb', 'a␡b'],
		['a\u009b31m', 'a\\u009b31m'],
		['a\u202eb', 'a\\u202eb'],
		['a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
		['a\ud800', 'a\\ud800'],
		['\u{e0041}', '\\u{e0041}'],
		['🙂', '🙂'],
	])('%j → %s', (text, shown) => {
		expect(printable(text)).toBe(shown);
	});

	test('nothing that steers a terminal is left, and twice is once', () => {
		fc.assert(
			fc.property(fc.oneof(anyText, nasty), text => {
				const shown = printable(text);
				expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
				expect(printable(shown)).toBe(shown);
			}),
		);
	});
});

test.each([
	[null, '-'],
	[0, '0 B'],
	[914 * 1024, '914 KiB'],
	[1023, '1023 B'],
	[1023.6 * 1024, '1 MiB'],
	[1024, '1 KiB'],
	[1288490189, '1.2 GiB'],
	[10 * 1024 ** 4, '10 TiB'],
])('formatBytes(%j) is %s', (bytes, text) => {
	expect(formatBytes(bytes)).toBe(text);
});

test.each([
	[null, '-'],
	[0, '00:00:00.000'],
	[56_494_999_999, '00:00:56.494'],
	[360_000_000_000_000, '100:00:00.000'],
])('formatClock(%j) is %s', (nanoseconds, text) => {
	expect(formatClock(nanoseconds)).toBe(text);
});

test('formatDate is local time, and says nothing of what is no date', () => {
	const local = new Date(2026, 2, 1, 4, 5, 6);
	expect(formatDate(local.toISOString())).toBe('2026-03-01 04:05:06');
	expect(formatDate(null)).toBe('-');
	expect(formatDate('yesterday')).toBe('-');
});

test.each([
	[[], ''],
	[['a'], 'a'],
	[['a', 'b'], 'a and b'],
	[['a', 'b', 'c'], 'a, b and c'],
])('enumerate(%j) is %s', (words, text) => {
	expect(enumerate(words)).toBe(text);
});

test.each([
	['web', 3, 'web'],
	['web', 2, 'we'],
	['größe', 3, 'gr'],
	['größe', 4, 'grö'],
	['快照', 5, '快'],
	['a\u{1f4be}b', 4, 'a'],
	['a\u{1f4be}b', 5, 'a\u{1f4be}'],
	['web', 0, ''],
	['web', -1, ''],
])('of %j %i bytes are %j', (text, bytes, cut) => {
	expect(cutBytes(text, bytes)).toBe(cut);
});

describe('shell lines', () => {
	test.each([
		[['virsh', 'list', '--all'], 'virsh list --all'],
		[['virsh', '--cmd=savevm "a b"'], `virsh '--cmd=savevm "a b"'`],
		[["it's", ''], `'it'\\''s' ''`],
		[['a\u001bb\n'], "$'a\\x1bb\\x0a'"],
	])('%j', (argv, line) => {
		expect(shellCommand(argv)).toBe(line);
	});

	test('input is a here-document that no line of it can end', () => {
		expect(shellCommand(['cat'], 'a\nEOF\n$x\n')).toBe("cat <<'EOF_'\na\nEOF\n$x\nEOF_");
	});

	test('bash reads every word back as it was', () => {
		const words = fc.array(
			fc.oneof(nasty, fc.string({unit: 'grapheme'})).filter(word => !word.includes('\0') && word.isWellFormed()),
			{maxLength: 5},
		);
		fc.assert(
			fc.property(words, list => {
				const line = `printf '%s\\0' ${list.map(shellWord).join(' ')}`;
				const printed = execFileSync('bash', ['--norc', '-c', list.length === 0 ? 'true' : line], {
					encoding: 'utf8',
					env: {LC_ALL: 'C.UTF-8'},
				});
				expect(printed.split('\0').slice(0, -1)).toEqual(list);
			}),
			{numRuns: 60},
		);
	});

	test('what is pasted steers no terminal', () => {
		fc.assert(
			fc.property(nasty, word => {
				expect(printable(shellWord(word))).toBe(shellWord(word));
			}),
		);
	});
});

test('a quoted HMP argument is one string to QEMU, whatever is in it', () => {
	fc.assert(
		fc.property(fc.oneof(anyText, nasty), text => {
			expect(readHmpString(hmpString(text))).toEqual({value: text, rest: ''});
		}),
	);
});

/** QEMU's monitor/hmp.c, get_str, in TypeScript. */
function readHmpString(line: string): {value: string; rest: string} {
	const escapes: Record<string, string> = {n: '\n', r: '\r', '\\': '\\', "'": "'", '"': '"'};
	if (line[0] !== '"') throw new Error('not quoted');
	let value = '';
	let at = 1;
	while (line[at] !== '"') {
		if (at >= line.length) throw new Error('unterminated string');
		if (line[at] === '\\') {
			at++;
			const meant = escapes[line[at] ?? ''];
			if (meant === undefined) throw new Error('unsupported escape');
			value += meant;
		} else value += line[at];
		at++;
	}
	return {value, rest: line.slice(at + 1)};
}

test('a path with commas is one value of a diskspec and a memspec', () => {
	fc.assert(
		fc.property(nasty, path => {
			expect(splitSpec(diskspec('vda', 'external', path).slice('--diskspec='.length))).toEqual([
				'vda',
				'snapshot=external',
				`file=${path}`,
			]);
			expect(splitSpec(memspec(path).slice('--memspec='.length))).toEqual([`file=${path}`, 'snapshot=external']);
		}),
	);
});

/** virsh's vshStringToArray: a comma separates, two of them are one that does not. */
function splitSpec(spec: string): string[] {
	const tokens = spec.match(/,,|,|[^,]+/g) ?? [];
	const words = [''];
	for (const token of tokens) {
		if (token === ',') words.push('');
		else words.push(words.pop()! + token.replace(',,', ','));
	}
	return words;
}
