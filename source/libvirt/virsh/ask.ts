/** Many questions over one virsh process: starting one costs 20 to 30 ms, each further command a fraction of one. */
import pLimit from 'p-limit';
import type {LoggedCommand} from '../../core/model/hypervisor.ts';
import {debug} from '../../programs/debug-log.ts';
import {firstWords} from '../../programs/first-words.ts';
import {runProgram} from '../../programs/run-program.ts';
import {CommandError, ConnectionError} from '../errors.ts';
import {isConnectionFailure} from '../remedies.ts';
import {quoteCommand} from './quote.ts';

/** How to reach one libvirt. */
export type Libvirt = {
	/** Null: virsh's own default (its environment variables, then its configuration). */
	readonly uri: string | null;
	/** Added to the environment that virsh inherits. */
	readonly env?: Readonly<Record<string, string>>;
	/** Hears of every process that was run. */
	readonly log?: (command: LoggedCommand) => void;
	/** Ends whatever is under way. */
	readonly signal?: AbortSignal;
};

/** What virsh printed for one question, byte for byte. */
export type Answer = {
	readonly stdout: string;
	readonly stderr: string;
	/** virsh printed an error for it. (Its exit status says nothing: one process answers for many questions.) */
	readonly failed: boolean;
};

/** Some 400 questions. Linux takes 128 KiB as one argument (MAX_ARG_STRLEN, execve(2)). */
const longestBatch = 60 * 1024;

/** On one connection virsh and the daemon only ever wait for each other: with two, both have something to do. */
const batchesAtOnce = 2;

/** A daemon that is this slow is as good as gone; a batch of hundreds of dumps takes under a second. */
const patienceMilliseconds = 60_000;

/** The argv of a virsh that runs `command`, for a step or a log line. */
export function virshArgv(uri: string | null, ...command: readonly string[]): string[] {
	return ['virsh', '-q', ...(uri === null ? [] : ['-c', uri]), ...command];
}

/**
 * Put questions to libvirt, each an argv without the leading `virsh`; as many answers, in the same order. A question that
 * failed is an answer with `failed`.
 *
 * @throws {ConnectionError} libvirt could not be asked
 * @throws {CommandError} virsh itself did not work, or does not know a command
 */
export async function ask(libvirt: Libvirt, questions: readonly (readonly string[])[]): Promise<Answer[]> {
	if (questions.length === 0) return [];
	// Loaded as it is used, which it is not over the wire.
	const nonce = crypto.randomUUID().replaceAll('-', '');
	const commands = questions.map(question => `${quoteCommand(question)};echo ${nonce};echo --err ${nonce}`);
	const batches = chunk(commands, longestBatch);
	const all = (await askBatches(libvirt, batches, nonce)).flat();
	// How long they took stands in the lines of their processes; what was answered may hold passwords.
	for (const [index, {failed, stdout, stderr}] of all.entries())
		debug('question', {argv: questions[index], failed, bytes: stdout.length, error: firstWords(stderr)});
	return all;
}

/** The first failure lets no further batch begin; what runs has ended before this does, so that no process remains. */
async function askBatches(libvirt: Libvirt, batches: readonly string[][], nonce: string): Promise<Answer[][]> {
	const limit = pLimit({concurrency: batchesAtOnce, rejectOnClear: true});
	const askNext = async (batch: readonly string[]) => {
		try {
			return await askBatch(libvirt, batch, nonce);
		} catch (error) {
			limit.clearQueue();
			throw error;
		}
	};
	const ended = await Promise.allSettled(batches.map(batch => limit(askNext, batch)));
	return ended.map(one => {
		if (one.status === 'rejected') throw one.reason;
		return one.value;
	});
}

async function askBatch(libvirt: Libvirt, commands: readonly string[], nonce: string): Promise<Answer[]> {
	const argv = virshArgv(libvirt.uri, commands.join(';'));
	const {stdout, stderr, exitCode} = await runLogged(libvirt, argv, commands.length);
	// With -q virsh's `echo` ends without a newline on stdout, and as a message of its own on stderr.
	const outputs = stdout.split(nonce);
	const errors = stderr.split(`error: ${nonce}\n`);
	if (isConnectionFailure(stderr)) throw new ConnectionError(argv, exitCode, withoutMarks(stderr, nonce));
	if (outputs.length !== commands.length + 1 || errors.length !== commands.length + 1) {
		throw new CommandError(argv, exitCode, withoutMarks(stderr, nonce));
	}

	return commands.map((_, index) => {
		const words = errors[index]!;
		return {stdout: outputs[index]!, stderr: words, failed: /^error:/m.test(words)};
	});
}

async function runLogged({env, log, signal}: Libvirt, argv: readonly string[], questions: number) {
	const shown = logged(argv, questions);
	const ended = await runProgram(argv, {env, signal, log, shown, patience: patienceMilliseconds});
	if (ended.exitCode !== null) return ended;
	throw new ConnectionError(argv, null, ended.failure!.replace(/^virsh (did not answer)/, 'libvirt $1'));
}

/** The log shows what was asked, not the marks between. */
function logged(argv: readonly string[], questions: number): string[] {
	const text = argv.at(-1)!.replaceAll(/;echo (?:--err )?[0-9a-f]{32}/g, '');
	const shown = text.length > 300 ? `${text.slice(0, 300)}… (${questions} commands)` : text;
	return [...argv.slice(0, -1), shown];
}

function withoutMarks(text: string, nonce: string): string {
	return text.replaceAll(`error: ${nonce}\n`, '');
}

/** Pack texts in their order into groups whose joined length, in bytes, stays under `limit`. */
function chunk(texts: readonly string[], limit: number): string[][] {
	const groups: string[][] = [];
	let size = limit;
	for (const text of texts) {
		const bytes = Buffer.byteLength(text) + 1;
		if (size + bytes > limit) {
			groups.push([]);
			size = 0;
		}

		groups.at(-1)!.push(text);
		size += bytes;
	}

	return groups;
}
