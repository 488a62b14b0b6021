/** Images of the terminal graphics protocol (https://sw.kovidgoyal.net/kitty/graphics-protocol/), drawn where placeholders stand. */
import {deflateSync} from 'node:zlib';
import type {Raster} from '../../../core/snapshots/contents/picture.ts';
import type {CellBox} from './stand-in.ts';

/** At most 255: the colour of the placeholders tells it, and every terminal can be told one of 256. */
const IMAGE = 118;

/** What placeholders of the image are written in. */
export const IMAGE_STYLE = `38;5;${IMAGE}`;

/** Longer ones are not taken. */
const CHUNK = 4096;

const command = (keys: string, payload = ''): string => `\u001B_G${keys}${payload === '' ? '' : `;${payload}`}\u001B\\`;

/** Sends the image (RGB, deflated) for so many cells, in place of the one before. Nothing is answered. */
export function kittyImage({width, height, rgb}: Raster, {columns, rows}: CellBox): string {
	const data = deflateSync(rgb).toString('base64');
	const chunks = data.match(new RegExp(`.{1,${CHUNK}}`, 'g')) ?? [];
	const keys = `a=T,U=1,i=${IMAGE},f=24,o=z,s=${width},v=${height},c=${columns},r=${rows}`;
	return chunks
		.map((chunk, index) => {
			const more = index < chunks.length - 1 ? 1 : 0;
			return command(index === 0 ? `${keys},q=2,m=${more}` : `q=2,m=${more}`, chunk);
		})
		.join('');
}

/** Takes it away, its data too. */
export const forgetImage = command(`a=d,d=I,i=${IMAGE},q=2`);
