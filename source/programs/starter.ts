/**
 * A small process that starts programs for a large one. Node starts them by fork(2), which copies the page tables of whoever calls it and
 * is waited for until the new program runs: 1 ms in a small process, 9 where 200 MB are resident, 31 with 700, and no key is answered
 * until then. A shell of 1 MB does the same in under 1 ms beside us.
 */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {constants, openSync, rmSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {Socket} from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {plainWord} from '../core/words/text.ts';
import {killTree, workingFolder} from './run-program.ts';

export type StartedAside = {
	readonly stdin: Socket;
	readonly stdout: Socket;
	readonly stderr: Socket;
	/** Never rejects; null where it was killed, or nobody can tell any more. */
	readonly ended: Promise<number | null>;
	/** Ends it, and what it has started. */
	kill(): void;
};

export type Starter = {
	/** Null where it cannot be started in this way. */
	start(argv: readonly string[]): Promise<StartedAside | null>;
	/** False once the process is gone. */
	readonly alive: boolean;
};

/**
 * What it is told are lines for the shell; what it answers are lines of a word, the number that we gave the program, and a value. A program
 * gets named pipes for its streams, for nothing else can be handed over; its input is held (9) until it has all three, or what we say before
 * that and close would be gone. It ends with us, however that comes, with the folder and what runs
 * still: most of it by the end of its input. Its variables are called so that none of the person's is lost to ssh.
 */
const script = `
vs_folder=$1
trap : PIPE
trap exit HUP TERM
trap 'cd / && rm -rf -- "$vs_folder"; trap "" TERM; sleep 1; kill 0' EXIT
vs_n='
'
start() {
	vs_id=$1
	shift
	vs_at=$vs_folder/$vs_id
	command -v -- "$1" >/dev/null && mkfifo -m 600 "$vs_at.in" "$vs_at.out" "$vs_at.err" || { echo "failed $vs_id 0"; return; }
	exec 9<>"$vs_at.in"
	{
		trap : TERM PIPE
		exec 8>&1 <"$vs_at.in" >"$vs_at.out" 9>&-
		( trap - TERM PIPE; exec "$@" ) 2>"$vs_at.err" 8>&-
		echo "ended $vs_id $?" >&8
	} &
	echo "started $vs_id $!"
	exec 9>&-
}
while IFS= read -r vs_line; do eval "$vs_line"; done
exit`;

/** Of a program that was killed by signal N a shell says status 128 + N; 255 is ssh's own. */
const wasKilled = (status: number) => status > 128 && status <= 128 + 64;

type Heard = {readonly word: string; readonly value: number};

/**
 * @param env added to our own, for all that it starts
 * @throws where no folder or no shell can be had
 */
export async function openStarter(env: Readonly<Record<string, string>>): Promise<Starter> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-start-'));
	const shell = spawn('sh', ['-c', script, 'sh', folder], {
		env: {...process.env, ...env},
		cwd: workingFolder(),
		// A session of its own: there is no terminal in it, and no key pressed at ours ends it.
		detached: true,
		stdio: ['pipe', 'pipe', 'ignore'],
	});
	try {
		await once(shell, 'spawn');
	} catch (error) {
		await rm(folder, {recursive: true, force: true});
		throw error;
	}
	return starterOf(shell, folder);
}

function starterOf(shell: ChildProcess, folder: string): Starter {
	const {stdin, stdout} = shell as {stdin: Socket; stdout: Socket} & ChildProcess;
	const listening = new Map<number, (heard: Heard | null) => void>();
	let alive = true;
	let count = 0;
	let starting = 0;
	// What it has started keeps us running, and what is about to be started; it does not.
	for (const one of [shell, stdin, stdout]) one.unref();
	stdin.on('error', () => {});
	createInterface({input: stdout}).on('line', line => {
		const [word = '', id, value] = line.split(' ');
		listening.get(Number(id))?.({word, value: Number(value)});
	});
	shell.once('exit', () => {
		alive = false;
		rmSync(folder, {recursive: true, force: true});
		for (const listener of listening.values()) listener(null);
	});
	return {
		get alive() {
			return alive;
		},
		async start(argv) {
			if (!alive) return null;
			count += 1;
			const id = count;
			const first = Promise.withResolvers<Heard | null>();
			const last = Promise.withResolvers<Heard | null>();
			listening.set(id, heard => {
				if (heard === null || heard.word === 'ended') last.resolve(heard);
				first.resolve(heard);
			});
			starting += 1;
			stdout.ref();
			stdin.write(`start ${id} ${argv.map(inOneLine).join(' ')}\n`);
			const heard = await first.promise;
			starting -= 1;
			if (starting === 0) stdout.unref();
			const ended = last.promise.finally(() => listening.delete(id));
			if (heard?.word === 'started') return startedAs(heard.value, path.join(folder, String(id)), ended, stdin);
			listening.delete(id);
			return null;
		},
	};
}

function startedAs(pid: number, base: string, last: Promise<Heard | null>, toShell: Socket): StartedAside {
	const streams = opened(base);
	let over = false;
	const kill = () => {
		if (!over) killTree(pid);
	};
	const ended = last.then(end => {
		if (end === null) kill();
		over = true;
		streams.stdin.destroy();
		for (const name of streamNames) rmSync(`${base}.${name}`, {force: true});
		// The shell lets go of it.
		toShell.write(`wait ${pid}\n`);
		return end === null || wasKilled(end.value) ? null : end.value;
	});
	return {...streams, ended, kill};
}

/** `vs_n` holds a line end there. */
const inOneLine = (word: string) => plainWord(word).replaceAll('\n', `'"$vs_n"'`);

const streamNames = ['in', 'out', 'err'] as const;

/** Our ends of its streams. */
function opened(base: string) {
	// To read and to write, since to write alone cannot be had before somebody reads.
	const stdin = new Socket({fd: openSync(`${base}.in`, constants.O_RDWR | constants.O_NONBLOCK), readable: false});
	const [stdout, stderr] = ['out', 'err'].map(
		name => new Socket({fd: openSync(`${base}.${name}`, constants.O_RDONLY | constants.O_NONBLOCK), writable: false}),
	) as [Socket, Socket];
	return {stdin, stdout, stderr};
}
