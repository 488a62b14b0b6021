/** Starts the process that carries a plan out: a session of its own, no terminal, so that nothing that ends us ends it. */
import {spawn} from 'node:child_process';
import {open} from 'node:fs/promises';
import {env as environment} from 'node:process';

export type Started = {
	/** Why it could not be started; null where it was. */
	readonly failure: string | null;
	readonly running: () => boolean;
	/** Resolves when the process has ended; never rejects. */
	readonly gone: Promise<void>;
};

/**
 * Start `argv`, with `env` added to our own environment. Never rejects: where it cannot be started `failure` says why. What it says on
 * stderr goes to the file `words`, for a crash leaves nothing else behind.
 */
export async function startRunner(
	argv: readonly string[],
	env: Readonly<Record<string, string>>,
	words: string,
): Promise<Started> {
	const [program, ...rest] = argv;
	const file = await open(words, 'a', 0o600).catch(() => null);
	const stdio = ['ignore', 'ignore', file?.fd ?? 'ignore'] as const;
	// Not in our folder, which may be removed or unmounted while the steps go on.
	const child = spawn(program!, rest, {
		cwd: '/',
		detached: true,
		stdio: [...stdio],
		env: {...environment, ...env},
	});
	let running = true;
	const gone = new Promise<void>(resolve => {
		child.once('exit', () => {
			running = false;
			resolve();
		});
	});
	child.unref();
	const started = await new Promise<Started>(resolve => {
		child.once('spawn', () => resolve({failure: null, running: () => running, gone}));
		child.once('error', error => resolve({failure: error.message, running: () => false, gone: Promise.resolve()}));
	});
	await file?.close();
	return started;
}
