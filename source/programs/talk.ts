/** A program that one talks to while it runs, byte by byte. */
import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import process from 'node:process';
import type {Readable, Writable} from 'node:stream';
import {debug} from './debug-log.ts';

export type Talk = {
	readonly stdin: Writable;
	readonly stdout: Readable;
	/** Never rejects. What it said on stderr is cut to its last words; null where it never ran or was killed. */
	readonly ended: Promise<{readonly exitCode: number | null; readonly stderr: string}>;
	/** Closes its input; it is killed where it does not end by that. */
	end(): void;
};

/** Characters of stderr that are kept. */
const lastWords = 8192;

/** How long it may take to end, in milliseconds. */
const toEndMs = 1000;

/** Start it at once; what goes wrong is told by `ended`. */
export function startTalk(
	argv: readonly string[],
	{env}: {readonly env?: Readonly<Record<string, string>> | undefined},
): Talk {
	const [program, ...rest] = argv;
	const child: ChildProcessWithoutNullStreams = spawn(program!, rest, {
		env: {...process.env, LC_ALL: 'C.UTF-8', ...env},
	});
	let stderr = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr = (stderr + text).slice(-lastWords);
	});
	child.stdin.on('error', () => {});
	const ended = new Promise<{exitCode: number | null; stderr: string}>(resolve => {
		child.once('error', error => resolve({exitCode: null, stderr: error.message}));
		child.once('close', exitCode => resolve({exitCode, stderr}));
	});
	void ended.then(({exitCode}) => debug('process', {argv, exitCode}));
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
