/** A drawn row as cells of the screen, so that two of them can be compared column by column. */
import {type AnsiCode, reduceAnsiCodesIncremental, tokenize} from '@alcalzone/ansi-tokenize';

export type Cell = {
	readonly text: string;
	/** Parameters of the SGR sequence that gives a plain terminal this style; empty: plain. */
	readonly style: string;
};

export const BLANK: Cell = {text: ' ', style: ''};

/**
 * Nothing but characters that every terminal shows in one column: ASCII, Latin, lines, and the signs of the theme. Terminals
 * disagree about others (emoji, combining marks, East Asian ones), so what stands behind such a character has no sure column.
 * The placeholders of kitty are one column each where they are sent, with marks that number them.
 */
const SURE =
	/^(?:\u{10EEEE}[\u0300-\u036F]*|[ -~\u00A1-\u00AC\u00AE-\u02AF\u2500-\u259F…❯›◆◈●✓✗▸↑↓]|\u001B\[[\d;]*m)*$/u;

const MARK = /[\u0300-\u036F]/;

/** With the marks on it. */
const CHARACTER = /[\s\S][\u0300-\u036F]*/gu;

/** A style, or text up to the next one. */
const PART = /\u001B\[[\d;]*m|[^\u001B]+/g;

/** What sequences set, by their text: there are few in a frame, and to take one apart costs more than all text between two. */
const known = new Map<string, AnsiCode[]>();
const MOST_KNOWN = 1000;

function codesOf(sequence: string): AnsiCode[] {
	const found = known.get(sequence);
	if (found !== undefined) return found;
	// A picture has a colour of its own in each cell.
	if (known.size >= MOST_KNOWN) known.clear();
	const codes = tokenize(sequence) as AnsiCode[];
	known.set(sequence, codes);
	return codes;
}

/** The cells of a row that holds text and SGR sequences; null where the column of some character is not sure. */
export function rowCells(row: string): readonly Cell[] | null {
	if (!SURE.test(row)) return null;
	const cells: Cell[] = [];
	let codes: AnsiCode[] = [];
	let style = '';
	for (const [part] of row.matchAll(PART)) {
		if (part.startsWith('\u001B')) {
			codes = reduceAnsiCodesIncremental(codes, codesOf(part));
			style = codes.map(({code}) => code.slice(2, -1)).join(';');
		} else {
			const characters = MARK.test(part) ? (part.match(CHARACTER) ?? []) : part;
			for (const text of characters) cells.push({text, style});
		}
	}
	return cells;
}

export const sameCell = (one: Cell, other: Cell): boolean => one.text === other.text && one.style === other.style;
