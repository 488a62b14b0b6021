/** The picture that is kept with a snapshot, whole on one page. */
import {type Picture, rasterOf, shrunk} from '../../core/snapshots/contents/picture.ts';
import {formatBytes, t} from '../../core/words/text.ts';
import {type Line, labelled} from '../terminal/line.ts';
import {halfBlocks} from '../terminal/pictures/half-blocks.ts';
import type {Pixels} from '../terminal/pictures/pixels.ts';
import {boxFor, standIn} from '../terminal/pictures/stand-in.ts';
import type {Glyphs} from '../terminal/theme.ts';

/** Each cell may have colours of its own, which takes time and some 40 bytes: a terminal of 200x60 would take a second. */
const mostCells = {columns: 80, rows: 24};

type Room = {readonly columns: number; readonly rows: number; readonly glyphs: Glyphs; readonly pixels: Pixels | null};

export function pictureLines(picture: Picture | null, {columns, rows, glyphs, pixels}: Room): readonly Line[] {
	if (picture === null) return [];
	const raster = rasterOf(picture);
	const cannot = glyphs.upperHalf === null ? '; drawing it takes UTF-8 and colours' : '';
	const where = labelled('Screen', t`${formatBytes(picture.bytes)} in ${picture.file}${cannot}`, columns);
	if (raster === null || glyphs.upperHalf === null) return where;
	const box = {columns: Math.min(columns, mostCells.columns), rows: Math.min(rows, mostCells.rows)};
	if (pixels !== null) return [...where, ...standIn(boxFor(raster, box, pixels.cell))];
	return [...where, ...halfBlocks(shrunk(raster, {width: box.columns, height: box.rows * 2}), glyphs.upperHalf)];
}
