/** What Ink draws and what stands on the terminal are the same, cell by cell, though only changed cells are sent. */
import type {WriteStream} from 'node:tty';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import stringWidth from 'string-width';
import {afterEach, expect, test} from 'vitest';
import {cellStream} from '../../source/ui/terminal/cell-stream.ts';
import {rowCells} from '../../source/ui/terminal/cells.ts';
import {CLEAR} from '../../source/ui/terminal/repaint.ts';
import {makeTheme} from '../../source/ui/terminal/theme.ts';
import {cellsOn, fakeTerminal} from '../helpers/screen.tsx';
import {type Opened, open} from './open.ts';

let ui: Opened | null = null;
afterEach(async () => {
	await ui?.close();
	ui = null;
});

type Size = {readonly columns: number; readonly rows: number};

/** How Ink writes styles: opened and closed by their own codes. */
const styles = [
	['', ''],
	['\u001B[2m', '\u001B[22m'],
	['\u001B[36m', '\u001B[39m'],
	['\u001B[31m\u001B[1m', '\u001B[22m\u001B[39m'],
	['\u001B[7m', '\u001B[27m'],
	['\u001B[37m\u001B[41m\u001B[1m', '\u001B[22m\u001B[49m\u001B[39m'],
] as const;

const words = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.constantFrom('web', 'db', 'shut off', ' ', '          ', '❯ ', '│', '────', '● 12', 'é', 'x'),
	},
	fc.constantFrom('虚拟机', 'e\u0301', '👩‍👩‍👧', '🇧🇷', '❤\uFE0F', '가', 'ผู้', '①', 'کامپیوتر', '\u{1F4BE}'),
);
/** Columns like those of a table: what stands behind a text that has changed often stays. */
const word = fc.tuple(words, fc.nat(styles.length - 1));
const row = fc.array(word, {maxLength: 7});
const frame = fc.array(row, {maxLength: 9});
type Frame = typeof frame extends fc.Arbitrary<infer T> ? T : never;

/** As wide as the screen at most, which is for Ink to see to. */
function drawn(rows: Frame, {columns, rows: height}: Size): string[] {
	return rows.slice(0, height).map(parts => {
		let room = columns;
		return parts
			.map(([text, style]) => {
				const padding = ' '.repeat(Math.max(0, 10 - stringWidth(text)));
				room -= stringWidth(text + padding);
				const [opened, closed] = styles[style]!;
				return room < 0 ? '' : opened + text + closed + padding;
			})
			.join('')
			.trimEnd();
	});
}

const happenings = fc.oneof(
	{weight: 8, arbitrary: fc.record({type: fc.constant('frame' as const), rows: frame})},
	{weight: 8, arbitrary: fc.record({type: fc.constant('row' as const), at: fc.nat(8), row})},
	{weight: 8, arbitrary: fc.record({type: fc.constant('word' as const), at: fc.nat(8), of: fc.nat(1), word})},
	fc.record({
		type: fc.constant('resize' as const),
		size: fc.record({columns: fc.integer({min: 8, max: 50}), rows: fc.integer({min: 2, max: 9})}),
	}),
	fc.constantFrom({type: 'lent' as const}, {type: 'disturbed' as const}),
);
type Happening = typeof happenings extends fc.Arbitrary<infer T> ? T : never;

/** A terminal on which this frame alone was ever written. */
async function expected(rows: readonly string[], {columns, rows: height}: Size): Promise<string[]> {
	const terminal = new xterm.Terminal({cols: columns, rows: height, allowProposedApi: true});
	terminal.write('\u001B[?7l');
	for (const [y, text] of rows.entries()) terminal.write(`\u001B[${y + 1}H${text}`);
	return cellsOn(terminal);
}

/** Said by one row: a whole screen of cells fills pages. */
function isSame(rows: readonly string[], wanted: readonly string[]): void {
	const at = wanted.findIndex((row, index) => row !== rows[index]);
	if (at !== -1) expect(`row ${at}: ${rows[at]}`).toBe(`row ${at}: ${wanted[at]}`);
}

/** As `ansi-escapes` erases so many lines, which is how Ink begins a frame. */
const over = (lines: number) => `${Array(lines).fill('\u001B[2K').join('\u001B[1A')}\u001B[G`;

