/** A screen made small. */
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {hasScreen, type Raster, rasterOf, shrunk} from '../../../source/core/snapshots/contents/picture.ts';

const raster = (width: number, height: number, colour: (x: number, y: number) => number): Raster => ({
	width,
	height,
	rgb: Uint8Array.from(
		Array.from({length: width * height}, (_, pixel) =>
			Array(3).fill(colour(pixel % width, Math.floor(pixel / width))),
		).flat(),
	),
});

test('each pixel has the mean light of those it stands for', () => {
	const chequered = raster(4, 4, (x, y) => ((x + y) % 2) * 255);
	expect(shrunk(chequered, {width: 2, height: 2})).toEqual(raster(2, 2, () => 180));
	const halves = raster(4, 2, x => (x < 2 ? 10 : 200));
	expect(shrunk(halves, {width: 2, height: 9})).toEqual(raster(2, 1, x => [10, 200][x]!));
});

test('what fits stays as it is', () => {
	const small = raster(3, 2, () => 7);
	expect(shrunk(small, {width: 80, height: 40})).toBe(small);
});

test('any screen fits into any box, and as many pixels as bytes are there', () => {
	const side = fc.integer({min: 1, max: 60});
	fc.assert(
		fc.property(side, side, side, side, (width, height, boxWidth, boxHeight) => {
			const small = shrunk(
				raster(width, height, () => 99),
				{width: boxWidth, height: boxHeight},
			);
			expect(small.width).toBeLessThanOrEqual(Math.min(width, boxWidth));
			expect(small.height).toBeLessThanOrEqual(Math.min(height, boxHeight));
			expect(small).toEqual(raster(small.width, small.height, () => 99));
		}),
	);
});

test('pixels that came over a line are as many as are said', () => {
	const kept = {width: 2, height: 1, pixels: 'AAAA////', file: '/p.ppm', bytes: 17};
	expect([...rasterOf(kept)!.rgb]).toEqual([0, 0, 0, 255, 255, 255]);
	expect(rasterOf({...kept, width: 3})).toBeNull();
	expect(rasterOf({...kept, width: 0, pixels: ''})).toBeNull();
});

test.each([
	["<video><model type='vga'/></video>", true],
	['<video/>', true],
	["<video>\n<model type='none'/></video>", false],
	["<graphics type='vnc'/>", false],
	['', false],
])('a guest with %s has a screen: %s', (devices, has) => {
	expect(hasScreen(`<domain type='kvm'><devices>${devices}</devices></domain>`)).toBe(has);
});
