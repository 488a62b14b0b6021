/**
 * A small process that starts programs for a large one. Node starts them by fork(2), which copies the page tables of whoever calls it and
 * is waited for until the new program runs: 1 ms in a small process, 9 where 200 MB are resident, 31 with 700, and no key is answered
 * until then. A shell of 1 MB does the same in under 1 ms beside us.
 */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, constants, openSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {Socket} from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {plainWord} from '../core/words/text.ts';
import {isRunning, killTree, workingFolder} from './run-program.ts';

export type StartedAside = {
	readonly stdin: Socket;
	readonly stdout: Socket;
	readonly stderr: Socket;
	/** Never rejects; null where it was ended by `kill`, or nobody can tell. */
	readonly ended: Promise<number | null>;
	/** Ends it, and what it has started; kills it where it does not hear. */
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
trap 'cd / && rm -rf -- "$vs_folder"; trap "" TERM; sleep 1; kill 0; sleep 1; kill -9 0' EXIT
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

/** How often it is looked whether what is being ended still runs, and when it is killed where it does, in milliseconds. */
const endingMs = {look: 100, kill: 5000} as const;

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
		for (const listener of listening.values()) listener(null);
		// What it was making last may come in between.
		rm(folder, {recursive: true, force: true, maxRetries: 3}).catch(() => {});
	});
	return {
		get alive() {
			return alive;
		},
		async start(argv) {
			if (!alive) return null;
			count += 1;
			const id = count;
			const started = Promise.withResolvers<number | null>();
			const ended = Promise.withResolvers<number | null>();
			let begun: StartedAside | null = null;
			listening.set(id, heard => {
				if (heard?.word === 'started') started.resolve(heard.value);
				else if (heard === null && begun !== null) begun.kill();
				else ended.resolve(heard?.word === 'ended' ? heard.value : null);
				started.resolve(null);
			});
			void ended.promise.then(() => listening.delete(id));
			starting += 1;
			stdout.ref();
			stdin.write(`start ${id} ${argv.map(inOneLine).join(' ')}\n`);
			const pid = await started.promise;
			starting -= 1;
			if (starting === 0) stdout.unref();
			if (pid === null) return null;
			// The shell lets go of it.
			void ended.promise.then(() => stdin.write(`wait ${pid}\n`));
			begun = startedAs(pid, path.join(folder, String(id)), ended);
			return begun;
		},
	};
}

/** `pid`: of the shell around it, which says when it has ended. Null where its streams cannot be opened: then it is ended. */
function startedAs(pid: number, base: string, said: PromiseWithResolvers<number | null>): StartedAside | null {
	let looking: NodeJS.Timeout | undefined;
	let killedAt: number | null = null;
	let missed = false;
	const look = () => {
		// What it has said last may not be read yet: that is by the next look.
		if (!isRunning(pid) && (killedAt !== null || missed)) said.resolve(null);
		else if (!isRunning(pid)) missed = true;
		else if (killedAt !== null) killTree(pid, performance.now() - killedAt < endingMs.kill ? 'SIGTERM' : 'SIGKILL');
	};
	const lookAgain = () => {
		looking ??= setInterval(look, endingMs.look);
	};
	// Again until it has ended: it may not have begun yet, or not hear of it.
	const kill = () => {
		killedAt ??= performance.now();
		lookAgain();
		look();
	};
	const over = said.promise.then(status => {
		clearInterval(looking);
		for (const name of streamNames) rm(`${base}.${name}`, {force: true}).catch(() => {});
		return killedAt === null ? status : null;
	});
	const streams = opened(base);
	if (streams === null) {
		kill();
		return null;
	}
	// Where somebody has ended the shell around it nobody says so.
	for (const stream of [streams.stdout, streams.stderr]) stream.once('close', lookAgain);
	const ended = over.then(status => {
		for (const stream of [streams.stdout, streams.stderr]) stream.off('close', lookAgain);
		streams.stdin.destroy();
		return status;
	});
	return {...streams, ended, kill};
}

/** `vs_n` holds a line end there. */
const inOneLine = (word: string) => plainWord(word).replaceAll('\n', `'"$vs_n"'`);

const streamNames = ['in', 'out', 'err'] as const;

/** Our ends of its streams; null where there are no descriptors left. */
function opened(base: string): Pick<StartedAside, 'stdin' | 'stdout' | 'stderr'> | null {
	const taken: number[] = [];
	const take = (name: (typeof streamNames)[number], flags: number) => {
		taken.push(openSync(`${base}.${name}`, flags | constants.O_NONBLOCK));
		return taken.at(-1)!;
	};
	try {
		// To read and to write, since to write alone cannot be had before somebody reads.
		const fds = [
			take('in', constants.O_RDWR),
			take('out', constants.O_RDONLY),
			take('err', constants.O_RDONLY),
		] as const;
		return {
			stdin: new Socket({fd: fds[0], readable: false}),
			stdout: new Socket({fd: fds[1], writable: false}),
			stderr: new Socket({fd: fds[2], writable: false}),
		};
	} catch {
		for (const fd of taken) closeSync(fd);
		return null;
	}
}
