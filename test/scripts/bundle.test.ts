/** What the bundle changes of packages: they answer as before, and do no work that nobody has asked for. */
import {createRequire} from 'node:module';
import vm from 'node:vm';
import {build} from 'esbuild';
import fc from 'fast-check';
import {Box, renderToString, Text} from 'ink';
import {createElement, type ReactNode} from 'react';
import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import {bundleOptions} from '../../scripts/bundle.ts';

test('string-width of the bundle makes its tables for the first text that is not ASCII, and counts as before', async () => {
	const code = await bundled("export {default} from 'string-width'; export {object} from 'valibot';");
	const Segmenter = Intl.Segmenter;
	let made = 0;
	class Counted extends Segmenter {
		constructor() {
			super();
			made++;
		}
	}
	Object.assign(Intl, {Segmenter: Counted});
	try {
		const {default: counted} = run<{readonly default: typeof stringWidth}>(code);
		expect(counted('domain-1 \u001b[1mrunning\u001b[22m')).toBe(16);
		expect(made).toBe(0);
		for (const text of [
			'–',
			'虛擬',
			'e\u0301',
			'👩‍👩‍👧',
			'☀',
			'☀️',
			'1️⃣',
			'1\u20e3',
			'🏴󠁧󠁢󠁥󠁮󠁧󠁿',
			'각',
			'ｶﾞ',
			'की',
			'\u0000',
			'\ud800',
		])
			for (let time = 0; time < 2; time++) expect([text, counted(text)]).toEqual([text, stringWidth(text)]);
		expect(made).toBe(1);
	} finally {
		Object.assign(Intl, {Segmenter});
	}

	// What is made by `new RegExp` is made at once, used or not: of valibot that would be one of all emoji.
	expect(code).not.toContain('new RegExp("');
});

/** What the bundle makes of a module. */
async function bundled(contents: string): Promise<string> {
	const {outputFiles} = await build({
		...(await bundleOptions('npm')),
		entryPoints: [],
		stdin: {contents, resolveDir: import.meta.dirname},
		write: false,
	});
	return outputFiles[0]!.text;
}

function run<Exports>(code: string): Exports {
	const module = {exports: {} as Exports};
	vm.compileFunction(code, ['module', 'exports', 'require'])(module, module.exports, createRequire(import.meta.url));
	return module.exports;
}

type Drawing = {readonly columns: number; readonly rows: readonly Row[]};
type Row = {readonly width: number; readonly parts: readonly Part[]; readonly wrap: 'wrap' | 'truncate-end' | 'hard'};
type Part = {readonly text: string; readonly color?: string; readonly inverse: boolean; readonly around: boolean};

const signs = fc.constantFrom(
	...[
		'a',
		' ',
		'é',
		'e\u0301',
		'虛',
		'👩‍👩‍👧',
		'☀️',
		'─',
		'…',
		'\n',
		'\t',
		'\r\n',
		'\u0007',
		'\u009b',
		'\u200b',
		'\u00ad',
	],
	...['\u001b[31m', '\u001b[4:3m', '\u001b[39m', '\u001b[2J', '\u001b]8;;x\u0007', '\u001b', '\ud800', '각', 'की'],
);
const part: fc.Arbitrary<Part> = fc.record(
	{
		text: fc.string({unit: signs, maxLength: 12}),
		color: fc.constantFrom('red', '#102030'),
		inverse: fc.boolean(),
		around: fc.boolean(),
	},
	{requiredKeys: ['text', 'inverse', 'around']},
);
const drawing: fc.Arbitrary<Drawing> = fc.record({
	columns: fc.integer({min: 1, max: 30}),
	rows: fc.array(
		fc.record({
			width: fc.integer({min: 1, max: 20}),
			parts: fc.array(part, {maxLength: 4}),
			wrap: fc.constantFrom('wrap', 'truncate-end', 'hard'),
		}),
		{maxLength: 5},
	),
});

type Ink = {readonly Box: unknown; readonly Text: unknown; readonly createElement: unknown};

function tree({Box: box, Text: text, createElement: make}: Ink, {rows, columns}: Drawing): ReactNode {
	const element = make as typeof createElement;
	const words = (props: object, ...children: ReactNode[]) => element(text as typeof Text, props, ...children);
	return element(
		box as typeof Box,
		{flexDirection: 'column', width: columns, overflow: 'hidden', borderStyle: columns > 20 ? 'round' : undefined},
		...rows.map(({width, parts, wrap}) =>
			element(
				box as typeof Box,
				{width, flexShrink: 0},
				words(
					{wrap},
					...parts.map(({text: own, around, ...style}) => words(style, own, around ? words({bold: true}, own) : null)),
				),
			),
		),
	);
}

test('frames of the bundle, which keeps what it knows of the one before, are those of Ink', async () => {
	const code = await bundled("export {Box, Text, renderToString} from 'ink'; export {createElement} from 'react';");
	const kept = run<Ink & {readonly renderToString: typeof renderToString}>(code);
	fc.assert(
		fc.property(fc.array(drawing, {minLength: 1, maxLength: 4}), drawings => {
			// Each again after the others.
			for (const one of [...drawings, ...drawings]) {
				const expected = renderToString(tree({Box, Text, createElement}, one), {columns: 40});
				expect(kept.renderToString(tree(kept, one), {columns: 40})).toBe(expected);
			}
		}),
	);
});
