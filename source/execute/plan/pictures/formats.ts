/** Files of pictures: what libvirt makes of a screen (PPM before QEMU 7.1, PNG since), and what is kept (PPM). */
import type {Raster} from '../../../core/snapshots/contents/picture.ts';

/** More than any screen has that is worth the time: 5120x2880 is less. */
const mostPixels = 16_000_000;

/** The picture in the bytes of a file; null where they are neither format, not whole, or of a screen that is too large. */
export async function readRaster(bytes: Buffer): Promise<Raster | null> {
	return bytes.subarray(0, 8).equals(pngMark) ? readPng(bytes) : readPpm(bytes);
}

/** https://netpbm.sourceforge.net/doc/ppm.html: one image, three numbers in ASCII, of which the last is 255 where each byte is a colour. */
export function readPpm(bytes: Buffer): Raster | null {
	const header = /^P6\s+(?:#[^\n]*\n\s*)*(\d{1,5})\s+(\d{1,5})\s+255\s/.exec(bytes.toString('latin1', 0, 256));
	if (header === null) return null;
	const [width, height] = [Number(header[1]), Number(header[2])];
	const rgb = bytes.subarray(header[0].length, header[0].length + width * height * 3);
	return isDrawable(width, height) && rgb.length === width * height * 3 ? {width, height, rgb} : null;
}

/** `owner`: a word that is kept with it, as a comment; null: none. */
export function writePpm({width, height, rgb}: Raster, owner: string | null = null): Buffer {
	const comment = owner === null ? '' : `# of ${owner}\n`;
	return Buffer.concat([Buffer.from(`P6\n${comment}${width} ${height}\n255\n`), rgb]);
}

/** Whose picture the first bytes of a file say it is; null where they do not. */
export const ownerIn = (bytes: Buffer): string | null =>
	/^P6\n# of (\S{1,80})\n/.exec(bytes.toString('latin1', 0, 128))?.[1] ?? null;

const pngMark = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

async function readPng(bytes: Buffer): Promise<Raster | null> {
	// Its size is looked at before anything is unpacked.
	if (bytes.length < 24 || !isDrawable(bytes.readUInt32BE(16), bytes.readUInt32BE(20))) return null;
	const {PNG} = (await import('pngjs')).default;
	try {
		const {width, height, data} = PNG.sync.read(bytes);
		const rgb = new Uint8Array(width * height * 3);
		for (let pixel = 0; pixel < width * height; pixel++) rgb.set(data.subarray(pixel * 4, pixel * 4 + 3), pixel * 3);
		return {width, height, rgb};
	} catch {
		return null;
	}
}

const isDrawable = (width: number, height: number) => width > 0 && height > 0 && width * height <= mostPixels;
