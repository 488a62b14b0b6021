/** Files that do not answer: on a server that is gone even a stat(2) waits for ever, and each wait takes one of the few threads of Node. */
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {filesIn} from './names.ts';

/** A file system that is well answers in milliseconds, one on a busy disk within a second. */
const deadlineMs = 5000;

/** Whether there is an answer about this file in time, whatever it says. */
type Answering = (file: string) => Promise<boolean>;

/**
 * One question at a time for each folder: while it is not answered, and its time is up, nothing else in that folder is asked for.
 *
 * @param ask rejects where the file cannot be looked at, which is an answer as well
 */
export function answering(ask: (file: string) => Promise<unknown> = stat, patience = deadlineMs): Answering {
	const open = new Map<string, Promise<boolean>>();
	return file => {
		const folder = path.dirname(file);
		const known = open.get(folder);
		if (known) return known;
		const answer = ask(file).then(
			() => true,
			() => true,
		);
		const inTime = Promise.race([answer, expiry(patience)]);
		open.set(folder, inTime);
		void answer.then(() => open.delete(folder));
		return inTime;
	};
}

/** Those of the files about which there is an answer. */
export async function answeringAmong(answers: Answering, files: readonly string[]): Promise<string[]> {
	const found = await Promise.all(files.map(async file => ((await answers(file)) ? [file] : [])));
	return found.flat();
}

const expiry = (milliseconds: number): Promise<false> =>
	new Promise(resolve => setTimeout(resolve, milliseconds, false).unref());

/** Why a file is not opened: whoever opens a pipe waits for its other end. Null for a file, a device and what is not there. */
export async function neverOpened(name: string): Promise<string | null> {
	const found = await Promise.all(filesIn(name).map(file => stat(file).catch(() => null)));
	if (found.some(facts => facts?.isFIFO())) return 'it is a named pipe (FIFO), not an image';
	if (found.some(facts => facts?.isSocket())) return 'it is a socket, not an image';
	return found.some(facts => facts?.isCharacterDevice()) ? 'it is a character device, not an image' : null;
}

/** Said of a file that did not answer. */
export const noAnswer = `no answer within ${deadlineMs / 1000} s`;
