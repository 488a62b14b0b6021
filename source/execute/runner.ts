/** Starts the process that carries a plan out: a session of its own, no terminal, so that nothing that ends us ends it. */
import {type ChildProcess, spawn} from 'node:child_process';
import {type FileHandle, open} from 'node:fs/promises';
import {env as environment} from 'node:process';
import type {Readable} from 'node:stream';
import {folderDistrust} from './receipts/reading/trusted-files.ts';
import {
	dropOwnReadyWords,
	dropReadyWords,
	dropRunnerWords,
	nameReadyWords,
	readyWords,
	runnerWords,
} from './receipts/runner-words.ts';

export type Started = {
	/** Why it could not be started; null where it was. */
	readonly failure: string | null;
	readonly running: () => boolean;
	/** Resolves when the process has ended; never rejects. */
	readonly gone: Promise<void>;
};

export type Runners = {
	/**
	 * Has a process loaded by the time there is something to carry out, for some minutes; where nothing comes it ends without a trace,
	 * as it does when this process ends, however that comes.
	 */
	prepare(): void;
	/** Carries out the receipt of this id by the one that is ready, else by a new one. Never rejects: where none can be started `failure` says why. */
	start(id: string): Promise<Started>;
	/** Ends the one that is ready. */
	drop(): void;
};

/** What stands for the id that is not known yet: it is read from stdin, a line. */
const laterId = '-';

/** Whoever reads a plan for longer waits those hundred milliseconds again. */
const readyMs = 2 * 60 * 1000;

/**
 * Starts `argv` with the id of a receipt behind it, and `env` added to our own environment. What a process says on stderr goes beside
 * its receipt in `folder`, for a crash leaves nothing else behind.
 */
export function createRunners(argv: readonly string[], env: Readonly<Record<string, string>>, folder: string): Runners {
	let ready: Promise<Ready | null> | null = null;
	let timer: NodeJS.Timeout | undefined;
	const take = () => {
		const taken = ready;
		ready = null;
		clearTimeout(timer);
		return taken;
	};
	const drop = () => void take()?.then(one => one?.drop());
	return {
		prepare() {
			if (ready !== null) return;
			ready = makeReady([...argv, laterId], env, folder).catch(() => null);
			timer = setTimeout(drop, readyMs).unref();
		},
		async start(id) {
			const one = await take();
			return (await one?.start(id)) ?? startCold([...argv, id], env, folder, id);
		},
		drop,
	};
}

async function startCold(
	argv: readonly string[],
	env: Readonly<Record<string, string>>,
	folder: string,
	id: string,
): Promise<Started> {
	const words = await open(runnerWords(folder, id), 'a', 0o600).catch(() => null);
	const started = await launched(start(argv, env, 'ignore', words));
	await words?.close();
	if (started.failure !== null) await dropRunnerWords(folder, id);
	return started;
}

type Ready = {
	/** Null where it cannot be used any more. */
	start(id: string): Promise<Started | null>;
	drop(): void;
};

/** Null where it could not be started: then whoever wants one learns why. */
async function makeReady(
	argv: readonly string[],
	env: Readonly<Record<string, string>>,
	folder: string,
): Promise<Ready | null> {
	const file = readyWords(folder);
	const words = await openIn(folder, file);
	if (words === null) return null;
	const child = start(argv, env, 'pipe', words);
	// It may be gone when it is told what to do: then it has not begun.
	child.stdin!.on('error', () => {});
	const started = await launched(child);
	await words.close();
	if (started.failure !== null) {
		await dropReadyWords(file);
		return null;
	}
	// By then it has another name, unless nothing came for it.
	void started.gone.then(() => dropReadyWords(file));
	const drop = () => void child.stdin!.end();
	return {
		async start(id) {
			const named = started.running() && (await nameReadyWords(file, folder, id));
			if (named && started.running()) {
				child.stdin!.end(`${id}\n`);
				return started;
			}
			drop();
			return null;
		},
		drop,
	};
}

/** Null: receipts do not belong there. Or there is no folder, since there was no receipt yet: it is made with the first. */
async function openIn(folder: string, file: string): Promise<FileHandle | null> {
	if ((await folderDistrust(folder)) !== null) return null;
	return open(file, 'ax', 0o600).catch(() => null);
}

function start(
	argv: readonly string[],
	env: Readonly<Record<string, string>>,
	stdin: 'ignore' | 'pipe',
	words: FileHandle | null,
): ChildProcess {
	const [program, ...rest] = argv;
	// Not in our folder, which may be removed or unmounted while the steps go on.
	const child = spawn(program!, rest, {
		cwd: '/',
		detached: true,
		stdio: [stdin, 'ignore', words?.fd ?? 'ignore'],
		env: {...environment, ...env},
	});
	child.unref();
	// A pipe is a socket of Node's, which keeps a program alive.
	(child.stdin as {unref?: () => void} | null)?.unref?.();
	return child;
}

function launched(child: ChildProcess): Promise<Started> {
	let running = true;
	const gone = new Promise<void>(resolve => {
		child.once('exit', () => {
			running = false;
			resolve();
		});
	});
	return new Promise<Started>(resolve => {
		child.once('spawn', () => resolve({failure: null, running: () => running, gone}));
		child.once('error', error => resolve({failure: error.message, running: () => false, gone: Promise.resolve()}));
	});
}

/** Longer than any id. */
const mostCharacters = 1000;

/** The id of the receipt to carry out: `given`, or the line that `input` begins with. Null where it ends before: then there is nothing to do. */
export async function wantedReceipt(given: string, input: Readable): Promise<string | null> {
	if (given !== laterId) return given;
	let text = '';
	for await (const bytes of input) {
		text += String(bytes);
		const [id, ...rest] = text.split('\n');
		if (rest.length > 0) return id!;
		if (text.length > mostCharacters) break;
	}
	await dropOwnReadyWords();
	return null;
}
