/** What a command works with: streams, the outside world as functions, and the statuses it may end with. */

import type {Readable, Writable} from 'node:stream';
import type {Hypervisor, Name, NamedHost, NamesOf} from '../core/model/hypervisor.ts';
import type {Receipt} from '../core/model/receipt.ts';
import type {ColumnName} from '../core/snapshots/listed.ts';
import {ForeseenError} from '../core/words/foreseen-error.ts';
import {ownLine} from '../core/words/own-line.ts';
import {printable} from '../core/words/text.ts';
import {printableLines} from './line/printable-lines.ts';

/** Exit statuses; scripts rely on them. */
export const Exit = {
	/** Done and verified. */
	ok: 0,
	/** The operation failed. */
	failed: 1,
	/** Wrong usage. */
	usage: 2,
	/** Refused before anything was touched. */
	refused: 3,
	/** No connection to libvirt. */
	noConnection: 4,
} as const;

/** What each status means to whoever reads it. */
export const exitMeanings: Readonly<Record<ExitStatus, {readonly short: string; readonly more: string}>> = {
	0: {short: 'done and verified', more: ''},
	1: {
		short: 'the operation failed',
		more: 'what happened, the present state and the id of the receipt are printed',
	},
	2: {short: 'wrong usage', more: 'also where a confirmation is needed and there is no terminal'},
	3: {short: 'refused before anything was touched', more: 'the reason and what to do instead are printed'},
	4: {short: 'no connection to libvirt', more: 'the words of libvirt and what to do are printed'},
};

export type ExitStatus = (typeof Exit)[keyof typeof Exit];

type MaybeTerminal = {readonly isTTY?: boolean; readonly columns?: number};

/** The process, as far as a command may see it. Data goes to stdout, everything else to stderr. */
export type Io = {
	readonly stdin: Readable & MaybeTerminal;
	readonly stdout: Writable & MaybeTerminal;
	readonly stderr: Writable & MaybeTerminal;
	readonly env: Readonly<Record<string, string | undefined>>;
};

/** Keys that work in one place of the terminal UI. */
type KeySection = {
	readonly title: string;
	readonly keys: readonly {readonly names: readonly string[]; readonly does: string}[];
};

/** A host for the terminal UI. `name` is null for one that is alone: nothing names it. */
export type UiHost = Omit<NamedHost, 'name'> & {readonly name: string | null; readonly hypervisor: Hypervisor};

/** A temporary hypervisor for `demo`. */
type DemoLab = {readonly hosts: readonly NamedHost[]; readonly receipts: string; stop(): Promise<void>};

/** What the configuration says of hosts. */
export type Configuration = {
	/** Null: there is none. */
	readonly file: string | null;
	readonly hosts: readonly NamedHost[];
	/** Whether what a guest's screen shows is kept with a snapshot of it. */
	readonly pictures: boolean;
	/** Columns of the snapshots that the terminal UI shows; null: what there is room for. */
	readonly columns: readonly ColumnName[] | null;
	/** Words that mean nothing, each with its place. */
	readonly unknown: readonly string[];
	/** What has to be put right before it is known which hosts are meant, each with its place. */
	readonly mistakes: readonly string[];
};

/** virsnap on another host, in a folder of the user's own there. */
export type There = {
	/** Of the virsnap that would be started there; null: there is none. */
	readonly version: string | null;
	/** What putting this one there takes, and does. `hindrance`: why it cannot work there. */
	offer(): Promise<{
		readonly bytes: number;
		readonly folder: string;
		readonly hindrance: {readonly reason: string; readonly remedy: string} | null;
		put(): Promise<void>;
	}>;
};

