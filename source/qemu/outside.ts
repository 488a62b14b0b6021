/** How a file looks without being opened. */
import {lstat} from 'node:fs/promises';

/** Two writes may leave the same time behind, for clocks of files tick slowly (4 ms, on old file systems whole seconds). */
const tickMilliseconds = 2000;

/**
 * A text that changes with every write to this file; null where it does not tell: for a link, a device, a file with several names (it
 * may be written to by another one), one on another device than this, one that was written to a moment ago, one that cannot be looked at.
 *
 * @param device number of the device that it has to lie on
 */
export async function outsideOf(file: string, device: number | null): Promise<string | null> {
	if (device === null) return null;
	const now = Date.now();
	const facts = await lstat(file).catch(() => null);
	if (!facts?.isFile() || facts.nlink !== 1 || facts.dev !== device) return null;
	const {ino, size, blocks, mtimeMs, ctimeMs} = facts;
	if (Math.max(mtimeMs, ctimeMs) > now - tickMilliseconds) return null;
	return [ino, size, blocks, mtimeMs, ctimeMs].join(' ');
}
