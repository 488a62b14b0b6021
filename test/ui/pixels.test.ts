/** Pictures in pixels, on terminals that say they can; the bytes that they are sent. */
import {setImmediate as turn} from 'node:timers/promises';
import type {WriteStream} from 'node:tty';
import {inflateSync} from 'node:zlib';
import {afterEach, describe, expect, test} from 'vitest';
import type {Picture, Raster} from '../../source/core/snapshots/contents/picture.ts';
import {BLANK, rowCells, sameCell} from '../../source/ui/terminal/cells.ts';
import {pixelsAsker} from '../../source/ui/terminal/pictures/asker.ts';
import {painter} from '../../source/ui/terminal/pictures/painter.ts';
import {canBeAsked, type Pixels, pixelsOf, QUESTION} from '../../source/ui/terminal/pictures/pixels.ts';
import {sixel, stretched} from '../../source/ui/terminal/pictures/sixel.ts';
import {standIn} from '../../source/ui/terminal/pictures/stand-in.ts';
import {connected, fakeHypervisor} from './fake-hypervisor.ts';
import {type Opened, open} from './open.ts';

const ST = '\u001B\\';
const cell = '\u001B[6;20;10t';
const ok = `\u001B_Gi=7331;OK${ST}`;
const called = (name: string) => `\u001BP>|${name}${ST}`;

const saidBy: readonly (readonly [string, readonly string[], Pixels | null])[] = [
	['kitty', [cell, ok, called('kitty(0.41.1)'), '\u001B[?62;c'], {by: 'kitty', cell: {width: 10, height: 20}}],
	['kitty without its size', [ok, called('kitty(1.0.0)'), '\u001B[?62;c'], {by: 'kitty', cell: {width: 1, height: 2}}],
	['ghostty', [cell, ok, called('ghostty 1.1.0'), '\u001B[?62;22c'], {by: 'kitty', cell: {width: 10, height: 20}}],
	['a kitty without placeholders', [cell, ok, called('kitty(0.26.5)'), '\u001B[?62;c'], null],
	['Konsole', [cell, ok, called('Konsole 24.08'), '\u001B[?62;1;4c'], {by: 'sixel', cell: {width: 10, height: 20}}],
	['foot', [cell, called('foot(1.13.1)'), '\u001B[?62;4;22c'], {by: 'sixel', cell: {width: 10, height: 20}}],
	['xterm', ['\u001B[?2;0;720;456S', '\u001B[?63;1;2;4;6c'], {by: 'sixel', cell: {width: 9, height: 19}}],
	['a wide xterm', ['\u001B[?2;0;1000;456S', '\u001B[?63;1;2;4;6c'], {by: 'sixel', cell: {width: 12, height: 19}}],
	['one that refuses to say', ['\u001B[?2;3;0S', '\u001B[?63;4c'], null],
	['an xterm without sixel', [cell, called('XTerm(379)'), '\u001B[?64;1;2;6;9;15;44c'], null],
	['one that does not say how large a cell is', ['\u001B[?63;4c'], null],
	['one with cells of no size', ['\u001B[6;0;0t', '\u001B[?63;4c'], null],
	['tmux, shown on whatever', [cell, called('tmux 3.5a'), '\u001B[?1;2;4c'], null],
	['a kitty that refuses', [cell, `\u001B_Gi=7331;EPERM:no${ST}`, called('kitty(0.41.1)'), '\u001B[?62;c'], null],
	['the console', ['\u001B[?6c'], null],
];

test.each(saidBy)('%s', (_, reports, pixels) => {
	expect(pixelsOf(reports, {columns: 80, rows: 24})).toEqual(pixels);
});

test.each([
	[{TERM: 'xterm-256color'}, true],
	[{TERM: 'xterm-kitty'}, true],
	[{TERM: 'foot'}, true],
	[{TERM: 'tmux-256color', TMUX: '/tmp/tmux-0/default,1,0'}, false],
	[{TERM: 'xterm-256color', TMUX: '/tmp/tmux-0/default,1,0'}, false],
	[{TERM: 'screen-256color'}, false],
	[{TERM: 'linux'}, false],
	[{TERM: 'dumb'}, false],
	[{}, false],
])('a terminal of %j is asked: %s', (env, asked) => {
	expect(canBeAsked(env)).toBe(asked);
});

