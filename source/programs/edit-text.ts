/** A text in the editor of the person at the terminal, which has the terminal meanwhile. */
import {spawn} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {buffer} from 'node:stream/consumers';
import {refuse} from '../core/model/refusal.ts';
import {RefusalError} from '../core/words/foreseen-error.ts';
import {t} from '../core/words/text.ts';
import {debug} from './debug-log.ts';

type Hearing = (signal: 'SIGINT' | 'SIGQUIT', listener: () => void) => unknown;

type Editing = {
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Of this process. */
	readonly signals: {readonly on: Hearing; readonly off: Hearing};
};

/** Where neither variable says: Debian's alternatives, and what POSIX has everywhere. */
const ofTheSystem = '$(command -v editor || command -v vi || command -v nano || echo vi)';

/**
 * A variable may hold words and options, so that a shell reads it. It outlives the keys that signal everyone at the terminal, as an editor
 * does; it hands the text over and removes the folder by itself, also where this program was killed meanwhile.
 */
const script = (editor: string) => `
trap : HUP INT QUIT TERM
${editor} "$1" 3>&-
status=$?
[ "$status" -eq 0 ] && head -c 1000000 "$1" >&3
rm -rf "$2"
exit "$status"`;

/**
 * The text as the person left it in $VISUAL, else $EDITOR, else the editor of the system; lines end with a newline, the last one with
 * none. The file stands in a folder that only this user may look into, and is gone afterwards.
 *
 * @throws {RefusalError} where the editor cannot be started or fails: what was written is given up
 */
export async function editText(text: string, {env, signals}: Editing): Promise<string> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-edit-'));
	const ignore = () => {};
	for (const signal of ['SIGINT', 'SIGQUIT'] as const) signals.on(signal, ignore);
	try {
		const file = path.join(folder, 'description.txt');
		const before = text === '' ? '' : `${text}\n`;
		await writeFile(file, before, {mode: 0o600});
		const named = env.VISUAL || env.EDITOR;
		const {status, bytes} = await run(['sh', '-c', script(named || ofTheSystem), 'sh', file, folder]);
		if (status !== 0) throw failed(named || 'the editor', status);
		const after = decoded(bytes);
		return after === before ? text : after.replaceAll('\r\n', '\n').replace(/\n+$/, '');
	} finally {
		for (const signal of ['SIGINT', 'SIGQUIT'] as const) signals.off(signal, ignore);
		await rm(folder, {recursive: true, force: true});
	}
}

/** What it writes to its descriptor 3, once it has ended. */
async function run([program, ...words]: readonly string[]): Promise<{status: number | null; bytes: Buffer}> {
	const child = spawn(program!, words, {stdio: ['inherit', 'inherit', 'inherit', 'pipe']});
	const ended = new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', resolve);
	});
	const [status, bytes] = await Promise.all([ended, buffer(child.stdio[3] as NodeJS.ReadableStream)]);
	debug('process', {argv: [program, ...words], exitCode: status});
	return {status, bytes};
}

function failed(editor: string, status: number | null): RefusalError {
	const missing = status === 126 || status === 127;
	const reason = missing
		? t`${editor} could not be started.`
		: t`${editor} ended with ${status === null ? 'a signal' : `status ${status}`}.`;
	const remedy = missing ? 'Set EDITOR to an editor of this machine.' : 'The text is as it was: edit it again.';
	return new RefusalError(refuse('no-editor', reason, remedy));
}

function decoded(bytes: Buffer): string {
	try {
		return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
	} catch {
		throw new RefusalError(refuse('no-editor', 'What the editor wrote is not UTF-8.', 'Edit it again.'));
	}
}
