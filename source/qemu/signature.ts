/** A short text that changes whenever what we show of an image changes, got without starting a process. */
import {createHash} from 'node:crypto';
import {constants, open, stat} from 'node:fs/promises';
import {readQcow2Bytes} from './qcow2.ts';

/**
 * Signature of one image file; an error code such as `ENOENT` where it cannot be looked at, which is a state like any other.
 *
 * Neither time of change nor size will do: a running guest writes all the time, and to read again at every write of every guest
 * would never let the machine rest. Nor do `nb_snapshots` and `snapshots_offset` alone: QEMU writes a changed snapshot table to
 * freshly allocated clusters, but after a delete and a create both numbers can be what they were (seen on QEMU 7.2: `-d b`, `-c b`).
 * So the table itself is hashed; its entries hold ID, date and clock, which no two snapshots share.
 */
export async function signatureOf(file: string): Promise<string> {
	try {
		const facts = await stat(file);
		// Opening a pipe would wait for its other end.
		if (!facts.isFile() && !facts.isBlockDevice()) return `special ${facts.dev}:${facts.ino}`;
		const contents = await digest(file);
		return `${facts.dev}:${facts.ino} ${contents ?? facts.size}`;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code ?? String(error);
	}
}

/** Hash of a qcow2's header and snapshot table; null where it is no qcow2. */
async function digest(file: string): Promise<string | null> {
	const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
	try {
		const bytes = await readQcow2Bytes(handle);
		return bytes && createHash('sha1').update(bytes.head).update(bytes.table).digest('base64');
	} finally {
		await handle.close();
	}
}
