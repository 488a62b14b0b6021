/**
 * What stands in a frame for a picture of pixels: characters, one for each cell that it covers. So a picture is scrolled, cut and left
 * like any text, and each frame tells which part of it is where. They are those that kitty takes for parts of an image.
 */
import type {Raster} from '../../../core/snapshots/contents/picture.ts';
import type {Line} from '../line.ts';
import type {CellSize} from './pixels.ts';

export const PLACEHOLDER = '\u{10EEEE}';

/** Numbers from 0 as kitty has them (rowcolumn-diacritics.txt): as many as a picture has lines, and more. */
const NUMBERS =
	'\u0305\u030D\u030E\u0310\u0312\u033D\u033E\u033F\u0346\u034A\u034B\u034C\u0350\u0351\u0352\u0357\u035B\u0363\u0364\u0365\u0366\u0367\u0368\u0369\u036A\u036B\u036C\u036D\u036E\u036F';

export type CellBox = {readonly columns: number; readonly rows: number};

/** More than this shows no more of 160x120 pixels. */
const largest = 4;

/** As many cells as the picture takes in its own proportions, in a box of cells. */
export function boxFor(raster: Raster, box: CellBox, cell: CellSize): CellBox {
	const across = (box.columns * cell.width) / raster.width;
	// Of kitty without a size only the proportions are known.
	const limit = cell.width < 4 ? Number.POSITIVE_INFINITY : largest;
	const scale = Math.min(across, (box.rows * cell.height) / raster.height, limit);
	const count = (pixels: number, of: number) => Math.max(1, Math.round((pixels * scale) / of));
	return {columns: count(raster.width, cell.width), rows: count(raster.height, cell.height)};
}

/** A line for each row of cells. The first cell has the number of the row, and of the last one. */
export function standIn({columns, rows}: CellBox): readonly Line[] {
	return Array.from({length: rows}, (_, row) => [
		{text: PLACEHOLDER + NUMBERS[row]! + NUMBERS[rows - 1]! + PLACEHOLDER.repeat(columns - 1), tone: 'plain'},
	]);
}

/** A part of a row of a frame that stands for row `line` of a picture that has so many cells. */
export type StoodIn = CellBox & {readonly before: string; readonly line: number; readonly behind: string};

const RUN = /^(.*?)\u{10EEEE}([\u0300-\u036F])([\u0300-\u036F])((?:\u{10EEEE})*)(.*)$/u;

/** Null where none does. */
export function standInOf(row: string): StoodIn | null {
	const run = row.includes(PLACEHOLDER) ? RUN.exec(row) : null;
	if (run === null) return null;
	const [, before, line, last, more, behind] = run as unknown as [string, string, string, string, string, string];
	return {
		before,
		line: NUMBERS.indexOf(line),
		columns: 1 + more.length / PLACEHOLDER.length,
		rows: NUMBERS.indexOf(last) + 1,
		behind,
	};
}

/** A row of an image as kitty finds it: the cells behind the first one go on from it. */
export const placeholders = (line: number, columns: number): string =>
	PLACEHOLDER + NUMBERS[line]! + NUMBERS[0]! + PLACEHOLDER.repeat(columns - 1);
