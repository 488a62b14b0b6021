/** Runs one command of a plan. */
import type {LoggedCommand} from '../core/hypervisor.ts';

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
		const result = await execa(program!, rest, {
			env: {LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8', LANGUAGE: '', ...env},
			...(input === undefined ? {stdin: 'ignore' as const} : {input}),
			reject: false,
			stripFinalNewline: false,
			// A signal that ends this program must not cut an operation in half: it goes on, and the receipt says so.
			cleanup: false,
			detached: true,
		});
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
