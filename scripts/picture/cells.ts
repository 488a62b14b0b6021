/** What a terminal shows, as runs of cells that look alike. */
import type {IBufferCell, Terminal} from '@xterm/headless';

export type Run = {
	/** Column of its first cell. */
	readonly x: number;
	/** In columns. */
	readonly width: number;
	readonly text: string;
	readonly colour: string;
	readonly bold: boolean;
	readonly dim: boolean;
	/** Null where it is the terminal's own. */
	readonly background: string | null;
};

export const ground = '#1d2026';

export const ink = '#d7dae0';

const palette = [
	[ground, '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#abb2bf'],
	['#5c6370', '#ff7a85', '#b5e890', '#ffd787', '#7cc5ff', '#d99bf0', '#6fd3df', '#ffffff'],
].flat();

/** Each line of the screen, from the top; blank ones hold nothing. */
export function screenRuns(terminal: Terminal): Run[][] {
	return Array.from({length: terminal.rows}, (_, y) => lineRuns(terminal, y).filter(isSeen).map(withoutMargins));
}

function lineRuns(terminal: Terminal, y: number): Run[] {
	const line = terminal.buffer.active.getLine(y);
	const runs: Run[] = [];
	for (let x = 0; line && x < terminal.cols; x++) {
		const cell = line.getCell(x);
		if (!cell || cell.getWidth() === 0) continue;
		const run = {x, width: cell.getWidth(), text: cell.getChars() || ' ', ...look(cell)};
		const last = runs.at(-1);
		// A wide character stays alone: the next column is found by number, whatever the font makes of it.
		const joins = last && sameLook(last, run) && run.width === 1 && last.width === [...last.text].length;
		if (joins) runs[runs.length - 1] = {...last, text: last.text + run.text, width: last.width + 1};
		else runs.push(run);
	}

	return runs;
}

function sameLook(one: Run, other: Run): boolean {
	const {colour, bold, dim, background} = one;
	return other.colour === colour && other.bold === bold && other.dim === dim && other.background === background;
}

function isSeen({text, background}: Run): boolean {
	return background !== null || text.trim() !== '';
}

/** Spaces at both ends take no ink where the background is the terminal's own. */
function withoutMargins(run: Run): Run {
	if (run.background !== null || run.width !== [...run.text].length) return run;
	const text = run.text.trim();
	const before = run.text.length - run.text.trimStart().length;
	return {...run, x: run.x + before, width: [...text].length, text};
}

function look(cell: IBufferCell): Pick<Run, 'colour' | 'bold' | 'dim' | 'background'> {
	const front = colourOf(cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor()) ?? ink;
	const behind = colourOf(cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor());
	const [colour, background] = cell.isInverse() ? [behind ?? ground, front] : [front, behind];
	return {colour, background, bold: Boolean(cell.isBold()), dim: Boolean(cell.isDim())};
}

function colourOf(rgb: boolean, indexed: boolean, value: number): string | null {
	if (rgb) return `#${value.toString(16).padStart(6, '0')}`;
	if (!indexed) return null;
	if (value < 16) return palette[value]!;
	const grey = 8 + (value - 232) * 10;
	if (value >= 232) return `rgb(${grey},${grey},${grey})`;
	const level = (n: number) => (n === 0 ? 0 : 55 + n * 40);
	const cube = value - 16;
	return `rgb(${level(Math.floor(cube / 36))},${level(Math.floor(cube / 6) % 6)},${level(cube % 6)})`;
}
