/** A program that one talks to while it runs, byte by byte. */
import type {ChildProcess} from 'node:child_process';
import type {Readable, Writable} from 'node:stream';
import {debug} from './debug-log.ts';
import {killTree, workingFolder} from './run-program.ts';
import {openStarter, type Starter} from './starter.ts';

export type Talk = {
	readonly stdin: Writable;
	readonly stdout: Readable;
	/** Never rejects. `exitCode` is null where it never ran or was killed; `stderr` is all that it said there. */
	readonly ended: Promise<{readonly exitCode: number | null; readonly stderr: string}>;
	/** Closes its input; it is killed where it does not end by that. */
	end(): void;
	/** Kills it at once, and what it has started. */
	kill(): void;
};

type TalkOptions = {
	/** It may ask the person at the terminal; left out: neither it nor what it starts has one, so that none can. */
	readonly asks?: boolean;
	/** Hears what it says on stderr. */
	readonly onWords?: ((part: Buffer) => void) | undefined;
};

/** How long it may take to end, in milliseconds. */
const toEndMs = 1000;

/** How long words may take that were said before the end, in milliseconds. */
const lastWordsMs = 200;

type End = {readonly exitCode?: number | undefined; readonly code?: string; readonly shortMessage?: string};

/** A program that it has started may hold its stderr, and outlive it. */
function left(child: ChildProcess): Promise<End> {
	return new Promise(resolve => child.once('exit', exitCode => resolve({exitCode: exitCode ?? undefined})));
}

/** All that comes; asked for it, whoever still holds the stream is not waited for. */
function wordsOf(stream: Readable): () => Promise<string> {
	const parts: Buffer[] = [];
	stream.on('data', (part: Buffer) => parts.push(part));
	stream.on('error', () => {});
	const over = new Promise<void>(resolve => {
		stream.once('close', resolve);
		stream.once('end', resolve);
	});
	return async () => {
		const late = Promise.withResolvers<void>();
		const timer = setTimeout(late.resolve, lastWordsMs);
		await Promise.race([over, late.promise]);
		clearTimeout(timer);
		stream.destroy();
		return Buffer.concat(parts).toString();
	};
}

/** Where it may not ask: a jump host's ssh is not told so (ssh_config(5), ProxyJump), and would ask in a window where it finds no terminal. */
export const unasked = {SSH_ASKPASS_REQUIRE: 'never'};

const plainEnglish = {LC_ALL: 'C.UTF-8', LANGUAGE: ''} as const;

let starter: Promise<Starter | null> | null = null;
let aside = false;

/** From now on whatever asks nobody is started by a process beside this one, which is about to grow (see starter.ts). */
export function startAside(): void {
	aside = true;
}

async function ownStarter(): Promise<Starter | null> {
	const last = starter;
	// Many may wait here at once: the first of them makes the next one.
	if ((await last)?.alive === false && starter === last) starter = null;
	starter ??= openStarter({...plainEnglish, ...unasked}).catch(() => null);
	return starter;
}

/** A program that runs, however it was started. */
type Started = {
	readonly stdin: Writable;
	readonly stdout: Readable;
	readonly stderr: Readable;
	readonly over: Promise<End>;
	kill(): void;
};

/** Null: not in this way. */
async function startedAside(argv: readonly string[]): Promise<Started | null> {
	const one = await (await ownStarter())?.start(argv);
	return one ? {...one, over: one.ended.then(exitCode => ({exitCode: exitCode ?? undefined}))} : null;
}

async function startedHere([program, ...rest]: readonly string[], asks: boolean): Promise<Started> {
	const {execa} = await import('execa');
	const child = execa(program!, rest, {
		env: {...plainEnglish, ...(asks ? {} : unasked)},
		cwd: workingFolder(),
		// Of a session of its own: there is no terminal in it, and no key pressed at ours ends it.
		killDescendants: !asks,
		stdin: 'pipe',
		encoding: 'buffer',
		buffer: false,
		reject: false,
	});
	const {stdin, stdout, stderr, pid} = child;
	return {
		stdin,
		stdout,
		stderr,
		over: Promise.race([child.then(one => one), left(child.nodeChildProcess)]),
		kill() {
			if (!asks || pid === undefined) child.kill();
			else killTree(pid);
		},
	};
}

/** Start it; what goes wrong is told by `ended`. Its words are English, and it ends with this process. */
export async function startTalk(argv: readonly string[], {asks = false, onWords}: TalkOptions = {}): Promise<Talk> {
	const besides = aside && !asks ? await startedAside(argv) : null;
	const {stdin, stdout, stderr, over, kill} = besides ?? (await startedHere(argv, asks));
	stdin.on('error', () => {});
	if (onWords !== undefined) stderr.on('data', onWords);
	const said = wordsOf(stderr);
	const ended = over.then(async ({exitCode = null, code, shortMessage}) => {
		debug('process', {argv, exitCode});
		if (code === 'ENOENT') return {exitCode, stderr: `spawn ${argv[0]} ENOENT`};
		const words = await said();
		return {exitCode, stderr: words === '' && exitCode === null ? (shortMessage ?? '') : words};
	});
	return {
		stdin,
		stdout,
		ended,
		end() {
			stdin.end();
			const timer = setTimeout(kill, toEndMs);
			void ended.then(() => clearTimeout(timer));
		},
		kill,
	};
}
