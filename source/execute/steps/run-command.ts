/** Runs one command of a plan. */
import {type FileHandle, mkdtemp, open, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {LoggedCommand} from '../../core/model/hypervisor.ts';

export type CommandResult = {
	/** Null where it could not be started or was killed; then `stderr` says why. */
	readonly exitCode: number | null;
	readonly stdout: string;
	readonly stderr: string;
};

export type RunCommand = (argv: readonly string[], input?: string) => Promise<CommandResult>;

/** Real processes. There is no time limit: a commit of a large image takes as long as it takes, and half of one is worse. */
export function commandRunner(
	env: Readonly<Record<string, string>>,
	log?: (command: LoggedCommand) => void,
): RunCommand {
	return async (argv, input) => {
		const {execa} = await import('execa');
		const at = new Date().toISOString();
		const started = performance.now();
		const [program, ...rest] = argv;
		const stdin = input === undefined ? null : await openText(input);
		const result = await execa(program!, rest, {
			env: {LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8', LANGUAGE: '', ...env},
			// execa takes a file descriptor, but its types know only numbers up to 9.
			stdin: (stdin?.fd ?? 'ignore') as 'ignore',
			reject: false,
			stripFinalNewline: false,
			// A signal that ends this program must not cut an operation in half: it goes on, and the receipt says so.
			cleanup: false,
			detached: true,
		});
		await stdin?.close();
		const exitCode = result.exitCode ?? null;
		const stderr = exitCode === null ? result.stderr || (result.originalMessage ?? 'it was killed') : result.stderr;
		log?.({
			at,
			argv,
			milliseconds: Math.round(performance.now() - started),
			exitCode,
			error: exitCode === 0 ? '' : stderr.trim().split('\n')[0]!,
			changes: true,
		});
		return {exitCode, stdout: result.stdout, stderr};
	};
}

/**
 * A file of this text, open for reading and already without a name, so that nothing is left behind. Not a pipe: Node's are sockets,
 * and `virsh define /dev/stdin` cannot open one ("No such device or address").
 */
async function openText(text: string): Promise<FileHandle> {
	const folder = await mkdtemp(path.join(tmpdir(), 'virsnap-'));
	try {
		const name = path.join(folder, 'input');
		const file = await open(name, 'wx', 0o600);
		await file.writeFile(text);
		await file.close();
		return await open(name, 'r');
	} finally {
		await rm(folder, {recursive: true});
	}
}
