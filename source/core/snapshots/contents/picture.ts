/** What the screen of a guest showed when a snapshot was taken, small: text is blurred, but words may still be guessed. */

import {attribute, child, childNodes, nameOf, parseTree, rootOf} from '../../domain-xml/tree.ts';

/** Three bytes a pixel: red, green and blue, row by row from the top left. */
export type Raster = {readonly width: number; readonly height: number; readonly rgb: Uint8Array};

export type Picture = {
	readonly width: number;
	readonly height: number;
	/** The bytes of a `Raster`, in base64. */
	readonly pixels: string;
	/** Where it is kept, on the host of the domain, and what it takes there. */
	readonly file: string;
	readonly bytes: number;
};

type Box = {readonly width: number; readonly height: number};

/** What is kept of a screen fits into this: 57.6 KB at most. */
export const keptBox: Box = {width: 160, height: 120};

/** What a plan that keeps one says of it. */
export const pictureWords = 'of the screen, small and private, is kept with it (58 KB at most)';

/** Whether a `<domain>` has a video device that is one (formatdomain.html: the model `none` stands for no device). */
export function hasScreen(domainXml: string): boolean {
	const devices = childNodes(child(rootOf(parseTree(domainXml), 'domain'), 'devices'));
	return devices.some(node => nameOf(node) === 'video' && attribute(child(node, 'model'), 'type') !== 'none');
}

/** As large as fits into the box, in its own proportions: each pixel is the mean of those it stands for. Never larger than it is. */
export function shrunk(raster: Raster, box: Box): Raster {
	const scale = Math.min(1, box.width / raster.width, box.height / raster.height);
	if (scale === 1) return raster;
	const width = Math.max(1, Math.floor(raster.width * scale));
	const height = Math.max(1, Math.floor(raster.height * scale));
	const rgb = new Uint8Array(width * height * 3);
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++) {
			const [left, right] = covered(x, width, raster.width);
			const [top, bottom] = covered(y, height, raster.height);
			rgb.set(mean(raster, {left, right, top, bottom}), (y * width + x) * 3);
		}
	return {width, height, rgb};
}

/** From and up to which of `from` pixels one of `to` stands for. */
const covered = (index: number, to: number, from: number): [number, number] => [
	Math.floor((index * from) / to),
	Math.ceil(((index + 1) * from) / to),
];

type Area = {readonly left: number; readonly right: number; readonly top: number; readonly bottom: number};

const root = (square: number) => Math.round(Math.sqrt(square));

/** Of the light, which grows about with the square of the number: thin letters on black stay visible. */
function mean({width, rgb}: Raster, {left, right, top, bottom}: Area): [number, number, number] {
	let [red, green, blue] = [0, 0, 0];
	for (let y = top; y < bottom; y++)
		for (let x = left; x < right; x++) {
			const at = (y * width + x) * 3;
			red += rgb[at]! ** 2;
			green += rgb[at + 1]! ** 2;
			blue += rgb[at + 2]! ** 2;
		}
	const count = (right - left) * (bottom - top);
	return [root(red / count), root(green / count), root(blue / count)];
}

/** Null where there are not as many bytes as pixels. */
export function rasterOf({width, height, pixels}: Picture): Raster | null {
	const rgb = Buffer.from(pixels, 'base64');
	return rgb.length === width * height * 3 && rgb.length > 0 ? {width, height, rgb} : null;
}
