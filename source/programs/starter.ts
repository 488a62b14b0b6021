/**
 * A small process that starts programs for a large one. Node starts them by fork(2), which copies the page tables of whoever calls it and
 * is waited for until the new program runs: 1 ms in a small process, 9 where 200 MB are resident, 31 with 700, and no key is answered
 * until then. A shell of 1 MB does the same in under 1 ms beside us.
 */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {Socket} from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {plainWord} from '../core/words/text.ts';
import {closePipes, makeFirstPipes, openPipes, type PipeEnds, pipeLots, removePipes} from './named-pipes.ts';
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
 * gets named pipes for its streams, for nothing else can be handed over. They are made many at a time, or that would take longer than to
 * start it. Its input is held (9) until it has all three, or what we say before that and close would be gone. It ends with us, however that
 * comes, with the folder and what runs still: most of it by the end of its input. Its variables are called so that none of the person's is
 * lost to ssh.
 */
const script = `
vs_folder=$1
trap : PIPE
trap exit HUP TERM
trap 'cd / && rm -rf -- "$vs_folder"; trap "" TERM; sleep 1; kill 0; sleep 1; kill -9 0' EXIT
vs_n='
'
make() {
	( cd "$vs_folder" && exec mkfifo -m 600 "$@" )
	echo "made 0 $?"
}
start() {
	vs_id=$1
	shift
	vs_at=$vs_folder/$vs_id
	command -v -- "$1" >/dev/null || { echo "failed $vs_id 0"; return; }
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
 * @throws where no folder, no pipes or no shell can be had
 */
export async function openStarter(env: Readonly<Record<string, string>>): Promise<Starter> {
	// Not by a thread: what it is to start is started before anything else gets this one.
	const folder = mkdtempSync(path.join(os.tmpdir(), 'virsnap-start-'));
	try {
		// Here as well, or the first program would wait for us to hear that the shell has.
		makeFirstPipes(folder);
		const shell = spawn('sh', ['-c', script, 'sh', folder], {
			env: {...process.env, ...env},
			cwd: workingFolder(),
			// A session of its own: there is no terminal in it, and no key pressed at ours ends it.
			detached: true,
			stdio: ['pipe', 'pipe', 'ignore'],
		});
		await once(shell, 'spawn');
		return starterOf(shell, folder);
	} catch (error) {
		await rm(folder, {recursive: true, force: true});
		throw error;
	}
}

function starterOf(shell: ChildProcess, folder: string): Starter {
	const {stdin, stdout} = shell as {stdin: Socket; stdout: Socket} & ChildProcess;
	const listening = new Map<number, Listening>();
	const pipes = pipeLots(names => stdin.write(`make ${names.join(' ')}\n`));
	let alive = true;
	let count = 0;
	let starting = 0;
	// What it has started keeps us running, and what is about to be started; it does not.
	for (const one of [shell, stdin, stdout]) one.unref();
	stdin.on('error', () => {});
	createInterface({input: stdout}).on('line', line => {
		const [word = '', id, value] = line.split(' ');
		if (word === 'made') pipes.made(Number(value) === 0);
		else listening.get(Number(id))?.({word, value: Number(value)});
	});
	shell.once('exit', () => {
		alive = false;
		pipes.over();
		for (const listener of listening.values()) listener(null);
		// What it was making last may come in between.
		rm(folder, {recursive: true, force: true, maxRetries: 3}).catch(() => {});
	});

	async function begin(id: number, argv: readonly string[]): Promise<StartedAside | null> {
		if (!(await pipes.madeFor(id)) || !alive) return null;
		const base = path.join(folder, String(id));
		// Before it is started, so that it need not wait until we have the time.
		const ends = openPipes(base);
		if (ends === null) return null;
		const {pid, said, began} = hearOf(id, listening);
		stdin.write(`start ${id} ${argv.map(inOneLine).join(' ')}\n`);
		const around = await pid;
		if (around === null) {
			closePipes(ends);
			return null;
		}
		// The shell lets go of it.
		void said.promise.then(() => stdin.write(`wait ${around}\n`));
		return began(startedAs(around, base, ends, said));
	}

	return {
		get alive() {
			return alive;
		},
		async start(argv) {
			if (!alive) return null;
			count += 1;
			starting += 1;
			stdout.ref();
			try {
				return await begin(count, argv);
			} finally {
				starting -= 1;
				if (starting === 0) stdout.unref();
			}
		},
	};
}

/** Null: nothing more will be said. */
type Listening = (heard: Heard | null) => void;

type Hearing = {
	/** Of the shell around it; null: it was not started. */
	readonly pid: Promise<number | null>;
	readonly said: PromiseWithResolvers<number | null>;
	began(one: StartedAside): StartedAside;
};

function hearOf(id: number, listening: Map<number, Listening>): Hearing {
	const started = Promise.withResolvers<number | null>();
	const said = Promise.withResolvers<number | null>();
	let begun: StartedAside | null = null;
	listening.set(id, heard => {
		if (heard?.word === 'started') started.resolve(heard.value);
		else if (heard === null && begun !== null) begun.kill();
		else said.resolve(heard?.word === 'ended' ? heard.value : null);
		started.resolve(null);
	});
	void said.promise.then(() => listening.delete(id));
	return {
		pid: started.promise,
		said,
		began(one) {
			begun = one;
			return one;
		},
	};
}

/** `pid`: of the shell around it, which says when it has ended. */
function startedAs(
	pid: number,
	base: string,
	[stdin, stdout, stderr]: PipeEnds,
	said: PromiseWithResolvers<number | null>,
): StartedAside {
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
		removePipes(base);
		return killedAt === null ? status : null;
	});
	const streams = {
		stdin: new Socket({fd: stdin, readable: false}),
		stdout: new Socket({fd: stdout, writable: false}),
		stderr: new Socket({fd: stderr, writable: false}),
	};
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
