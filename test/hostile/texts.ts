/** Text as an enemy would write it, and how much of it is tried: `npm run fuzz` tries far more than `npm test`. */
import process from 'node:process';
import fc from 'fast-check';

const quick = 300;

/** How many cases a property gets; `share` is its part of what is asked for. */
export const runs = (share = 1): number => Math.max(1, Math.round(Number(process.env.FUZZ_RUNS ?? quick) * share));

const pieces = [
	"'",
	'"',
	'\\',
	';',
	'\n',
	'\r',
	'\t',
	'#',
	' ',
	'--',
	'-',
	'$',
	'`',
	'&',
	'|',
	'<',
	'>',
	'(',
	')',
	'!',
	'*',
	'?',
	'~',
	',',
	'=',
	'\u001B',
	'\u001B[2J',
	'\u001B]0;owned\u0007',
	'\u009B31m',
	'\u009D0;x\u009C',
	'\u0007',
	'\u0008',
	'\u007F',
	'\u0090',
	'\u202E',
	'\u202D',
	'\u2066',
	'\u2069',
	'\u200F',
	'\u061C',
	'\u2028',
	'\u2029',
	'\uFEFF',
	'\u200B',
	'\u{E0041}',
	'\uD800',
	'\uDC00',
	'--force',
	'--domain=x',
	';destroy x;',
	"';echo HACK;'",
	'\nquit\n',
	'$(id)',
	'`id`',
	']]>',
	'<!--',
	'-->',
	'&amp;',
	'&#10;',
	'&#x1b;',
	'<?xml?>',
	'../',
	'/etc/passwd',
	'开发',
	'é',
	'👩‍👩‍👧',
	'\uFFFD',
	'%s%n',
	'constructor',
	'__proto__',
	'toString',
	'\u0301\u0301\u0301',
];

/** Texts that got through once, shrunk; every property that takes one text tries them first, each time. */
export const onceFailed: readonly string[] = [
	// Half a surrogate pair: shown as it was, while programs were handed the replacement character.
	'\uD800',
	'a\uDC00b',
	// JSON on a terminal was written as JSON.stringify has it: these were obeyed.
	'\u009B31m',
	'\u202Egpj.exe',
	'\u{E0041}',
	// A tag character that no standard has given a meaning to: a paste kept it.
	'\u{E0002}',
	// An unknown word on the command line, and the words of a bug, were printed back as they came.
	'\u001B]0;owned\u0007',
	'\u001B[2J',
];

/** Anything that a JavaScript string can hold but a zero byte, which no name on a Unix system can. */
export const text = fc
	.oneof(
		{
			weight: 6,
			arbitrary: fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({unit: 'binary', maxLength: 4})), {
				maxLength: 8,
			}),
		},
		{weight: 1, arbitrary: fc.array(fc.string({unit: 'grapheme'}), {maxLength: 5})},
	)
	.map(parts => parts.join('').replaceAll('\0', ''));

/** The same, sometimes of 10,000 characters. */
export const longText = fc.oneof(
	{weight: 40, arbitrary: text},
	{weight: 1, arbitrary: text.map(part => (part || 'x').repeat(10_000).slice(0, 10_000))},
);

/** What reaches a process is UTF-8: half a surrogate pair becomes the replacement character on the way. */
export const asBytes = (value: string): string => Buffer.from(value).toString();

/** What a terminal would obey, or what would show text in another order: nothing of it may be drawn. */
const steering = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u{E0000}-\u{E007F}]/u;

/** The first thing in the text that a terminal would obey, with what is around it; null where there is none. Line ends are for lines. */
export function leak(drawn: string): string | null {
	const lines = drawn.replaceAll('\n', ' ');
	const found = steering.exec(lines);
	return found ? JSON.stringify(lines.slice(Math.max(0, found.index - 20), found.index + 20)) : null;
}
