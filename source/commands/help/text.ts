/** Help, written from the command table. */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type {Command, Options} from '../command.ts';
import {exitMeanings} from '../context.ts';
import {globalOptions, shownOptions, synopsis, typedOption} from '../line/synopsis.ts';
import {topicNames} from './topic-names.ts';

/** Widest line: what every terminal shows whole. */
const columns = 80;

/** Of the words on the left. */
const usualWidth = 24;

/** What `virsnap --help` prints. */
export function helpOf(commands: readonly Command[]): string {
	const shown = commands.filter(({hidden}) => !hidden);
	return [
		'virsnap: snapshots of KVM/libvirt domains, in a terminal',
		'',
		...rows([
			['virsnap [-c URI]', 'the terminal UI; if stdin or stdout is not a terminal: the same as list'],
			['virsnap COMMAND …', 'one of these commands; its help: virsnap COMMAND --help'],
		]).map(line => line.slice(2)),
		'',
		...rows(
			shown.map(({name, summary}) => [name, summary]),
			widest(shown.map(({name}) => name)),
		),
		'',
		'Options:',
		...optionRows(globalOptions),
		'',
		...wrapped(`Help on a topic: ${topicNames.map(name => `virsnap help ${name}`).join(', ')}.`, ''),
		'',
		statusLine(),
	].join('\n');
}

/** What `virsnap COMMAND --help` prints. */
export function commandHelp(command: Command): string {
	const {summary, description = [], arguments: words, options, examples} = command;
	return [
		...usage(command, '  '),
		'',
		...[summarySentence(summary), ...description].flatMap((text, at) => [
			...(at > 0 ? [''] : []),
			...wrapped(text, '  '),
		]),
		...section('Arguments', rows(words.map(({name, help}) => [name, help]))),
		...section('Options', [...optionRows(options as Options), ...optionRows(globalOptions)]),
		...section(
			'Examples',
			examples.flatMap(({line, does}) => [`  virsnap ${line}`, ...wrapped(does, '      ')]),
		),
		'',
		statusLine(),
	].join('\n');
}

/** How it is typed, in lines that break between what stands in brackets. */
function usage(command: Command, hanging: string): string[] {
	const unbroken = synopsis(command).replace(/\[[^\]]*\]/g, choice => choice.replaceAll(' ', '\u00A0'));
	return wrapped(`virsnap ${unbroken}`, '', hanging).map(line => line.replaceAll('\u00A0', ' '));
}

/** Every command as it is typed, with its summary: the list of the README. */
export function commandList(commands: readonly Command[]): string {
	const shown = commands.filter(({hidden}) => !hidden);
	return shown.flatMap(command => [...usage(command, '        '), ...wrapped(command.summary, '    ')]).join('\n');
}

/** A summary of the table, with the capital and the full stop of a sentence. */
export function summarySentence(summary: string): string {
	return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function statusLine(): string {
	const known = Object.entries(exitMeanings).map(([status, meaning]) => `${status} ${meaning.short}`);
	return wrapped(`Exit status: ${known.join(', ')}.`, '').join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
	return lines.length === 0 ? [] : ['', `${title}:`, ...lines];
}

function optionRows(options: Options): string[] {
	return rows(
		Object.entries(shownOptions(options)).map(([name, option]) => [
			`${option.short === undefined ? '    ' : `-${option.short}, `}${typedOption(name, option)}`,
			option.help,
		]),
	);
}

/** Columns of the widest of these words; what is wider than most is left to stand out. */
export const widest = (words: readonly string[]): number =>
	Math.max(...words.map(word => stringWidth(word)).filter(width => width <= usualWidth));

/** Two columns, the second wrapped under itself. */
export function rows(cells: readonly (readonly [string, string])[], width = usualWidth): string[] {
	return cells.flatMap(([left, right]) => {
		const [first = '', ...rest] = wrapped(right, ' '.repeat(width + 4));
		const pad = ' '.repeat(Math.max(2, width + 2 - stringWidth(left)));
		return [`  ${left}${pad}${first.trimStart()}`, ...rest];
	});
}

/** A paragraph as lines, each behind this margin; those after the first behind `hanging` as well. */
export function wrapped(text: string, margin: string, hanging = ''): string[] {
	const lines = wrapAnsi(text, columns - margin.length - hanging.length).split('\n');
	return lines.map((line, index) => `${margin}${index === 0 ? '' : hanging}${line}`);
}
