/** What Tab may put at the cursor: decided from the table of commands alone, before libvirt is asked. */
import type {Command, Completes, Option, Options} from '../command.ts';
import {globalOptions, shownOptions} from '../line/synopsis.ts';

export type Wanted = {
	readonly completes: readonly Completes[];
	/** Names of options, each with its help. */
	readonly options: readonly Candidate[];
	/** What stands before the value in the same word: "--method=". */
	readonly prefix: string;
	/** The word, as far as it is typed. */
	readonly current: string;
	/** The domain that a tag belongs to; null where none was typed. */
	readonly domain: string | null;
	/** Of each `-c`. */
	readonly uris: readonly string[];
	/** `--` was typed: a word with a dash is no option. */
	readonly ended: boolean;
};

export type Candidate = {readonly text: string; readonly help: string};

const nothing: Wanted = {completes: [], options: [], prefix: '', current: '', domain: null, uris: [], ended: false};

/** `words` is what was typed after the program's name; the last one is under the cursor, and may be empty. */
export function wantedAt(commands: readonly Command[], words: readonly string[]): Wanted {
	const current = words.at(-1) ?? '';
	const read = readWords(commands, words.slice(0, -1));
	const {command, positionals} = read;
	const base = {
		...nothing,
		current,
		uris: read.uris,
		domain: positionals[0] ?? null,
		ended: read.ended,
	};
	if (read.open) return {...base, completes: completesOf(read.open)};
	const assigned = /^--([^=]+)=/.exec(current);
	if (assigned && !read.ended) {
		const option = read.known[assigned[1]!];
		return option ? {...base, prefix: assigned[0], completes: completesOf(option)} : base;
	}

	if (current.startsWith('-') && !read.ended) return {...base, options: optionsLeft(read.known, command, read.given)};
	if (command === null) return positionals.length === 0 ? {...base, completes: ['command']} : base;
	return {...base, completes: command.arguments[positionals.length]?.completes ?? []};
}

function completesOf({completes}: Option): readonly Completes[] {
	return completes === undefined ? [] : [completes];
}

type Read = {
	/** The innermost: of `plan revert` it is revert. */
	readonly command: Command | null;
	readonly known: Options;
	/** Words of that command. */
	readonly positionals: readonly string[];
	readonly given: Readonly<Record<string, string | true>>;
	readonly uris: readonly string[];
	/** The option whose value comes next. */
	readonly open: Option | null;
	/** `--` was typed: what follows is no option. */
	readonly ended: boolean;
};

/** Read what is complete, as the parser will; what it would reject is passed over. */
function readWords(commands: readonly Command[], words: readonly string[]): Read {
	let read: Read = {
		command: null,
		known: globalOptions,
		positionals: [],
		given: {},
		uris: [],
		open: null,
		ended: false,
	};
	let openName = '';
	for (const word of words) {
		if (read.open) {
			read = withOption({...read, open: null}, openName, word);
		} else if (!read.ended && word === '--') {
			read = {...read, ended: true};
		} else if (!read.ended && word.startsWith('-') && word !== '-') {
			const [name, value] = optionIn(word, read.known);
			const option = read.known[name];
			const takesNext = option?.value !== undefined && value === null;
			if (takesNext) openName = name;
			read = takesNext ? {...read, open: option} : withOption(read, name, value ?? true);
		} else {
			read = withWord(commands, read, word);
		}
	}

	return read;
}

/** `-c` is given once for each host. */
function withOption(read: Read, name: string, value: string | true): Read {
	const uris = name === 'connect' && typeof value === 'string' ? [...read.uris, value] : read.uris;
	return {...read, uris, given: {...read.given, [name]: value}};
}

/** "--method=ID", "--yes", "-c", "-cURI": the name in full, and a value that stands in the same word. */
function optionIn(word: string, known: Options): [string, string | null] {
	if (word.startsWith('--')) {
		const at = word.indexOf('=');
		return at === -1 ? [word.slice(2), null] : [word.slice(2, at), word.slice(at + 1)];
	}

	const name = Object.keys(known).find(option => known[option]?.short === word[1]) ?? word.slice(1);
	return [name, word.length > 2 ? word.slice(2) : null];
}

function withWord(commands: readonly Command[], read: Read, word: string): Read {
	const among = read.command === null ? commands : read.positionals.length === 0 ? read.command.of : undefined;
	const command = among?.find(({name}) => name === word);
	if (!command) return {...read, positionals: [...read.positionals, word]};
	const {yes: _, ...planned} = command.options as Options;
	const options = read.command === null ? (command.options as Options) : planned;
	return {...read, command, known: {...read.known, ...options}, positionals: []};
}

/** Options that were not given yet, nor one that excludes them. */
function optionsLeft(known: Options, command: Command | null, given: Read['given']): Candidate[] {
	const excluded = (command?.exclusive ?? []).filter(group => group.some(name => name in given)).flat();
	return Object.entries(shownOptions(known))
		.filter(([name, {several}]) => (several || !(name in given)) && !excluded.includes(name))
		.map(([name, {help}]) => ({text: `--${name}`, help}));
}
