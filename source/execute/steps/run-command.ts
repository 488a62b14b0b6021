/** Runs one command of a plan. */
import {type FileHandle, mkdtemp, open, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {LoggedCommand} from '../../core/model/hypervisor.ts';
import {runProgram} from '../../programs/run-program.ts';

export type CommandResult = {
	/** Null where it could not be started or was killed; then `stderr` says why. */
	readonly exitCode: number | null;
	readonly stdout: string;
	readonly stderr: string;
};

/** `end` ends it. */
export type RunCommand = (argv: readonly string[], input?: string, end?: AbortSignal) => Promise<CommandResult>;

/** Real processes. There is no time limit: a commit of a large image takes as long as it takes, and half of one is worse. */
export function commandRunner(
	env: Readonly<Record<string, string>>,
	log?: (command: LoggedCommand) => void,
): RunCommand {
	return async (argv, input, end) => {
		const stdin = input === undefined ? null : await openText(input);
		// A signal that ends this program must not cut an operation in half: it goes on, and the receipt says so.
		const options = {env, stdin: stdin?.fd, outlives: true, changes: true, log, signal: end};
		const {exitCode, stdout, stderr, failure} = await runProgram(argv, options);
		await stdin?.close();
		return {exitCode, stdout, stderr: exitCode === null ? failure! : stderr};
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
