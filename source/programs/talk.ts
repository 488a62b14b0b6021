/** A program that one talks to while it runs, byte by byte. */
import type {ChildProcess} from 'node:child_process';
import type {Readable, Writable} from 'node:stream';
import {debug} from './debug-log.ts';
import {killTree, workingFolder} from './run-program.ts';

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

/** Start it; what goes wrong is told by `ended`. Its words are English, and it ends with this process. */
export async function startTalk(argv: readonly string[], {asks = false, onWords}: TalkOptions = {}): Promise<Talk> {
	const {execa} = await import('execa');
	const [program, ...rest] = argv;
	const child = execa(program!, rest, {
		env: {LC_ALL: 'C.UTF-8', LANGUAGE: '', ...(asks ? {} : unasked)},
		cwd: workingFolder(),
		// Of a session of its own: there is no terminal in it, and no key pressed at ours ends it.
		killDescendants: !asks,
		stdin: 'pipe',
		encoding: 'buffer',
		buffer: false,
		reject: false,
	});
	child.stdin.on('error', () => {});
	if (onWords !== undefined) child.stderr.on('data', onWords);
	const kill = () => {
		const {pid} = child;
		if (!asks || pid === undefined) child.kill();
		else killTree(pid);
	};
	const said = wordsOf(child.stderr);
	const ended = Promise.race([child.then(one => one), left(child.nodeChildProcess)]).then(
		async ({exitCode = null, code, shortMessage}) => {
			debug('process', {argv, exitCode});
			if (code === 'ENOENT') return {exitCode, stderr: `spawn ${program} ENOENT`};
			const stderr = await said();
			return {exitCode, stderr: stderr === '' && exitCode === null ? (shortMessage ?? '') : stderr};
		},
	);
	return {
		stdin: child.stdin,
		stdout: child.stdout,
		ended,
		end() {
			child.stdin.end();
			const timer = setTimeout(kill, toEndMs);
			void ended.then(() => clearTimeout(timer));
		},
		kill,
	};
}