/** The outside world; `cli.tsx` hands in the real one, a test its own. Each is loaded only when called. */
export type Adapters = {
	readonly version: string;
	/** As what the program came (npm or executable), and the Node that runs it. */
	readonly built: string;
	/** `receipts` is the folder for them; null: the user's own. `alone`: ssh may ask for a password, since no other host does. */
	openHypervisor(uri: string | null, receipts: string | null, alone: boolean): Hypervisor;
	/** Carries out, in this process, a receipt that another one has written to this folder. `id` -: stdin says which; null where it says none. */
	runReceipt(uri: string | null, receipts: string, id: string): Promise<Receipt | null>;
	/** Lets a virsnap on another machine ask this hypervisor over stdin and stdout, until it ends. */
	serveAgent(hypervisor: Hypervisor): Promise<void>;
	/** Resolves when the person has left the terminal UI. */
	runUi(hosts: readonly UiHost[]): Promise<void>;
	/**
	 * Names for the completion of a command line. What is asked ends with the signal, and asks nobody for a password. Rejects where
	 * libvirt or the host does not answer.
	 */
	names(place: Pick<Context, 'uri' | 'receipts'>, of: NamesOf, signal: AbortSignal): Promise<readonly Name[]>;
	/** The text as the person leaves it in an editor on the terminal. Rejects where that fails. */
	editText(text: string): Promise<string>;
	/** The keys of the terminal UI, screen by screen. */
	keys(): Promise<readonly KeySection[]>;
	/** Resolves when the process is told to end: Ctrl-C, a signal, the terminal closed. */
	toldToEnd(): Promise<void>;
	/** Never rejects. */
	configuration(): Promise<Configuration>;
	/** Both resolve with the file that was written; reject with a refusal where nothing was. */
	addHost(host: NamedHost): Promise<string>;
	removeHost(name: string): Promise<string>;
	/** Null where the URI does not lead over ssh. Rejects where the host is not reached. */
	lookThere(uri: string): Promise<There | null>;
	/** Takes away what was put there; false: there was nothing. Rejects where an operation runs by it. */
	cleanThere(uri: string): Promise<boolean>;
	/** Here, or that many hosts behind ssh. However the process ends, the lab goes with it. */
	startLab(log: (line: string) => void, hosts: number | null): Promise<DemoLab>;
};

export type Context = {
	readonly io: Io;
	/** From `-c` or the environment; null: virsh's own default. */
	readonly uri: string | null;
	/** All that were given; one where none was. The host of `uri` is the first, until a command knows which one is meant. */
	readonly hosts: readonly NamedHost[];
	/** The one that is meant, where several were given: what is told names it. */
	readonly host: string | null;
	/** What starts a command on the machine of that host, once it was reached; null: this machine, or none is known. */
	readonly ssh: readonly string[] | null;
	/** Folder of receipts; null: the user's own. */
	readonly receipts: string | null;
	readonly adapters: Adapters;
};

/** What a JSON document says of the host, where several were given. */
export const onHost = ({host}: Context): {readonly host?: string} => (host === null ? {} : {host});

/** `virsnap WORDS`, to be typed with the same hosts given. */
export const commandLine = ({host}: Context, words: readonly string[], options: readonly string[] = []): string =>
	ownLine({words, options}, host);

/** The command line makes no sense; the remedy says what would. */
export class UsageError extends ForeseenError {
	readonly remedy: string;
	constructor(message: string, remedy: string) {
		super(message);
		this.remedy = remedy;
	}
}

/** Something that a command starts, and that cannot start here. */
export class CannotStart extends ForeseenError {
	readonly remedy: string;
	constructor(message: string, remedy: string) {
		super(message);
		this.remedy = remedy;
	}
}

/** libvirt does not answer; the message is the command's own words. */
export class NoConnection extends ForeseenError {
	readonly remedy: string | null;
	/** Another host that will not do until a person has mended something. */
	readonly refuses: boolean;
	/** ssh would have to ask a person. */
	readonly asks: boolean;
	constructor(message: string, remedy: string | null, {refused = false, asks = false} = {}) {
		super(message);
		this.remedy = remedy;
		this.refuses = refused;
		this.asks = asks;
	}
}

/** Write lines of data for a person: whatever could steer the terminal in them is shown as a sign. */
export function print(context: Context, text: string): void {
	context.io.stdout.write(`${printableLines(text)}\n`);
}

/** Write lines for a shell, byte by byte. */
export function printRaw(context: Context, text: string): void {
	context.io.stdout.write(`${text}\n`);
}

/** Write one JSON document, the only thing on stdout. What could steer a terminal is escaped, which means the same in JSON. */
export function printJson(context: Context, document: unknown): void {
	print(context, JSON.stringify(document, null, 2).replace(/[^\n -~]/gu, escaped));
}

function escaped(character: string): string {
	if (printable(character) === character) return character;
	const units = Array.from({length: character.length}, (_, at) => character.charCodeAt(at));
	return units.map(unit => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** Tell the person something that is not data; made harmless as by `print`. */
export function say(context: Context, text: string): void {
	context.io.stderr.write(`${printableLines(text)}\n`);
}
