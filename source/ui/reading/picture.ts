/** The picture that is kept with a snapshot, whole on one page. */
import {type Picture, rasterOf, shrunk} from '../../core/snapshots/contents/picture.ts';
import {formatBytes, t} from '../../core/words/text.ts';
import {halfBlocks} from '../terminal/half-blocks.ts';
import {type Line, labelled} from '../terminal/line.ts';
import type {Glyphs} from '../terminal/theme.ts';

/** Each cell may have colours of its own, which takes time and some 40 bytes: a terminal of 200x60 would take a second. */
const mostCells = {width: 80, height: 24};

type Room = {readonly columns: number; readonly rows: number; readonly glyphs: Glyphs};

export function pictureLines(picture: Picture | null, {columns, rows, glyphs}: Room): readonly Line[] {
	if (picture === null) return [];
	const raster = rasterOf(picture);
	const cannot = glyphs.upperHalf === null ? '; drawing it takes UTF-8 and colours' : '';
	const where = labelled('Screen', t`${formatBytes(picture.bytes)} in ${picture.file}${cannot}`, columns);
	if (raster === null || glyphs.upperHalf === null) return where;
	const box = {width: Math.min(columns, mostCells.width), height: Math.min(rows, mostCells.height) * 2};
	return [...where, ...halfBlocks(shrunk(raster, box), glyphs.upperHalf)];
}
