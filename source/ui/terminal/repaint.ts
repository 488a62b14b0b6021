/** What a terminal has to be sent so that rows on it become other rows: only the cells that differ. */
import type {WriteStream} from 'node:tty';
import {BLANK, type Cell, rowCells, sameCell} from './cells.ts';

export type ScreenSize = {readonly columns: number; readonly rows: number};

/** As Ink takes it where a terminal does not say. */
export const sizeOf = ({columns, rows}: WriteStream): ScreenSize => ({columns: columns || 80, rows: rows || 24});

const CSI = '\u001B[';

/** Plain style, and nothing on the screen. */
export const CLEAR = `${CSI}m${CSI}H${CSI}2J`;

/** Bytes of a step over cells: fewer of them are as well written anew. */
const STEP = 4;

/** Both are rows of text and SGR sequences that begin and end plain; those that are missing at the end are blank. */
export function repaint(before: readonly string[], after: readonly string[], {columns, rows}: ScreenSize): string {
	const pen = new Pen();
	for (let row = 0; row < rows; row++) {
		const [from, to] = [before[row] ?? '', after[row] ?? ''];
		if (from !== to) repaintRow(pen, row, {from, to, columns});
	}
	return pen.finished();
}

type Row = {readonly from: string; readonly to: string; readonly columns: number};

function repaintRow(pen: Pen, row: number, {from, to, columns}: Row): void {
	const [old, cells] = [rowCells(from), rowCells(to)];
	if (old === null || cells === null) {
		pen.wholeRow(row, to);
		return;
	}
	const was = (column: number) => old[column] ?? BLANK;
	const is = (column: number) => cells[column] ?? BLANK;
	const end = lastIndex(columns, column => !sameCell(was(column), is(column))) + 1;
	// Behind this the row is blank up to its end.
	const filled = lastIndex(Math.min(columns, cells.length), column => !sameCell(is(column), BLANK)) + 1;
	const erase = end - filled >= STEP;
	for (let column = 0; column < (erase ? filled : end); column++) {
		if (!sameCell(was(column), is(column))) pen.put(row, column, is);
	}
	if (erase) pen.eraseFrom(row, filled);
}

/** The last index below `count` that is so, or -1. */
function lastIndex(count: number, isSo: (index: number) => boolean): number {
	for (let index = count - 1; index >= 0; index--) if (isSo(index)) return index;
	return -1;
}

/** Where the terminal's cursor stands, in which style, and what has been written. */
class Pen {
	#text = '';
	#style = '';
	#row = -1;
	#column = -1;

	/** @param is the cells of this row, for those that are cheaper written anew than stepped over */
	put(row: number, column: number, is: (column: number) => Cell): void {
		if (row === this.#row && column - this.#column < STEP) {
			while (this.#column < column && is(this.#column).style === this.#style) this.#write(is(this.#column));
		}
		this.#go(row, column);
		this.#write(is(column));
	}

	/** The rest of a row, which is blank. */
	eraseFrom(row: number, column: number): void {
		// Some terminals erase in the colour that is set.
		this.#setStyle('');
		this.#go(row, column);
		this.#text += `${CSI}K`;
	}

	/** It may come out wider or narrower than it should: what was there is erased before, and it does not run into the next row. */
	wholeRow(row: number, text: string): void {
		this.eraseFrom(row, 0);
		this.#text += `${CSI}?7l${text}${CSI}m${CSI}?7h`;
		this.#column = -1;
		this.#row = -1;
	}

	finished(): string {
		this.#setStyle('');
		return this.#text;
	}

	#write({text, style}: Cell): void {
		this.#setStyle(style);
		this.#text += text;
		this.#column++;
	}

	#go(row: number, column: number): void {
		if (row === this.#row && column === this.#column) return;
		if (row === this.#row && column > this.#column) this.#text += `${CSI}${column - this.#column}C`;
		else this.#text += `${CSI}${row + 1}${column === 0 ? '' : `;${column + 1}`}H`;
		this.#row = row;
		this.#column = column;
	}

	#setStyle(style: string): void {
		if (style === this.#style) return;
		if (style === '') this.#text += `${CSI}m`;
		else this.#text += `${CSI}${this.#style === '' ? '' : '0;'}${style}m`;
		this.#style = style;
	}
}
