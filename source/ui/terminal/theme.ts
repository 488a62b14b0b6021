/** Colours and glyphs by meaning. Nothing is shown by colour alone: every tone goes with a word or a glyph. */
import {createContext, useContext} from 'react';
import stringWidth from 'string-width';
import type {HostColor} from '../../core/model/hypervisor.ts';

/** Two colours of a picture: of what is drawn, and behind it. */
export type Paint = `#${string} #${string}`;

/** The name of a host, in the colour that its user gives it. */
type HostTone = `host ${HostColor}`;

export type Tone = NamedTone | HostTone | Paint;

type NamedTone =
	| 'plain'
	| 'dim'
	| 'title'
	| 'accent'
	| 'ok'
	| 'warn'
	| 'bad'
	| 'alarm' // a full line that must be seen
	| 'selected' // the cursor's row in the focused pane
	| 'add'
	| 'change'
	| 'remove'
	| 'key';

type Style = {
	readonly color?: string;
	readonly backgroundColor?: string;
	readonly bold?: boolean;
	readonly dimColor?: boolean;
	readonly inverse?: boolean;
};

export type Glyphs = {
	readonly cursor: string;
	readonly cursorElsewhere: string;
	readonly current: string;
	/** A row that is marked, and one that is the current snapshot as well. */
	readonly marked: string;
	readonly markedCurrent: string;
	/** One row for many. */
	readonly folded: string;
	readonly ellipsis: string;
	readonly horizontal: string;
	readonly vertical: string;
	readonly teeDown: string;
	readonly branch: string;
	readonly lastBranch: string;
	readonly trunk: string;
	readonly done: string;
	readonly failed: string;
	readonly running: string;
	readonly waiting: string;
	readonly unhealthy: string;
	readonly up: string;
	readonly down: string;
	readonly caret: string;
	/** The upper half of a cell, where pictures can be drawn: with characters that have it, and colours. */
	readonly upperHalf: string | null;
	/** Whether key names may be arrows. */
	readonly arrows: boolean;
};

const unicode: Glyphs = {
	cursor: '❯',
	cursorElsewhere: '›',
	current: '◆',
	marked: '●',
	markedCurrent: '◈',
	folded: '▸',
	ellipsis: '…',
	horizontal: '─',
	vertical: '│',
	teeDown: '┬',
	branch: '├─',
	lastBranch: '└─',
	trunk: '│ ',
	done: '✓',
	failed: '✗',
	running: '▸',
	waiting: '·',
	unhealthy: '!',
	up: '↑',
	down: '↓',
	caret: '▏',
	upperHalf: '▀',
	arrows: true,
};

const ascii: Glyphs = {
	cursor: '>',
	cursorElsewhere: '-',
	current: '*',
	marked: '+',
	markedCurrent: '#',
	folded: '=',
	ellipsis: '~',
	horizontal: '-',
	vertical: '|',
	teeDown: '+',
	branch: '|-',
	lastBranch: '`-',
	trunk: '| ',
	done: '+',
	failed: 'x',
	running: '>',
	waiting: '.',
	unhealthy: '!',
	up: '^',
	down: 'v',
	caret: '_',
	upperHalf: null,
	arrows: false,
};

const styles: Readonly<Record<NamedTone, Style>> = {
	plain: {},
	dim: {dimColor: true},
	title: {bold: true},
	accent: {color: 'cyan'},
	ok: {color: 'green'},
	warn: {color: 'yellow'},
	bad: {color: 'red', bold: true},
	alarm: {color: 'white', backgroundColor: 'red', bold: true},
	selected: {inverse: true},
	add: {color: 'green'},
	change: {color: 'yellow'},
	remove: {color: 'red'},
	key: {color: 'cyan', bold: true},
};

export type Theme = {
	readonly glyphs: Glyphs;
	style(tone: Tone): Style;
	/** The text in characters that the terminal's locale has. */
	legible(text: string): string;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** The locale decides, as for any other program: LC_ALL, then LC_CTYPE, then LANG (locale(7)). */
function isUtf8(env: Environment): boolean {
	const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
	return /utf-?8/i.test(locale);
}

/** no-color.org: any non-empty NO_COLOR; a dumb terminal has none either. */
function hasColour(env: Environment): boolean {
	return !env.NO_COLOR && env.TERM !== 'dumb';
}

/** Ink says the colours in those that the terminal has: 24 bits, 256 or 16, by COLORTERM and TERM. */
function styleOf(tone: Tone): Style {
	if (tone.startsWith('host ')) return {color: tone.slice('host '.length), bold: true};
	if (!tone.startsWith('#')) return styles[tone as NamedTone];
	const [color, backgroundColor] = tone.split(' ') as [string, string];
	return {color, backgroundColor};
}

export function makeTheme(env: Environment): Theme {
	const colour = hasColour(env);
	const utf8 = isUtf8(env);
	return {
		glyphs: utf8 && env.TERM !== 'dumb' ? {...unicode, upperHalf: colour ? unicode.upperHalf : null} : ascii,
		style: tone => (colour ? styleOf(tone) : {}),
		legible: utf8 ? text => text : text => text.replaceAll(/[^ -~]/gu, questionMarks),
	};
}

/** As wide as what they stand for, so that columns stay in line. */
const questionMarks = (character: string): string => '?'.repeat(stringWidth(character));

const ThemeContext = createContext<Theme>(makeTheme({LANG: 'C.UTF-8'}));
export const ThemeProvider = ThemeContext.Provider;
export const useTheme = (): Theme => useContext(ThemeContext);
