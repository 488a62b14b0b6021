/** What the process that carries a receipt out says on stderr: kept beside the receipt, since a crash leaves nothing else behind. */
import {readFile, rm, stat} from 'node:fs/promises';
import path from 'node:path';

/** The file beside the receipt of this id. */
export const runnerWords = (folder: string, id: string): string => path.join(folder, `${id}.stderr`);

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