test('the end waits for an answer that is on its way', async () => {
	const told: (Pixels | null)[] = [];
	const asker = pixelsAsker({write: () => true, columns: 80, rows: 24} as unknown as WriteStream, one =>
		told.push(one),
	);
	await asker.answered();
	asker.ask();
	let ended = false;
	const end = asker.answered().then(() => {
		ended = true;
	});
	asker.heard('\u001B[6;20;10t');
	await turn();
	expect(ended).toBe(false);
	asker.heard('\u001B[?63;4c');
	await end;
	asker.heard('\u001B[?63;4c');
	expect(told).toEqual([{by: 'sixel', cell: {width: 10, height: 20}}]);
});

describe('sixel', () => {
	const raster = (width: number, ...pixels: readonly (readonly [number, number, number])[]): Raster => ({
		width,
		height: pixels.length / width,
		rgb: Uint8Array.from(pixels.flat()),
	});
	const [red, blue] = [[255, 0, 0] as const, [0, 0, 255] as const];

	test('bands of six rows, a line for each colour, runs counted', () => {
		const row = [red, red, red, red, red, blue];
		expect(sixel(raster(6, ...row, ...row))).toBe(
			'\u001BP0;1;0q"1;1;6;2#5;2;0;0;100#180;2;100;0;0#180!5B$#5!5?B\u001B\\',
		);
		const text = sixel(raster(1, red, red, red, red, red, red, blue));
		expect(text).toContain('#180~-#5@\u001B\\');
	});

	test('pixels are repeated', () => {
		expect([...stretched(raster(2, red, blue), 4, 2).rgb]).toEqual([red, red, blue, blue, red, red, blue, blue].flat());
	});
});

test('below sixels are blanks that no others equal', () => {
	const album = painter();
	album.show(picture, {by: 'sixel', cell: {width: 10, height: 20}});
	const frame = standIn({columns: 3, rows: 2}).map(([part]) => ` ${part!.text} x`);
	const cells = album.paint(frame, true).rows.map(row => rowCells(row)!);
	expect(cells.map(row => row.map(({text}) => text).join(''))).toEqual(['     x', '     x']);
	expect(cells.map(row => row.map(one => sameCell(one, BLANK)))).toEqual(
		Array(2).fill([true, false, false, false, true, false]),
	);
});

let ui: Opened | undefined;
afterEach(async () => {
	await ui?.close();
	ui = undefined;
});

const picture: Picture = {
	width: 160,
	height: 120,
	pixels: Buffer.alloc(160 * 120 * 3, 0x80).toString('base64'),
	file: '/root/.local/state/virsnap/receipts/pictures/web-1795680029.ppm',
	bytes: 57_615,
};

const env = {LANG: 'C.UTF-8', TERM: 'xterm-256color'};
const kitty = `${cell}${ok}${called('kitty(0.41.1)')}\u001B[?62;c`;
const xterm = `${cell}${called('XTerm(379)')}\u001B[?63;4c`;

/** At the end of the details of a snapshot, drawn in characters; `raw` is what is written from then on. */
async function details(around: Readonly<Record<string, string>> = env) {
	const opened = open({columns: 80, rows: 24}, around, fakeHypervisor(connected, {picture: async () => picture}));
	ui = opened;
	await opened.expects('experiment');
	expect(opened.raw()).not.toContain('\u001B[c');
	opened.press('snapshots-pane', 'details', 'last');
	await opened.expects(/▀+\n.*▀/);
	let from = opened.raw().length;
	return {
		ui: opened,
		raw: () => opened.raw().slice(from),
		mark() {
			from = opened.raw().length;
		},
	};
}

/** The image in the chunks that kitty was sent. */
function imageIn(raw: string) {
	const chunks = [...raw.matchAll(/\u001B_G([^;]*);([A-Za-z0-9+/=]*)\u001B\\/g)].filter(
		([, keys]) => !keys!.includes('a=q'),
	);
	return {
		keys: chunks[0]?.[1],
		longest: Math.max(...chunks.map(([, , data]) => data!.length)),
		rgb: inflateSync(Buffer.from(chunks.map(([, , data]) => data).join(''), 'base64')),
	};
}

test('who has no picture to draw is asked nothing', async () => {
	const opened = open({columns: 80, rows: 24}, env, fakeHypervisor(connected));
	ui = opened;
	await opened.expects('experiment');
	opened.press('snapshots-pane', 'details', 'last');
	await opened.expects('Health');
	expect(opened.raw()).not.toContain(QUESTION);
});

