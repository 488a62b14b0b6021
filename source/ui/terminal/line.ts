/** A drawn line as data: screens that scroll are lists of these, made by pure functions and cut to the window. */
import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import {printable} from '../../core/words/text.ts';
import type {Tone} from './theme.ts';

export type Span = {readonly text: string; readonly tone: Tone};
export type Line = readonly Span[];

/** The one way of a text to the screen: whatever could steer the terminal in it is shown as a sign (applying that twice changes nothing). */
export const span = (text: string, tone: Tone = 'plain'): Span => ({text: printable(text), tone});
export const blank: Line = [];

/** How many columns a text takes; what is plain ASCII, nearly all of it, needs no look at Unicode's tables. */
export const columnsOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : stringWidth(text));

export const width = (line: Line): number => line.reduce((sum, part) => sum + columnsOf(part.text), 0);

type Fit = {readonly align?: 'left' | 'right'; readonly cut?: 'end' | 'middle'; readonly ellipsis?: string};

/** The text in exactly so many columns: wide characters count two. */
export function fit(text: string, columns: number, {align = 'left', cut = 'end', ellipsis = '…'}: Fit = {}): string {
	if (columns <= 0) return '';
	const cutText =
		columnsOf(text) > columns ? cliTruncate(text, columns, {position: cut, truncationCharacter: ellipsis}) : text;
	const padding = ' '.repeat(Math.max(0, columns - columnsOf(cutText)));
	return align === 'right' ? padding + cutText : cutText + padding;
}

/** Cut without padding. `position`: what is left out. */
export function cut(text: string, columns: number, ellipsis = '…', position: 'start' | 'end' = 'end'): string {
	if (columns <= 0) return '';
	return columnsOf(text) > columns ? cliTruncate(text, columns, {position, truncationCharacter: ellipsis}) : text;
}

/** Words into rows of at most `columns`; a word longer than that is broken, never lost. `indent` is put before every row but the first. */
export function wrap(text: string, columns: number, indent = ''): string[] {
	const rows: string[] = [];
	const margin = /^ */.exec(text)![0];
	let row = margin;
	const room = () => Math.max(1, columns - (rows.length > 0 ? columnsOf(indent) : 0));
	const push = () => {
		rows.push((rows.length > 0 ? indent : '') + row);
		row = '';
	};
	for (const word of text.slice(margin.length).split(' ')) {
		const joined = row.trim() === '' ? row + word : `${row} ${word}`;
		if (columnsOf(joined) <= room()) {
			row = joined;
			continue;
		}
		if (row.trim() !== '') push();
		row += word;
		while (columnsOf(row) > room()) {
			const [head, tail] = breakAt(row, room());
			row = head;
			push();
			row = tail;
		}
	}
	push();
	return rows;
}

function breakAt(word: string, columns: number): [string, string] {
	let head = '';
	for (const {segment} of graphemes.segment(word)) {
		if (head !== '' && columnsOf(head + segment) > columns) break;
		head += segment;
	}
	return [head, word.slice(head.length)];
}

export const graphemes = new Intl.Segmenter();

/** "label  text" with the text wrapped under itself. */
export function labelled(label: string, text: string, columns: number, tone: Tone = 'plain', labelWidth = 9): Line[] {
	const head = fit(label, labelWidth);
	return wrap(text, Math.max(8, columns - labelWidth)).map((row, index) => [
		span(index === 0 ? head : ' '.repeat(labelWidth), 'dim'),
		span(row, tone),
	]);
}

export function paragraph(text: string, columns: number, tone: Tone = 'plain', indent = ''): Line[] {
	return wrap(text, columns, indent).map(row => [span(row, tone)]);
}
