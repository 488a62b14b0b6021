/** Sixel graphics (VT340): bands of six rows of pixels, each written once for each of its colours. */
import type {Raster} from '../../../core/snapshots/contents/picture.ts';

/** Of red, green and blue each: 216 colours, fewer than the 256 that terminals have registers for. */
const STEPS = 6;

/** The picture at the cursor, which stays in its rows: there is no new line behind the last band. */
export function sixel(raster: Raster): string {
	const {width, height} = raster;
	const colours = colourNumbers(raster);
	const used = [...new Set(colours)].sort((one, other) => one - other);
	const bands = Array.from({length: Math.ceil(height / 6)}, (_, band) => bandOf(colours, band, width));
	return `\u001BP0;1;0q"1;1;${width};${height}${used.map(definition).join('')}${bands.join('-')}\u001B\\`;
}

/** As large as wanted: pixels are repeated, which costs little where runs are counted. */
export function stretched({width: from, height: down, rgb}: Raster, width: number, height: number): Raster {
	const large = new Uint8Array(width * height * 3);
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++) {
			const at = (Math.floor((y * down) / height) * from + Math.floor((x * from) / width)) * 3;
			large.set(rgb.subarray(at, at + 3), (y * width + x) * 3);
		}
	return {width, height, rgb: large};
}

const stepOf = (byte: number): number => Math.round((byte / 255) * (STEPS - 1));

function colourNumbers({width, height, rgb}: Raster): Uint8Array {
	const numbers = new Uint8Array(width * height);
	for (let pixel = 0; pixel < numbers.length; pixel++) {
		const [red, green, blue] = rgb.subarray(pixel * 3, pixel * 3 + 3);
		numbers[pixel] = (stepOf(red!) * STEPS + stepOf(green!)) * STEPS + stepOf(blue!);
	}
	return numbers;
}

/** In percent of red, green and blue. */
function definition(colour: number): string {
	const percent = (step: number) => (step * 100) / (STEPS - 1);
	const [red, green, blue] = [Math.floor(colour / STEPS ** 2), Math.floor(colour / STEPS) % STEPS, colour % STEPS];
	return `#${colour};2;${percent(red)};${percent(green)};${percent(blue)}`;
}

function bandOf(colours: Uint8Array, band: number, width: number): string {
	const first = band * 6 * width;
	const columns = new Map<number, Uint8Array>();
	for (let at = first; at < Math.min(first + 6 * width, colours.length); at++) {
		const colour = colours[at]!;
		const bits = columns.get(colour) ?? new Uint8Array(width);
		columns.set(colour, bits);
		bits[(at - first) % width]! |= 1 << Math.floor((at - first) / width);
	}
	return [...columns].map(([colour, bits]) => `#${colour}${runs(bits)}`).join('$');
}

/** What is blank up to the end is left out. */
function runs(bits: Uint8Array): string {
	let text = '';
	for (let at = 0; at < bits.length; ) {
		let end = at + 1;
		while (end < bits.length && bits[end] === bits[at]) end++;
		const sign = String.fromCharCode(63 + bits[at]!);
		if (end < bits.length || bits[at] !== 0) text += end - at > 3 ? `!${end - at}${sign}` : sign.repeat(end - at);
		at = end;
	}
	return text;
}
