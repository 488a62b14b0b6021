/** A short text that changes whenever what we show of an image changes, got without starting a process. */
import {createHash} from 'node:crypto';
import {constants, type FileHandle, open, stat} from 'node:fs/promises';

/** Magic bytes `QFI\xfb` and field offsets of the qcow2 header (QEMU's docs/interop/qcow2.txt, "Header"). */
const magic = 0x514649fb;
const snapshotCountAt = 60;
const snapshotTableAt = 64;

/** The header, its extensions (backing format) and the backing file's name, which all stand in the first cluster. */
const headBytes = 4096;

/**
 * Signature of one image file; an error code such as `ENOENT` where it cannot be looked at, which is a state like any other.
 *
 * Neither time of change nor size will do: a running guest writes all the time, and a new process for every write of every guest
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
		const head = await read(handle, 0, headBytes);
		if (head.length < snapshotTableAt + 8 || head.readUInt32BE(0) !== magic) return null;
		const table = await readTable(
			handle,
			Number(head.readBigUInt64BE(snapshotTableAt)),
			head.readUInt32BE(snapshotCountAt),
		);
		return createHash('sha1').update(head).update(table).digest('base64');
	} finally {
		await handle.close();
	}
}

async function readTable(handle: FileHandle, offset: number, count: number): Promise<Buffer> {
	if (count === 0) return Buffer.alloc(0);
	for (let size = 16 * 1024; ; size *= 4) {
		const bytes = await read(handle, offset, size);
		const length = tableLength(bytes, count);
		if (length !== null) return bytes.subarray(0, length);
		if (bytes.length < size) return bytes; // cut off: a broken image; qemu-img will say so
	}
}

/** Bytes that `count` entries take; null where the buffer does not hold them all ("Snapshots" in qcow2.txt). */
function tableLength(bytes: Buffer, count: number): number | null {
	let end = 0;
	for (let index = 0; index < count; index++) {
		// Entries begin at multiples of 8. The last one is not padded, and may end the file.
		const start = Math.ceil(end / 8) * 8;
		if (start + 40 > bytes.length) return null;
		end = start + 40 + bytes.readUInt16BE(start + 12) + bytes.readUInt16BE(start + 14) + bytes.readUInt32BE(start + 36);
	}

	return end <= bytes.length ? end : null;
}

async function read(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
	const {buffer, bytesRead} = await handle.read(Buffer.alloc(length), 0, length, offset);
	return buffer.subarray(0, bytesRead);
}
