/** What stands above a list and beside its rows. */
import {t} from '../../core/words/text.ts';
import {columnsOf} from '../terminal/line.ts';
import type {Glyphs} from '../terminal/theme.ts';

/** Cursor, and the glyph of what is marked or current. */
export const MARGIN = 2;

/** The title, and behind it as many of these as it has columns for; empty ones say nothing. */
export function withWhatFits(title: string, more: readonly string[], columns: number): string {
	return more
		.filter(words => words !== '')
		.reduce((all, words) => (columnsOf(`${all}  ${words}`) <= columns ? `${all}  ${words}` : all), title);
}

/** " 3", or with marks and a filter " 2 of 3, 1 marked /web" */
export function countedRows(shown: number, all: number | undefined, marked: number, filter: string): string {
	if (all === undefined) return '';
	const marks = marked === 0 ? '' : `, ${marked} marked`;
	return filter === '' ? ` ${all}${marks}` : t` ${shown} of ${all}${marks} /${filter}`;
}

export function marginOf(glyphs: Glyphs, marked: boolean, current: boolean): string {
	if (marked) return current ? glyphs.markedCurrent : glyphs.marked;
	return current ? glyphs.current : ' ';
}
