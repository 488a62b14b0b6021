/** From argv to a command with its words and options, or a `UsageError` that says what would be right. */
import {type ParseArgsOptionsConfig, parseArgs} from 'node:util';
import {t} from '../../core/words/text.ts';
import type {Command, Options} from '../command.ts';
import {UsageError} from '../context.ts';
import {nearest} from './nearest.ts';
import {globalOptions, shownOptions, typedOption, usageOf} from './synopsis.ts';

export type CommandLine = {
	/** Null where none was typed. */
	readonly command: Command | null;
	/** What follows the command and is no option. */
	readonly words: readonly string[];
	readonly options: Readonly<Record<string, string | readonly string[] | true | undefined>>;
	/** Every `-c`, in the order given. */
	readonly connect: readonly string[];
};

/** Parse a command line. Rejects unknown commands and options, missing values and a wrong number of words. */
export function parseCommandLine(commands: readonly Command[], argv: readonly string[]): CommandLine {
	const [name, verb] = wordsOf(commands, argv);
	if (name === undefined) return {...parseOptions(argv, globalOptions, null), command: null, words: []};
	const command = commands.find(known => known.name === name);
	if (!command) throw unknownCommand(commands, name);
	const inner = command.of?.find(known => known.name === verb) ?? null;
	const known: Options = {...globalOptions, ...(inner && withoutExecution(inner)), ...command.options};
	const {words, ...given} = parseOptions(argv, known, inner ?? command);
	const line: CommandLine = {command, words: words.slice(1), ...given};
	if (!line.options.help) check(commands, line, inner);
	return line;
}

/** The options of a command that `plan` takes: it needs no confirmation, since nothing is carried out. */
function withoutExecution({options}: Command): Options {
	const {yes: _, ...rest} = options as Options;
	return rest;
}

/** The words of a line of which the command is not known yet: the options of all commands tell which of them take a value. */
function wordsOf(commands: readonly Command[], argv: readonly string[]): readonly string[] {
	const all = Object.assign({}, ...commands.map(({options}) => options), globalOptions) as Options;
	return parseArgs({args: [...argv], options: configOf(all), allowPositionals: true, strict: false}).positionals;
}

function configOf(options: Options): ParseArgsOptionsConfig {
	const config = Object.entries(options).map(([name, {value, short, several}]) => [
		name,
		{
			type: value === undefined ? 'boolean' : 'string',
			...(short === undefined ? {} : {short}),
			...(several && {multiple: true}),
		},
	]);
	return Object.fromEntries(config) as ParseArgsOptionsConfig;
}

function parseOptions(argv: readonly string[], known: Options, command: Command | null) {
	try {
		const {values, positionals} = parseArgs({args: [...argv], options: configOf(known), allowPositionals: true});
		const {connect = [], ...options} = values;
		return {
			connect: connect as string[],
			options: options as CommandLine['options'],
			words: positionals,
		};
	} catch (error) {
		throw asUsageError(error as Error & {code?: string}, known, command);
	}
}

/** Node's own words name the option; the message and its remedy come from the table. */
function asUsageError(error: Error & {code?: string}, known: Options, command: Command | null): Error {
	if (!error.code?.startsWith('ERR_PARSE_ARGS')) return error;
	const typed = /^(?:Unknown option|Option) '([^']*)'/.exec(error.message)?.[1] ?? '';
	const name = /--([^ =]+)/.exec(typed)?.[1] ?? '';
	const hint = command === null ? 'See virsnap --help' : usageOf(command);
	const option = Object.hasOwn(known, name) ? known[name] : undefined;
	if (!option) {
		const guess = nearest(typed.replace(/^-+/, ''), Object.keys(shownOptions(known)));
		return new UsageError(t`Unknown option '${typed}'`, guess === null ? hint : `Did you mean --${guess}?`);
	}

	if (option.value === undefined) return new UsageError(`--${name} takes no value`, hint);
	const dash = / ambiguous/.test(error.message) ? `; one that begins with a dash: --${name}=-…` : '';
	return new UsageError(`--${name} needs a value`, `${typedOption(name, option)}: ${option.help}${dash}`);
}

function unknownCommand(commands: readonly Command[], name: string): UsageError {
	const guess = nearest(
		name,
		commands.filter(({hidden}) => !hidden).map(command => command.name),
	);
	return new UsageError(
		t`Unknown command '${name}'`,
		guess === null ? 'See the commands: virsnap --help' : `Did you mean virsnap ${guess}?`,
	);
}

/** Hold the words against what the command takes, and options against each other. */
function check(commands: readonly Command[], {command, words, options}: CommandLine, inner: Command | null): void {
	if (command?.of && words[0] !== undefined && inner === null) throw noSuchVerb(commands, command.of, words[0]);
	const [subject, rest] = inner ? [inner, words.slice(1)] : [command!, words];
	checkWords(subject, rest);
	checkExclusive(subject, options);
}

function noSuchVerb(commands: readonly Command[], of: readonly Command[], verb: string): UsageError {
	const names = of.map(({name}) => name);
	const guess = nearest(verb, names);
	const message = commands.some(({name}) => name === verb) ? `${verb} has no plan` : t`There is no verb '${verb}'`;
	return new UsageError(
		message,
		guess === null ? `Commands with a plan: ${names.join(', ')}` : `Did you mean plan ${guess}?`,
	);
}

function checkWords(command: Command, words: readonly string[]): void {
	const {name, arguments: known} = command;
	const missing = known.slice(words.length).find(({optional}) => !optional);
	if (missing) throw new UsageError(`${name} needs ${missing.name}`, usageOf(command));
	if (words.length > known.length && !known.at(-1)?.rest)
		throw new UsageError(t`${name} takes no '${words[known.length]!}'`, usageOf(command));
}

function checkExclusive(command: Command, options: CommandLine['options']): void {
	for (const group of command.exclusive ?? []) {
		const [one, other] = group.filter(name => options[name]);
		if (other !== undefined) throw new UsageError(`--${one} and --${other} exclude each other`, usageOf(command));
	}
}
