/** Puts a picture where it is stood in for in a frame, and takes it away again. */
import {type Picture, type Raster, rasterOf} from '../../../core/snapshots/contents/picture.ts';
import {columnsOf} from '../line.ts';
import {forgetImage, IMAGE_STYLE, kittyImage} from './kitty.ts';
import type {Pixels} from './pixels.ts';
import {sixel, stretched} from './sixel.ts';
import {placeholders, type StoodIn, standInOf} from './stand-in.ts';

/** `anew`: only a whole frame is sure to leave nothing of what was drawn before. */
type Painted = {
	readonly rows: readonly string[];
	readonly before: string;
	readonly behind: string;
	readonly anew: boolean;
};

export type Painter = {
	/** The picture that frames stand in for from now on, and how the terminal draws it; null: with characters. */
	show(picture: Picture | null, pixels: Pixels | null): void;
	/** @param known whether what was painted last stands on the terminal */
	paint(frame: readonly string[], known: boolean): Painted;
	/** What takes away all that the terminal keeps beside its cells. */
	leave(): string;
};

type Part = StoodIn & {readonly row: number};

const SGR = /\u001B\[[\d;]*m/g;

export function painter(): Painter {
	let picture: Picture | null = null;
	let raster: Raster | null = null;
	let pixels: Pixels | null = null;
	/** Counts pictures, and ways of drawing them. */
	let turn = 0;
	/** What kitty has, or where sixels stand; empty: nothing. */
	let drawn = '';

	const kitty = (parts: readonly Part[], image: Raster | null, known: boolean): string => {
		const [part] = parts;
		const wanted = part && image ? `${turn} ${part.columns} ${part.rows}` : '';
		if (wanted === drawn && (known || wanted === '')) return '';
		drawn = wanted;
		return part && image ? kittyImage(image, part) : forgetImage;
	};
	const sixels = (parts: readonly Part[], image: Raster | null, known: boolean): Pick<Painted, 'behind' | 'anew'> => {
		const wanted = image
			? parts.map(({row, before, line, columns, rows}) => [turn, row, before, line, columns, rows])
			: [];
		const place = wanted.join('\n');
		const moved = drawn !== '' && place !== '' && place !== drawn;
		if (place === drawn && known) return {behind: '', anew: false};
		drawn = place;
		return {behind: image && pixels && parts.length > 0 ? sixelsAt(parts, image, pixels) : '', anew: moved};
	};
	return {
		show(shown, by) {
			if (shown === picture && by === pixels) return;
			if (shown !== picture) raster = shown && rasterOf(shown);
			[picture, pixels] = [shown, by];
			turn++;
		},
		paint(frame, known) {
			const parts = frame.flatMap((text, row): Part[] => {
				const found = standInOf(text);
				return found ? [{...found, row}] : [];
			});
			if (parts.length === 0 && drawn === '') return {rows: frame, before: '', behind: '', anew: false};
			const by = pixels?.by ?? null;
			const rows = [...frame];
			for (const part of parts) rows[part.row] = rowFor(part, raster === null ? null : by);
			if (by === 'sixel') return {rows, before: '', ...sixels(parts, raster, known)};
			return {rows, before: by === 'kitty' ? kitty(parts, raster, known) : '', behind: '', anew: false};
		},
		leave() {
			const had = pixels?.by === 'kitty' && drawn !== '';
			drawn = '';
			return had ? forgetImage : '';
		},
	};
}

/** Below sixels stand blanks that no others equal: where they are not wanted any more, what comes is sent, and they are gone. */
function rowFor({before, line, columns, behind}: Part, by: Pixels['by'] | null): string {
	if (by === 'kitty') return `${before}\u001B[${IMAGE_STYLE}m${placeholders(line, columns)}\u001B[39m${behind}`;
	const blanks = ' '.repeat(columns);
	return by === 'sixel' ? `${before}\u001B[8m${blanks}\u001B[28m${behind}` : before + blanks + behind;
}

/** The rows that are in view, with the cursor put back. */
function sixelsAt(parts: readonly Part[], image: Raster, {cell}: Pixels): string {
	const [first] = parts as [Part];
	const whole = stretched(image, first.columns * cell.width, first.rows * cell.height);
	const bytesOfLine = whole.width * cell.height * 3;
	const shown = whole.rgb.subarray(first.line * bytesOfLine, (first.line + parts.length) * bytesOfLine);
	const column = columnsOf(first.before.replaceAll(SGR, '')) + 1;
	const text = sixel({width: whole.width, height: parts.length * cell.height, rgb: shown});
	return `\u001B7\u001B[${first.row + 1};${column}H${text}\u001B8`;
}
