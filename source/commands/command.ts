/** What a command is: one object per command, from which parsing, help, dispatch, man page and completion are made. */
import type {Context, ExitStatus} from './context.ts';

/** What Tab offers where a word or a value is typed. */
export type Completes =
	| 'domain'
	/** A snapshot of the domain that stands before it. */
	| 'tag'
	/** DOMAIN@TAG, once the @ is typed. */
	| 'domain@tag'
	/** Targets of the domain that stands before it, several with commas. */
	| 'disks'
	/** TARGET=PATH */
	| 'disk=file'
	| 'file'
	| 'folder'
	| 'receipt'
	| 'command'
	| readonly string[];

/** A word after the command's name. */
export type Argument = {
	/** As the synopsis shows it: "DOMAIN". */
	readonly name: string;
	readonly help: string;
	readonly optional?: true;
	/** Any number of words. */
	readonly rest?: true;
	/** Left out: nothing is offered. */
	readonly completes?: readonly Completes[];
};

export type Option = {
	readonly help: string;
	/** What its value is called in the synopsis; left out: the option has none. */
	readonly value?: string;
	readonly short?: string;
	/** It may be given several times. */
	readonly several?: true;
	readonly completes?: Completes;
	/** Still accepted, but left out of help, man page and completion: an earlier name. */
	readonly hidden?: true;
};

export type Options = Readonly<Record<string, Option>>;

/** The options given, each with its value, its values, or true. */
export type Values<Known extends Options> = {
	readonly [Name in keyof Known]?: Known[Name] extends {readonly several: true}
		? readonly string[]
		: Known[Name] extends {readonly value: string}
			? string
			: true;
};

/** What was typed behind the command. */
export type Given<Known extends Options = Options> = {
	readonly words: readonly string[];
	readonly options: Values<Known>;
};

type Example = {
	/** Without the program's name. */
	readonly line: string;
	readonly does: string;
};

/** What `run` may ask of the program around it: its table of commands, and to run another line. */
export type Program = {
	readonly commands: readonly Command[];
	run(context: Context, argv: readonly string[]): Promise<ExitStatus>;
};

type CommandOf<Known extends Options> = {
	readonly name: string;
	/** One line, for the list of commands. */
	readonly summary: string;
	/** Paragraphs of its help; left out: the summary says it all. */
	readonly description?: readonly string[];
	readonly arguments: readonly Argument[];
	readonly options: Known;
	/** Names of options that cannot be given together. */
	readonly exclusive?: readonly (readonly (keyof Known & string)[])[];
	/** It takes the words and options of one of these, which its first argument names. */
	readonly of?: readonly Command[];
	readonly examples: readonly Example[];
	/**
	 * Where several hosts are given and no word tells which one is meant: it is about all of them, or has to be told one. Left out: hosts
	 * are none of its business.
	 */
	readonly hosts?: 'all' | 'one';
	/** Not for people: left out of help, man page and completion. */
	readonly hidden?: true;
	readonly run: (context: Context, given: Given<Known>, program: Program) => Promise<ExitStatus>;
};

/** Any command, as the table holds it. */
// biome-ignore lint/suspicious/noExplicitAny: each `run` knows its own options; the parser hands it no others.
export type Command = CommandOf<any>;

/** A command whose `run` is given the options it names, typed. */
export function command<const Known extends Options>(parts: CommandOf<Known>): CommandOf<Known> {
	return parts;
}
