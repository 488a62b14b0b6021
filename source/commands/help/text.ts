/** Help, written from the command table. */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type {Command, Options} from '../command.ts';
import {exitMeanings} from '../context.ts';
import {globalOptions, shownOptions, synopsis, typedOption} from '../line/synopsis.ts';
import {topicNames} from './topic-names.ts';

/** Widest line. */
const columns = 100;

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
		...rows(shown.map(({name, summary}) => [name, summary])),
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
		...wrapped(`virsnap ${synopsis(command)}`, '', '  '),
		'',
		...[summary, ...description].flatMap(text => wrapped(text, '  ')),
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

/** Every command as it is typed, with its summary: the list of the README. */
export function commandList(commands: readonly Command[]): string {
	const shown = commands.filter(({hidden}) => !hidden);
	return shown
		.flatMap(command => [
			...wrapped(`virsnap ${synopsis(command)}`, '', '        '),
			...wrapped(command.summary, '    '),
		])
		.join('\n');
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

/** Two columns, the second wrapped under itself. */
export function rows(cells: readonly (readonly [string, string])[]): string[] {
	const width = Math.max(24, ...cells.map(([left]) => stringWidth(left)).filter(one => one <= 24));
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
