/** Runs other programs, all in the same way: plain English, a time limit where there is one, and a line in the log for each. */
import {readFileSync} from 'node:fs';
import {cwd as currentFolder, kill} from 'node:process';
import type {Writable} from 'node:stream';
import type {LoggedCommand} from '../core/model/hypervisor.ts';
import {debug} from './debug-log.ts';
import {firstWords} from './first-words.ts';

type Ended = {
	readonly stdout: string;
	readonly stderr: string;
	/** Null where it could not be started, was killed, or took too long. */
	readonly exitCode: number | null;
	/** Why it did not do what it was run for, in its own words; null where its status says that it did. */
	readonly failure: string | null;
};

type Running = {
	/** Added to the environment that it inherits. */
	readonly env?: Readonly<Record<string, string>> | undefined;
	/** The folder that it runs in; left out: this process's own. */
	readonly cwd?: string;
	/** A file descriptor; left out: nothing to read. */
	readonly stdin?: number | undefined;
	/** How long it may take, in milliseconds; left out: as long as it takes. */
	readonly patience?: number;
	/** Ends it. */
	readonly signal?: AbortSignal | undefined;
	/** It keeps running when this program ends, whatever ends it. */
	readonly outlives?: boolean;
	/**
	 * It ends with this program, whatever ends that: for one that does not end by itself. It reads nothing. `signal` lets it end well
	 * (SIGTERM), and kills it where it does not.
	 */
	readonly endsWithUs?: boolean;
	/** Gets what it prints as it comes, and it is not kept. */
	readonly onText?: (text: string) => void;
	/** Statuses beside 0 that are no failure. */
	readonly answers?: readonly number[];
	readonly log?: ((command: LoggedCommand) => void) | undefined;
	/** The argv that the log shows, where it is not the real one. */
	readonly shown?: readonly string[];
	/** Whether it may change anything. */
	readonly changes?: boolean;
};

/**
 * English words and UTF-8 names, whatever the user's locale: outside UTF-8 virsh prints names as `\xff`, in a translated one it
 * translates headings and states. LANGUAGE overrides LC_ALL in gettext.
 */
const plainLocale = {LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8', LANGUAGE: ''} as const;

/**
 * Ends the program when the pipe that it stands at is closed, which the system does also where we were killed (SIGKILL leaves no time to
 * end anything). The inner shell that waits for that ends when the program has.
 */
const leash = `
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
{ read -r _ <&3; kill "$program"; } >/dev/null 2>&1 &
waiting=$!
exec 3<&-
wait "$program"
status=$?
kill "$waiting" 2>/dev/null
exit "$status"`;

/** The current folder, or the root where somebody has removed it: no program starts in a folder that is gone. */
export function workingFolder(): string {
	try {
		return currentFolder();
	} catch {
		return '/';
	}
}

/** How long a program that is told to end may take for it. */
const lastWordsMs = 1000;

const loaded = () => import('execa');

/** Resolves when the first program can be run without a wait: what runs them takes 10 ms to load. */
export async function readyToRun(): Promise<void> {
	await loaded();
}

/** Run a program to its end. Never rejects: what went wrong is said in `failure`. Output is text, byte for byte. */
export async function runProgram(argv: readonly string[], options: Running = {}): Promise<Ended> {
	const {env, cwd, stdin, patience, signal, outlives = false, endsWithUs = false, onText, answers = []} = options;
	const {execa} = await loaded();
	const [program, ...rest] = endsWithUs ? ['sh', '-c', leash, 'sh', ...argv] : argv;
	const at = new Date().toISOString();
	const started = performance.now();
	const killed = endsWithUs && signal ? new AbortController() : null;
	const child = execa(program!, rest, {
		env: {...plainLocale, ...env},
		cwd: cwd ?? workingFolder(),
		// execa takes a file descriptor, but its types know only numbers up to 9.
		stdin: (endsWithUs ? 'pipe' : (stdin ?? 'ignore')) as 'ignore',
		reject: false,
		stripFinalNewline: false,
		// A virsh of a remote URI has an ssh below it, which would keep the pipe open.
		...(outlives ? {cleanup: false, detached: true} : {killDescendants: true}),
		...(patience === undefined ? {} : {timeout: patience}),
		...(signal === undefined ? {} : {cancelSignal: killed?.signal ?? signal}),
		buffer: {stdout: onText === undefined},
	});
	if (onText) child.stdout.setEncoding('utf8').on('data', onText);
	const letGo = () => {
		(child.stdin as Writable | null)?.end();
		setTimeout(() => killed?.abort(), lastWordsMs).unref();
	};
	if (killed && signal?.aborted) letGo();
	else if (killed) signal?.addEventListener('abort', letGo, {once: true});
	const result = await child;
	signal?.removeEventListener('abort', letGo);
	const exitCode = result.exitCode ?? null;
	const did = exitCode === 0 || (exitCode !== null && answers.includes(exitCode));
	const failure = did ? null : failureOf(argv[0]!, result, patience);
	const milliseconds = Math.round(performance.now() - started);
	const command = {at, argv: options.shown ?? argv, milliseconds, exitCode, error: firstWords(failure ?? '')};
	debug('process', {...command, stdin: stdin === undefined ? undefined : 'given'});
	options.log?.({...command, changes: options.changes ?? false});
	return {stdout: result.stdout ?? '', stderr: result.stderr, exitCode, failure};
}

type Failed = {
	readonly exitCode?: number | undefined;
	readonly stderr: string;
	readonly code?: string;
	readonly timedOut: boolean;
	readonly originalMessage?: string | undefined;
};

function failureOf(
	program: string,
	{exitCode, stderr, code, timedOut, originalMessage}: Failed,
	patience: number | undefined,
): string {
	if (code === 'ENOENT') return `spawn ${program} ENOENT`;
	if (timedOut && patience !== undefined) return `${program} did not answer within ${patience / 1000} s`;
	if (stderr.trim() !== '') return stderr.trim();
	return exitCode === undefined
		? originalMessage || `${program} was killed`
		: `${program} ended with status ${exitCode}`;
}

/** The processes of its session that it has started, and those that they have: one that leaves the session means to outlive it. */
function descendants(pid: number): number[] {
	try {
		const session = sessionOf(pid);
		const own = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
		return own.filter(one => sessionOf(one) === session).flatMap(one => [one, ...descendants(one)]);
	} catch {
		return [];
	}
}

/** Fields of proc(5)'s stat from the state on, behind the name, which may hold anything; null where the process is gone. */
function statOf(pid: number): readonly string[] | null {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	} catch {
		return null;
	}
}

const sessionOf = (pid: number): string | null => statOf(pid)?.[3] ?? null;

/** Whether it has not ended: one that nobody has waited for yet has. */
export function isRunning(pid: number): boolean {
	const stat = statOf(pid);
	return stat !== null && stat[0] !== 'Z';
}

/** Ends a process and all that it has started in its session; itself first, or it may go on behind what it waits for. */
export function killTree(pid: number, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): void {
	for (const one of [pid, ...descendants(pid)]) {
		try {
			kill(one, signal);
		} catch {
			// It has ended.
		}
	}
}
