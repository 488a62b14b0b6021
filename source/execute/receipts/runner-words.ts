/** What the process that carries a receipt out says on stderr: kept beside the receipt, since a crash leaves nothing else behind. */
import {randomUUID} from 'node:crypto';
import {readFile, readlink, rename, rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {messageOf} from '../error-words.ts';

/** The file beside the receipt of this id. */
export const runnerWords = (folder: string, id: string): string => path.join(folder, `${id}.stderr`);

/** The file of a process that does not know its receipt yet. */
export const readyWords = (folder: string): string => path.join(folder, `.${randomUUID()}${readySuffix}`);

const readySuffix = '.ready';

/** From now on it is the one beside the receipt. False: it could not be made that. */
export const nameReadyWords = (file: string, folder: string, id: string): Promise<boolean> =>
	rename(file, runnerWords(folder, id)).then(
		() => true,
		() => false,
	);

/** Never rejects. */
export const dropReadyWords = (file: string): Promise<void> => rm(file, {force: true}).catch(() => {});

/** The same by the process itself, whose stderr it is: nobody else may be left to do it. Never rejects. */
export async function dropOwnReadyWords(): Promise<void> {
	const file = await readlink('/proc/self/fd/2').catch(() => '');
	if (file.endsWith(readySuffix)) await dropReadyWords(file);
}

/** Its last lines; empty where it said nothing, or nothing can be read. */
export async function readRunnerWords(folder: string, id: string): Promise<string> {
	const text = await readFile(runnerWords(folder, id), 'utf8').catch(() => '');
	return text.trim().slice(-2000);
}

/** Remove the file where nothing is in it. Never rejects. */
export async function dropRunnerWords(folder: string, id: string): Promise<void> {
	const file = runnerWords(folder, id);
	const empty = (await stat(file).catch(() => null))?.size === 0;
	if (empty) await rm(file, {force: true});
}

/** More than a receipt takes: what the process has left behind may make room for one that did not fit before. */
const enough = 64 * 1024;

/** Why neither a receipt nor such words could be written to this folder now (no room, a quota, read-only); null where they could. */
export async function whyUnwritable(folder: string): Promise<string | null> {
	const probe = path.join(folder, `.${randomUUID()}.probe`);
	try {
		await writeFile(probe, Buffer.alloc(enough), {flag: 'wx', mode: 0o600});
		return null;
	} catch (error) {
		return messageOf(error);
	} finally {
		await rm(probe, {force: true}).catch(() => {});
	}
}
