/** A picture in characters: the upper half of each in one colour, the lower half in another. */
import type {Raster} from '../../../core/snapshots/contents/picture.ts';
import {type Line, type Span, span} from '../line.ts';
import type {Paint} from '../theme.ts';

/** A line for every two rows of pixels. `glyph`: the upper half of a cell. */
export function halfBlocks(raster: Raster, glyph: string): readonly Line[] {
	return Array.from({length: Math.ceil(raster.height / 2)}, (_, row) => lineOf(raster, row * 2, glyph));
}

/** Neighbours in the same colours are one span. */
function lineOf(raster: Raster, top: number, glyph: string): Line {
	const spans: Span[] = [];
	for (let x = 0; x < raster.width; x++) {
		const paint: Paint = `${colourAt(raster, x, top)} ${colourAt(raster, x, top + 1)}`;
		const last = spans.at(-1);
		if (last?.tone === paint) spans[spans.length - 1] = span(last.text + glyph, paint);
		else spans.push(span(glyph, paint));
	}
	return spans;
}

/** Sixteen steps of each colour: more is not seen at this size, and equal neighbours cost nothing over SSH. Below the picture: black. */
function colourAt({width, height, rgb}: Raster, x: number, y: number): `#${string}` {
	if (y >= height) return '#000000';
	const at = (y * width + x) * 3;
	return `#${[...rgb.subarray(at, at + 3)].map(byte => (byte >> 4).toString(16).repeat(2)).join('')}`;
}
