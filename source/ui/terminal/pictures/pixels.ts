/** Whether a terminal can draw pixels, and how: it is asked, since neither its name nor the way to it tells. */
import type {ScreenSize} from '../repaint.ts';
import type {Environment} from '../theme.ts';

export type CellSize = {readonly width: number; readonly height: number};

/** `kitty`: with Unicode placeholders. `cell`: pixels of one character. */
export type Pixels = {readonly by: 'kitty' | 'sixel'; readonly cell: CellSize};

const [ESC, ST] = ['\u001B', '\u001B\\'];

/** Of the image in the question, which is never kept; answers repeat it. */
const QUERY = 7331;

/**
 * The size of a cell (XTWINOPS 16), that of all cells (XTSMGRAPHICS 2: xterm tells this one to everybody), whether the graphics protocol of kitty is spoken (its documentation, "Querying support"), what the
 * terminal is called (XTVERSION), and what it is (DA1), which every terminal answers: as the last one, so that nothing comes behind it.
 */
export const QUESTION = `${ESC}[16t${ESC}[?2;1;0S${ESC}_Gi=${QUERY},s=1,v=1,a=q,t=d,f=24;AAAA${ST}${ESC}[>q${ESC}[c`;

/**
 * Multiplexers answer for themselves: tmux 3.5 claims sixel whatever terminal it is shown on, and takes the question of kitty for a title.
 * The console of Linux and dumb terminals would print it.
 */
export const canBeAsked = ({TERM = '', TMUX = ''}: Environment): boolean =>
	TMUX === '' && TERM !== '' && !/^(?:dumb|linux|screen|tmux|vt\d|ansi|cons|unknown)/.test(TERM);

const REPORT = new RegExp(
	`^${ESC}(?:_Gi=${QUERY};[ -~]*${ESC}\\\\|P>\\|[ -~]*${ESC}\\\\|\\[\\?[\\d;]*[cS]|\\[6;\\d+;\\d+t)`,
);
const BEGUN = new RegExp(
	`^${ESC}(?:_(?:G(?:i(?:=(?:[\\d]*(?:;[ -~]*${ESC}?)?)?)?)?)?|P(?:>(?:\\|[ -~]*${ESC}?)?)?|\\[(?:\\?[\\d;]*|6(?:;[\\d;]*)?)?)$`,
);
/** Nobody presses Esc and these keys behind it. */
const CERTAIN = new RegExp(`^${ESC}(?:_Gi=|P>\\||\\[\\?|\\[6;)`);

/** Whether what has come of an answer could also have been typed. */
export type Begun = 'surely' | 'maybe';

/** The answer that `input` begins with; of length 0 where the rest of one may still come; null: it is none. */
export function reportIn(input: string): {readonly length: number; readonly begun: Begun} | null {
	const report = REPORT.exec(input);
	const begun = CERTAIN.test(input) ? 'surely' : 'maybe';
	if (report) return {length: report[0].length, begun};
	return BEGUN.test(input) ? {length: 0, begun} : null;
}

/** Whether this answer is the one to what was asked last. */
export const isLastReport = (report: string): boolean => report.startsWith(`${ESC}[?`) && report.endsWith('c');

/** What all answers to the question say together, of a terminal with so many cells; null: characters only. */
export function pixelsOf(reports: readonly string[], screen: ScreenSize): Pixels | null {
	const cell = [...reports.map(cellIn), ...reports.map(one => partIn(one, screen))].find(isSensible) ?? null;
	const name = reports.find(report => report.startsWith(`${ESC}P`))?.slice(4, -2) ?? '';
	if (reports.includes(`${ESC}_Gi=${QUERY};OK${ST}`) && hasPlaceholders(name))
		return {by: 'kitty', cell: cell ?? {width: 1, height: 2}};
	const attributes = reports.find(isLastReport)?.slice(3, -1).split(';') ?? [];
	const hasSixel = attributes.includes('4') && !name.startsWith('tmux');
	return hasSixel && cell !== null ? {by: 'sixel', cell} : null;
}

/** Others (Konsole, WezTerm) speak the protocol without placeholders, and would show signs. kitty has them since 0.28. */
function hasPlaceholders(name: string): boolean {
	const kitty = /^kitty\((\d+)\.(\d+)/.exec(name);
	return kitty ? Number(kitty[1]) > 0 || Number(kitty[2]) >= 28 : /^ghostty\b/i.test(name);
}

const isSensible = ({width, height}: CellSize): boolean => width >= 4 && height >= 4 && width <= 200 && height <= 200;

function cellIn(report: string): CellSize {
	const [, height, width] = /\[6;(\d+);(\d+)t$/.exec(report) ?? [];
	return {width: Number(width), height: Number(height)};
}

/** Never larger than a cell is: no terminal tells of more than it would draw (xterm: 1000x1000). */
function partIn(report: string, {columns, rows}: ScreenSize): CellSize {
	const [, width, height] = /\[\?2;0;(\d+);(\d+)S$/.exec(report) ?? [];
	return {width: Math.floor(Number(width) / columns), height: Math.floor(Number(height) / rows)};
}
