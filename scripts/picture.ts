/**
 * `npm run picture`: the README's picture, taken from a real run: a lab is started, the built program runs in a terminal, keys are
 * pressed, and the terminal's cells are written as SVG.
 */
import fs from 'node:fs';
import path from 'node:path';
import * as pty from '@lydell/node-pty';
import xterm, {type IBufferCell} from '@xterm/headless';
import {startLab} from '../source/lab/lab.ts';

const columns = 110;
const rows = 30;
const project = path.dirname(import.meta.dirname);
const cellWidth = 8.4;
const cellHeight = 18;
const palette = [
	['#1d2026', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#abb2bf'],
	['#5c6370', '#ff7a85', '#b5e890', '#ffd787', '#7cc5ff', '#d99bf0', '#6fd3df', '#ffffff'],
].flat();

type Picture = {readonly file: string; readonly keys: readonly (readonly [keys: string, appears: RegExp])[]};

/** The screen is taken once the last thing to appear is there. */
const pictures: readonly Picture[] = [
	{
		file: 'docs/screen.svg',
		keys: [
			['', /Koan +running/],
			['/Koan\r', /k3-snap/],
			// Esc takes the filter away, and the selection stays.
			['\u001B', /DBHost/],
			['\t', /Health/],
		],
	},
	{
		file: 'docs/review.svg',
		keys: [
			['', /Koan +running/],
			['/Koan\r', /k3-snap/],
			['\tr', /State afterwards/],
			['\r', /Type k3-snap/],
		],
	},
];

const lab = await startLab({log: line => console.error(`  ${line}`)});
try {
	for (const picture of pictures) {
		const cells = await photograph(lab.uri, picture);
		fs.writeFileSync(path.join(project, picture.file), cells);
		console.error(picture.file);
	}
} finally {
	await lab.stop();
}

async function photograph(uri: string, {keys}: Picture): Promise<string> {
	const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true});
	const {CI: _, NO_COLOR: __, ...inherited} = process.env;
	const child = pty.spawn(process.execPath, [path.join(project, 'cli.js'), '-c', uri], {
		name: 'xterm-256color',
		cols: columns,
		rows,
		env: {...inherited, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8'},
	});
	child.onData(data => terminal.write(data));
	terminal.onData(data => child.write(data));
	try {
		for (const [typed, appears] of keys) {
			child.write(typed);
			await untilShown(terminal, appears);
		}
		return svg(terminal);
	} finally {
		child.kill('SIGKILL');
	}
}

async function untilShown(terminal: xterm.Terminal, what: RegExp): Promise<void> {
	const end = performance.now() + 20_000;
	while (!what.test(text(terminal))) {
		if (performance.now() > end) throw new Error(`${what} did not appear:\n${text(terminal)}`);
		await new Promise(resolve => setTimeout(resolve, 20));
	}
}

function text(terminal: xterm.Terminal): string {
	const buffer = terminal.buffer.active;
	return Array.from({length: rows}, (_, y) => buffer.getLine(y)?.translateToString(true) ?? '').join('\n');
}

/** One text element for each run of cells that look alike; columns are placed by number, so that every font lines up. */
function svg(terminal: xterm.Terminal): string {
	const lines: string[] = [];
	for (let y = 0; y < rows; y++) lines.push(...row(terminal, y));
	const width = columns * cellWidth + 24;
	const height = rows * cellHeight + 24;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14">
<rect width="100%" height="100%" rx="8" fill="#1d2026"/>
<g transform="translate(12 12)" xml:space="preserve">
${lines.join('\n')}
</g>
</svg>
`;
}

function row(terminal: xterm.Terminal, y: number): string[] {
	const line = terminal.buffer.active.getLine(y);
	if (!line) return [];
	const runs: {x: number; width: number; text: string; style: string; back: string | null}[] = [];
	for (let x = 0; x < columns; x++) {
		const cell = line.getCell(x);
		if (!cell || cell.getWidth() === 0) continue;
		const {style, back} = look(cell);
		const last = runs.at(-1);
		const wide = cell.getWidth() > 1;
		if (last && last.style === style && last.back === back && !wide && last.width === [...last.text].length) {
			last.text += cell.getChars() || ' ';
			last.width += 1;
		} else {
			runs.push({x, width: cell.getWidth(), text: cell.getChars() || ' ', style, back});
		}
	}
	return runs.flatMap(run => [
		...(run.back ? [`<rect ${box(run, y)} fill="${run.back}"/>`] : []),
		...(run.text.trim() ? [label(run, y)] : []),
	]);
}

function box({x, width}: {x: number; width: number}, y: number): string {
	return `x="${round(x * cellWidth)}" y="${y * cellHeight}" width="${round(width * cellWidth)}" height="${cellHeight}"`;
}

function label({x, width, text, style}: {x: number; width: number; text: string; style: string}, y: number): string {
	const length = `textLength="${round(width * cellWidth)}" lengthAdjust="spacingAndGlyphs"`;
	return `<text x="${round(x * cellWidth)}" y="${y * cellHeight + 13}" ${length} ${style}>${escapeXml(text)}</text>`;
}

function look(cell: IBufferCell): {style: string; back: string | null} {
	let fore = colour(cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor()) ?? '#d7dae0';
	let back = colour(cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor());
	if (cell.isInverse()) [fore, back] = [back ?? '#1d2026', fore];
	const weight = cell.isBold() ? ' font-weight="bold"' : '';
	const dim = cell.isDim() ? ' opacity="0.6"' : '';
	return {style: `fill="${fore}"${weight}${dim}`, back};
}

function colour(rgb: boolean, indexed: boolean, value: number): string | null {
	if (rgb) return `#${value.toString(16).padStart(6, '0')}`;
	if (!indexed) return null;
	if (value < 16) return palette[value]!;
	if (value >= 232) return grey(8 + (value - 232) * 10);
	const level = (n: number) => (n === 0 ? 0 : 55 + n * 40);
	const cube = value - 16;
	return `rgb(${level(Math.floor(cube / 36))},${level(Math.floor(cube / 6) % 6)},${level(cube % 6)})`;
}

function grey(level: number): string {
	return `rgb(${level},${level},${level})`;
}

function escapeXml(value: string): string {
	return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