function begin(first: Frame) {
	const {stdout: output, resize, cells} = fakeTerminal({columns: 44, rows: 6});
	const {stdout, forget, redraw} = cellStream(output);
	let [shown, lines]: [Frame, number] = [[], 0];
	const rows = () => drawn(shown, output);
	const show = (next: Frame) => {
		shown = next;
		const text = rows().join('\n');
		for (const part of ['\u001B[?2026h', over(lines) + text, '\u001B[?2026l']) stdout.write(part);
		lines = text.split('\n').length;
	};
	const happens = (happening: Happening): void => {
		if (happening.type === 'frame') show(happening.rows);
		if (happening.type === 'row')
			show([...shown.slice(0, happening.at), happening.row, ...shown.slice(happening.at + 1)]);
		if (happening.type === 'word') {
			const {at, of, word: changed} = happening;
			show(shown.map((parts, y) => (y === at ? [...parts.slice(0, of), changed, ...parts.slice(of + 1)] : parts)));
		}
		if (happening.type === 'resize') {
			resize(happening.size);
			forget();
			show(shown);
		}
		if (happening.type === 'lent') {
			stdout.write('\u001B[?1049l');
			output.write('somebody else\u001B[5;5H\u001B[31m');
			stdout.write('\u001B[?1049h');
			show(shown);
		}
		if (happening.type === 'disturbed') {
			output.write('\u001B[2;2Hwall: going down\n');
			redraw();
		}
	};
	stdout.write('\u001B[?1049h');
	show(first);
	return {happens, isRight: async () => isSame(await cells(), await expected(rows(), output))};
}

test('after any frames the terminal shows the last one', async () => {
	await fc.assert(
		fc.asyncProperty(frame, fc.array(happenings, {maxLength: 12}), async (first, all) => {
			const {happens, isRight} = begin(first);
			for (const happening of all) {
				happens(happening);
				await isRight();
			}
		}),
		{numRuns: 25},
	);
});

test('every sign of the theme has a sure column', () => {
	for (const env of [{LANG: 'C.UTF-8'}, {LANG: 'C'}]) {
		const signs = Object.values(makeTheme(env).glyphs).filter(sign => typeof sign === 'string');
		for (const sign of signs) expect(rowCells(sign), sign).toHaveLength([...sign].length);
	}
});

test('of a row only what differs is sent; one with a wide character is sent whole', () => {
	const sent: string[] = [];
	const output = {columns: 24, rows: 6, isTTY: true, write: (text: string) => sent.push(text), on() {}, off() {}};
	const {stdout} = cellStream(output as unknown as WriteStream);
	const sends = (frame: string) => {
		stdout.write(over(2) + frame);
		return sent.splice(0).join('');
	};
	sends('web   shut off\n\u001B[7mdb    running\u001B[27m  12');
	expect(sends('web   shut off\n\u001B[7mdb    running\u001B[27m  13')).toBe('\u001B[2;17H3');
	expect(sends('web   shut off\n\u001B[7mdb\u001B[27m')).toBe('\u001B[2;3H\u001B[K');
	expect(sends('web   shut off\n虚拟机 12')).toBe('\u001B[2H\u001B[K\u001B[?7l虚拟机 12\u001B[m\u001B[?7h');
	expect(sends('web   shut off\n虚拟机 12')).toBe('');
});

test('after keys, another size and a suspension the screen is as if it were drawn anew', async () => {
	ui = open();
	const shows = async (what: RegExp) => {
		await ui!.expects(what);
		await ui!.drawn();
		const [cells, {length}] = [await ui!.cells(), ui!.raw()];
		ui!.press('refresh');
		await expect.poll(() => ui!.raw().slice(length)).toContain(CLEAR);
		// The last two have the notice that it is read again.
		isSame(cells.slice(0, -2), (await ui!.cells()).slice(0, -2));
	};
	await shows(/❯ +1 web/);
	ui.press('down');
	await shows(/❯ +12 db/);
	ui.press('last', 'up', 'up');
	await shows(/❯ +- 數據庫/);
	ui.resize({columns: 100, rows: 30});
	ui.resize({columns: 61, rows: 17});
	await shows(/❯ 數據…東京/);
	ui.press('help');
	await ui.expects('Keys');
	ui.press('back', 'suspend', 'down');
	await shows(/❯ clone/);
});

test('a cursor key sends little more than what changes on the screen', async () => {
	ui = open();
	await ui.expects('web');
	await ui.drawn();
	const split = (rows: readonly string[]) => rows.join('').split('}');
	const before = split(await ui.cells());
	const {length} = ui.raw();
	ui.press('down');
	await ui.expects(/❯ +12 db/);
	await ui.drawn();
	const changed = split(await ui.cells()).filter((cell, index) => cell !== before[index]).length;
	expect(ui.raw().length - length).toBeLessThan(1.4 * changed);
});
