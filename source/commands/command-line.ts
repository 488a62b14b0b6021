/** From argv to a command with its words and options, or a `UsageError` that says what would be right. */
import {type ParseArgsOptionsConfig, parseArgs} from 'node:util';
import {printable, t} from '../core/words/text.ts';
import {commands} from './catalogue.ts';
import {UsageError} from './context.ts';
import {nearest} from './nearest.ts';

export type Arguments = {
	/** As typed; null where there was none. */
	readonly command: string | null;
	/** What follows the command and is no option. */
	readonly words: readonly string[];
	readonly options: Readonly<Record<string, string | boolean | undefined>>;
};

const globalOptions = {
	connect: {type: 'string', short: 'c'},
	help: {type: 'boolean', short: 'h'},
	version: {type: 'boolean'},
} as const satisfies ParseArgsOptionsConfig;

/** Parse a command line. Rejects unknown commands and options, missing values and a wrong number of words. */
export function parseCommandLine(argv: readonly string[]): Arguments {
	const name = findCommand(argv);
	const command = name !== null && Object.hasOwn(commands, name) ? commands[name] : undefined;
	if (name !== null && !command) throw unknownCommand(name);
	const config = {...globalOptions, ...command?.options};
	const {values, positionals} = parseStrictly(argv, config, name);
	const given = {command: name, words: name === null ? [] : positionals.slice(1), options: values};
	if (command && !values.help) checkWords(name ?? '', given.words);
	return given;
}

/** The first word that is neither an option nor the value of a global one. */
function findCommand(argv: readonly string[]): string | null {
	const {positionals} = parseArgs({args: [...argv], options: globalOptions, allowPositionals: true, strict: false});
	return positionals[0] ?? null;
}

function parseStrictly(argv: readonly string[], options: ParseArgsOptionsConfig, command: string | null) {
	try {
		const {values, positionals} = parseArgs({args: [...argv], options, allowPositionals: true});
		return {values: values as Record<string, string | boolean | undefined>, positionals};
	} catch (error) {
		throw asUsageError(error as Error & {code?: string}, Object.keys(options), command);
	}
}

function asUsageError(error: Error & {code?: string}, known: readonly string[], command: string | null): Error {
	if (!error.code?.startsWith('ERR_PARSE_ARGS')) return error;
	const [message = ''] = error.message.split(/\. |\n/);
	const unknown = /^Unknown option '-*([^']*)'/.exec(message)?.[1];
	const guess = unknown === undefined ? null : nearest(unknown, known);
	return new UsageError(printable(message), guess ? `Did you mean --${guess}?` : helpHint(command));
}

export function unknownCommand(name: string): UsageError {
	const guess = nearest(name, Object.keys(commands));
	return new UsageError(
		t`Unknown command '${name}'`,
		guess ? `Did you mean virsnap ${guess}?` : 'See the commands: virsnap --help',
	);
}

/** Hold the number of words against what the command takes. */
export function checkWords(name: string, words: readonly string[]): void {
	const command = commands[name]!;
	const [least, most] = command.words;
	if (words.length >= least && words.length <= most) return;
	const next = command.synopsis.split(' ')[words.length + 1];
	const problem = words.length < least ? `${name} needs ${next}` : t`${name} takes no '${words[most] ?? ''}'`;
	throw new UsageError(problem, usageHint(name));
}

/** How a command is typed, as a hint. */
export function usageHint(name: string): string {
	return `Usage: virsnap ${commands[name]!.synopsis}`;
}

function helpHint(command: string | null): string {
	return command === null ? 'See virsnap --help' : usageHint(command);
}
