/** Asks qemu-img something; never to be used for what changes an image. */
import type {LoggedCommand} from '../core/model/hypervisor.ts';

type QemuImgAnswer = {
	readonly stdout: string;
	/** Null where it never ran to an end. */
	readonly exitCode: number | null;
	/** Its own words; null where its status is one that counts as an answer. */
	readonly failure: string | null;
};

type Asking = {
	readonly log?: ((command: LoggedCommand) => void) | undefined;
	/** How long it may take, in milliseconds. */
	readonly patience?: number;
	/** Statuses that are answers too; 0 always is. */
	readonly answers?: readonly number[];
};

/** Run `qemu-img` with these arguments, in plain English. Never rejects. */
export async function askQemuImg(
	args: readonly string[],
	{log, patience = 30_000, answers = []}: Asking = {},
): Promise<QemuImgAnswer> {
	const {execa} = await import('execa');
	const at = new Date().toISOString();
	const started = performance.now();
	const result = await execa('qemu-img', args, {
		env: {LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8', LANGUAGE: ''},
		stdin: 'ignore',
		reject: false,
		timeout: patience,
	});
	const exitCode = result.exitCode ?? null;
	const failure = exitCode === 0 || answers.includes(exitCode ?? 0) ? null : wordsOf(result, patience);
	const milliseconds = Math.round(performance.now() - started);
	log?.({at, argv: ['qemu-img', ...args], milliseconds, exitCode, error: failure ?? '', changes: false});
	return {stdout: result.stdout, exitCode, failure};
}

type Failed = {exitCode?: number; stderr: string; code?: string; timedOut: boolean};

function wordsOf({exitCode, stderr, code, timedOut}: Failed, patience: number): string {
	if (code === 'ENOENT') return 'spawn qemu-img ENOENT';
	if (timedOut) return `qemu-img did not answer within ${patience / 1000} s`;
	return stderr.trim() || `qemu-img ended with status ${exitCode ?? 'unknown'}`;
}
