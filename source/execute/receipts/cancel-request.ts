/** A person's request to stop: an empty file beside the receipt, which whoever carries it out looks for. */
import {access, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';

/** Ask that the receipt of this id be stopped. Rejects where the file cannot be written. */
export async function requestCancel(folder: string, id: string): Promise<void> {
	await writeFile(requestFile(folder, id), '', {mode: 0o600});
}

/** Whether that was asked. */
export function isCancelRequested(folder: string, id: string): Promise<boolean> {
	return access(requestFile(folder, id)).then(
		() => true,
		() => false,
	);
}

/** Nothing is left to stop. Never rejects. */
export async function dropCancelRequest(folder: string, id: string): Promise<void> {
	await rm(requestFile(folder, id), {force: true}).catch(() => undefined);
}

function requestFile(folder: string, id: string): string {
	return path.join(folder, `${id}.cancel`);
}