test('kitty is sent the image once, and placeholders for it; it is taken back', async () => {
	const {ui, raw, mark} = await details();
	expect(ui.raw()).toContain(QUESTION);
	ui.type(kitty);
	await ui.expects('\u{10EEEE}');
	const image = imageIn(raw());
	expect(image.keys).toBe('a=T,U=1,i=118,f=24,o=z,s=160,v=120,c=53,r=20,q=2,m=0');
	expect([...image.rgb]).toEqual([...Buffer.from(picture.pixels, 'base64')]);
	expect(raw()).toContain(`\u001B[38;5;118m\u{10EEEE}\u0305\u0305${'\u{10EEEE}'.repeat(52)}`);
	expect(await ui.screen()).not.toContain('▀');
	mark();
	ui.press('up');
	await ui.expects('9-28 of');
	expect(raw()).not.toContain('\u001B_G');
	// Of each row only the number differs.
	expect(raw().length).toBeLessThan(900);
	mark();
	ui.key('esc');
	await ui.expects('Domains');
	expect(raw()).toContain(`\u001B_Ga=d,d=I,i=118,q=2${ST}`);
	expect(await ui.screen()).not.toContain('\u{10EEEE}');
});

test('it is taken back where the program ends', async () => {
	const {ui: opened, raw} = await details();
	opened.type(kitty);
	await opened.expects('\u{10EEEE}');
	await opened.close();
	ui = undefined;
	expect(raw()).toMatch(/\u001B_Ga=d,d=I,i=118,q=2\u001B\\[\s\S]*\u001B\[\?1049l/);
});

test.each([
	['kitty', kitty, /\u001B_Ga=d,d=I,i=118,q=2\u001B\\[\s\S]*\u001B\[\?1049l[\s\S]*\u001B\[\?1049h[\s\S]*\u001B_Ga=T,/],
	['sixels', xterm, /\u001B\[24H\u001B\[K[\s\S]*\u001B\[\?1049l[\s\S]*\u001B\[\?1049h[\s\S]*\u001BP0;1;0q/],
] as const)('%s: Ctrl-Z leaves nothing of it to the shell, and fg draws it again', async (_, answer, away) => {
	const {ui, raw, mark} = await details();
	ui.type(answer);
	await expect.poll(raw).toMatch(/\u{10EEEE}|\u001BP/u);
	mark();
	ui.key('ctrl-z');
	await expect.poll(raw).toMatch(away);
	expect(await ui.screen()).not.toContain('▀');
});

test('sixels are drawn over blanks, which are sent anew when they go', async () => {
	const {ui, raw, mark} = await details();
	ui.type(xterm);
	await expect.poll(raw).toMatch(/\u001B7\u001B\[\d+;2H\u001BP0;1;0q"1;1;\d+;\d+#[\s\S]*\u001B\\\u001B8/);
	expect(await ui.screen()).not.toContain('▀');
	mark();
	ui.press('up');
	await expect.poll(raw).toContain('\u001BP');
	expect(raw()).toContain('\u001B[2J');
	mark();
	ui.key('esc');
	await ui.expects('Domains');
	expect(raw()).not.toContain('\u001BP');
	expect(raw()).not.toContain('\u001B[2J');
});

test('a terminal of another size is asked again, since its cells may have another one', async () => {
	const {ui, raw, mark} = await details();
	ui.type(xterm);
	await expect.poll(raw).toContain('\u001BP0;1;0q');
	mark();
	ui.resize({columns: 100, rows: 30});
	await expect.poll(raw).toContain(QUESTION);
	await ui.expects('▀');
	ui.type(xterm.replace('6;20;10', '6;10;5'));
	await expect.poll(raw).toMatch(/\u001BP0;1;0q"1;1;320;240#/);
});

test('what knows no such question is drawn anew once it has said so', async () => {
	const {ui, raw} = await details();
	ui.type('\u001B[?6c');
	await expect.poll(raw).toContain('\u001B[2J');
	expect(await ui.screen()).toContain('▀');
});

test('one that never answers has characters, and is not waited for', async () => {
	const {ui} = await details();
	ui.key('esc');
	await ui.expects('Domains');
});

test('inside tmux nothing is asked', async () => {
	const {ui} = await details({...env, TMUX: '/tmp/tmux-0/default,1,0'});
	expect(ui.raw()).not.toContain(QUESTION);
});
