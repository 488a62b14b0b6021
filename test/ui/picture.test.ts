/** The picture that is kept with a snapshot is drawn in its details, where the terminal can. */
import {afterEach, expect, test} from 'vitest';
import type {Picture} from '../../source/core/snapshots/contents/picture.ts';
import {halfBlocks} from '../../source/ui/terminal/pictures/half-blocks.ts';
import {makeTheme} from '../../source/ui/terminal/theme.ts';
import {connected, fakeHypervisor} from './fake-hypervisor.ts';
import {type Opened, open} from './open.ts';

let ui: Opened | undefined;
afterEach(async () => {
	await ui?.close();
	ui = undefined;
});

/** A white window on blue, as large as what is kept of 1024x768. */
function desktop(): Picture {
	const [width, height] = [160, 120];
	const isWindow = (x: number, y: number) => x >= 40 && x < 120 && y >= 30 && y < 90;
	const colours = Array.from({length: width * height}, (_, pixel) =>
		isWindow(pixel % width, Math.floor(pixel / width)) ? [255, 255, 255] : [0, 0, 136],
	);
	const pixels = Buffer.from(colours.flat()).toString('base64');
	return {
		width,
		height,
		pixels,
		file: '/root/.local/state/virsnap/receipts/pictures/web-1795680029.ppm',
		bytes: 57_615,
	};
}

function begun(env?: Readonly<Record<string, string>>) {
	const asked: string[] = [];
	const picture = async (uuid: string, createdAt: string) => {
		asked.push(`${uuid} ${createdAt}`);
		return desktop();
	};
	ui = open(undefined, env, fakeHypervisor(connected, {picture}));
	return {ui, asked};
}

test('whole on one page behind the details of a snapshot, and of no other', async () => {
	const {ui, asked} = begun();
	await ui.expects('experiment');
	ui.press('snapshots-pane', 'details');
	// With the lines of the picture.
	await ui.expects('of 29');
	ui.press('last');
	await ui.expects('-29 of 29');
	await ui.frame('picture');
	expect(asked).toHaveLength(1);
	ui.key('esc');
	await ui.expects('Domains');
	ui.press('down', 'details');
	await expect.poll(() => asked).toHaveLength(2);
});

test('on a large terminal it stays as small as can be drawn between two keys', async () => {
	ui = open({columns: 200, rows: 60}, undefined, fakeHypervisor(connected, {picture: async () => desktop()}));
	await ui.expects('experiment');
	ui.press('snapshots-pane', 'details');
	const screen = await ui.expects('▀');
	const drawn = screen.split('\n').filter(line => line.includes('▀'));
	expect([drawn.length, Math.max(...drawn.map(line => line.trim().length))]).toEqual([24, 64]);
});

test('the review of a create says that one will be kept', async () => {
	const inactiveXml = '<domain><devices><video/></devices></domain>';
	ui = open(undefined, undefined, fakeHypervisor(connected, {facts: {pictures: true, inactiveXml}}));
	await ui.expects('experiment');
	ui.press('create');
	for (const step of ['step 1', 'step 2', 'step 3']) {
		await ui.expects(step);
		ui.enter();
	}
	await ui.expects('Press Enter');
	await ui.frame('picture-review');
});

test('a domain has none', async () => {
	const {ui, asked} = begun();
	await ui.expects('experiment');
	ui.press('details');
	await ui.expects('Disks');
	expect(asked).toEqual([]);
});

const poor: readonly Readonly<Record<string, string>>[] = [
	{LANG: 'C.UTF-8', NO_COLOR: '1'},
	{LANG: 'C'},
	{LANG: 'C.UTF-8', TERM: 'dumb'},
];

test.each(poor)('a terminal of %j is told where it is', async env => {
	const {ui} = begun(env);
	await ui.expects('experiment');
	ui.press('snapshots-pane', 'details', 'last');
	const screen = await ui.expects('drawing it takes UTF-8 and colours');
	expect(screen).not.toContain('▀');
});

test('two rows of pixels are one of characters, equal neighbours one span', () => {
	const rgb = Uint8Array.from([
		255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 255, 0, 0, 255, 0, 0, 0, 255, 8, 8, 8, 8, 8, 8, 8, 8, 8,
	]);
	expect(halfBlocks({width: 3, height: 3, rgb}, '▀')).toEqual([
		[
			{text: '▀▀', tone: '#ff0000 #00ff00'},
			{text: '▀', tone: '#0000ff #0000ff'},
		],
		[{text: '▀▀▀', tone: '#000000 #000000'}],
	]);
});

test('a picture is drawn in its colours, or in none', () => {
	expect(makeTheme({LANG: 'C.UTF-8'}).style('#ff0000 #00ff00')).toEqual({color: '#ff0000', backgroundColor: '#00ff00'});
	expect(makeTheme({LANG: 'C.UTF-8', NO_COLOR: '1'}).style('#ff0000 #00ff00')).toEqual({});
});
