/** A program that one talks to while it runs, byte by byte. */
import type {Readable, Writable} from 'node:stream';
import {debug} from './debug-log.ts';

export type Talk = {
	readonly stdin: Writable;
	readonly stdout: Readable;
	/** Never rejects. `exitCode` is null where it never ran or was killed; `stderr` is all that it said there. */
	readonly ended: Promise<{readonly exitCode: number | null; readonly stderr: string}>;
	/** Closes its input; it is killed where it does not end by that. */
	end(): void;
};

/** How long it may take to end, in milliseconds. */
const toEndMs = 1000;

/** Start it; what goes wrong is told by `ended`. Its words are English, and it ends with this process. */
export async function startTalk(argv: readonly string[]): Promise<Talk> {
	const {execa} = await import('execa');
	const [program, ...rest] = argv;
	const child = execa(program!, rest, {
		env: {LC_ALL: 'C.UTF-8', LANGUAGE: ''},
		stdin: 'pipe',
		encoding: 'buffer',
		buffer: {stdout: false},
		reject: false,
	});
	child.stdin.on('error', () => {});
	const ended = child.then(({exitCode = null, stderr, code, shortMessage}) => {
		debug('process', {argv, exitCode});
		const said = Buffer.from(stderr ?? []).toString();
		if (code === 'ENOENT') return {exitCode, stderr: `spawn ${program} ENOENT`};
		return {exitCode, stderr: said === '' && exitCode === null ? (shortMessage ?? '') : said};
	});
	return {
		stdin: child.stdin,
		stdout: child.stdout,
		ended,
		end() {
			child.stdin.end();
			const timer = setTimeout(() => child.kill(), toEndMs);
			void ended.then(() => clearTimeout(timer));
		},
	};
}
