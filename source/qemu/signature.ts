/** A short text that changes whenever what we show of an image changes, got without starting a process. */
import type {BigIntStats} from 'node:fs';
import {constants, open, stat} from 'node:fs/promises';
import {fileIdOf} from './files/identity.ts';
import {type Qcow2Bytes, readQcow2Bytes} from './qcow2.ts';

/** One look at a file: what stat(2) told, the bytes of a qcow2 (null for any other), and the signature of just these. */
export type Look = {readonly facts: BigIntStats; readonly bytes: Qcow2Bytes | null; readonly signature: string};

/**
 * Signature of one image file; an error code such as `ENOENT` where it cannot be looked at, which is a state like any other.
 *
 * Neither time of change nor size will do: a running guest writes all the time, and to read again at every write of every guest
 * would never let the machine rest. Nor do `nb_snapshots` and `snapshots_offset` alone: QEMU writes a changed snapshot table to
 * freshly allocated clusters, but after a delete and a create both numbers can be what they were (seen on QEMU 7.2: `-d b`, `-c b`).
 * So the table itself is compared; its entries hold ID, date and clock, which no two snapshots share.
 */
export async function signatureOf(file: string): Promise<string> {
	try {
		return (await lookAt(file)).signature;
	} catch (error) {
		return signatureOfError(error);
	}
}

/** Of a file that cannot be looked at. */
export function signatureOfError(error: unknown): string {
	return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** Looks at an image file once; rejects where there is none. One that may not be read has no bytes, and says so in its signature. */
export async function lookAt(file: string): Promise<Look> {
	const facts = await stat(file, {bigint: true});
	const id = fileIdOf(facts);
	// Opening a pipe would wait for its other end.
	if (!facts.isFile() && !facts.isBlockDevice()) return {facts, bytes: null, signature: `special ${id}`};
	try {
		const bytes = await bytesOf(file);
		return {facts, bytes, signature: `${id} ${bytes === null ? facts.size : await digest(bytes)}`};
	} catch (error) {
		return {facts, bytes: null, signature: signatureOfError(error)};
	}
}

async function bytesOf(file: string): Promise<Qcow2Bytes | null> {
	const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
	try {
		return await readQcow2Bytes(handle);
	} finally {
		await handle.close();
	}
}

/** A longer table is hashed, so that little is kept of it. */
const mostTableBytes = 16 * 1024;

/** Mostly the bytes themselves, of whose header a few hundred are no zeros: Node takes 5 ms to load its hashes, a tenth of a list's time. */
async function digest({head, table}: Qcow2Bytes): Promise<string> {
	const end = head.findLastIndex(byte => byte !== 0) + 1;
	const start = `${end} ${head.toString('latin1', 0, end)}`;
	if (table.length <= mostTableBytes) return `${start} ${table.toString('latin1')}`;
	const {createHash} = await import('node:crypto');
	return `${start} ${createHash('sha1').update(table).digest('base64')}`;
}
