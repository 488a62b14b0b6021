/** The part of a qcow2 file that we show, read without a process (QEMU's docs/interop/qcow2.txt: "Header", "Snapshots"). */
import {isUtf8} from 'node:buffer';
import {type FileHandle, open} from 'node:fs/promises';
import type {ImageSnapshot} from '../core/model/disk.ts';

/** The bytes that say what an image is: its first cluster's beginning, and its snapshot table. */
export type Qcow2Bytes = {readonly head: Buffer; readonly table: Buffer};

export type Qcow2 = {
	readonly virtualSizeBytes: number;
	/** As it stands in the file, perhaps relative; `format` null where none was recorded. */
	readonly backing: {readonly name: string; readonly format: string | null} | null;
	readonly snapshots: readonly ImageSnapshot[];
};

const magic = 0x514649fb;
const backingFormatExtension = 0xe2792aca;
const dataFileExtension = 0x44415441;

/** The header, its extensions (backing format) and the backing file's name, which all stand in the first cluster. */
const headBytes = 4096;
const entryBytes = 40;

/** QEMU opens no image with more than this (block/qcow2.h: QCOW_MAX_SNAPSHOTS, QCOW_MAX_SNAPSHOTS_SIZE); such a count is a lie. */
const mostSnapshots = 65_536;
const longestTable = 1024 * mostSnapshots;

/** Incompatible features that change nothing of what is read here: dirty, compression type, extended L2 entries. */
const harmlessFeatures = 0b11001n;
const dataFileFeature = 0b00100n;

/** Null where the file is no qcow2. */
export async function readQcow2Bytes(handle: FileHandle): Promise<Qcow2Bytes | null> {
	const head = await read(handle, 0, headBytes);
	if (head.length < 72 || head.readUInt32BE(0) !== magic) return null;
	return {head, table: await readTable(handle, Number(head.readBigUInt64BE(64)), head.readUInt32BE(60))};
}

async function readTable(handle: FileHandle, offset: number, count: number): Promise<Buffer> {
	if (count === 0 || count > mostSnapshots) return Buffer.alloc(0);
	for (let size = 16 * 1024; ; size = Math.min(size * 4, longestTable)) {
		const bytes = await read(handle, offset, size);
		const last = tableEntries(bytes, count).at(-1);
		if (last) return bytes.subarray(0, last.end);
		if (bytes.length < size || size === longestTable) return bytes; // cut off: a broken image; qemu-img will say so
	}
}

/** What the bytes say; null where it takes QEMU itself to tell: encrypted, its data in another file, broken, of a later version. */
export function parseQcow2({head, table}: Qcow2Bytes): Qcow2 | null {
	const version = head.readUInt32BE(4);
	const encrypted = head.readUInt32BE(32) !== 0;
	const later = version === 3 && head.length >= 104;
	if (encrypted || !(version === 2 || later)) return null;
	if (later && (head.readBigUInt64BE(72) & ~harmlessFeatures) !== 0n) return null;
	const count = head.readUInt32BE(60);
	const found = tableEntries(table, count);
	const backing = parseBacking(head, version === 2 ? 72 : head.readUInt32BE(100));
	if (found.length !== count || backing === undefined) return null;
	return {
		virtualSizeBytes: Number(head.readBigUInt64BE(24)),
		backing,
		snapshots: found.map(entry => parseSnapshot(table, entry)),
	};
}

/** The name of the file that its data is in, as it stands in the image; null where that is the image itself, or no qcow2. */
export function dataFileIn(head: Buffer): string | null {
	if (head.length < 104 || head.readUInt32BE(0) !== magic || head.readUInt32BE(4) !== 3) return null;
	if ((head.readBigUInt64BE(72) & dataFileFeature) === 0n) return null;
	return extensionText(head, head.readUInt32BE(100), dataFileExtension);
}

/** Undefined where it does not stand in the bytes at hand. */
function parseBacking(head: Buffer, extensions: number): Qcow2['backing'] | undefined {
	const offset = Number(head.readBigUInt64BE(8));
	const end = offset + head.readUInt32BE(16);
	if (offset === 0) return null;
	if (end > head.length) return undefined;
	return {name: head.toString('utf8', offset, end), format: extensionText(head, extensions, backingFormatExtension)};
}

function extensionText(head: Buffer, start: number, wanted: number): string | null {
	for (let at = start; at + 8 <= head.length; ) {
		const type = head.readUInt32BE(at);
		const length = head.readUInt32BE(at + 4);
		if (type === 0) return null;
		if (type === wanted) return head.toString('utf8', at + 8, at + 8 + length);
		at += 8 + Math.ceil(length / 8) * 8;
	}

	return null;
}

type TableEntry = {readonly start: number; readonly end: number};

/** Where the table's entries begin and end; none at all where the bytes do not hold `count` of them. */
export function tableEntries(bytes: Buffer, count: number): TableEntry[] {
	const found: TableEntry[] = [];
	for (let index = 0; index < count; index++) {
		// Entries begin at multiples of 8. The last one is not padded, and may end the file.
		const start = Math.ceil((found.at(-1)?.end ?? 0) / 8) * 8;
		if (start + entryBytes > bytes.length) return [];
		const lengths = bytes.readUInt16BE(start + 12) + bytes.readUInt16BE(start + 14) + bytes.readUInt32BE(start + 36);
		found.push({start, end: start + entryBytes + lengths});
	}

	return (found.at(-1)?.end ?? 0) <= bytes.length ? found : [];
}

/** One entry of the snapshot table, without where its tables are. */
export function parseSnapshot(table: Buffer, {start, end}: TableEntry): ImageSnapshot {
	const extra = table.readUInt32BE(start + 36);
	const name = end - table.readUInt16BE(start + 14);
	const id = name - table.readUInt16BE(start + 12);
	const milliseconds = table.readUInt32BE(start + 16) * 1000 + Math.floor(table.readUInt32BE(start + 20) / 1e6);
	return {
		id: table.toString('utf8', id, name),
		tag: table.toString('utf8', name, end),
		rawTag: rawTagOf(table.subarray(name, end)),
		// Version 3 counts it in 64 bits, among the extra data.
		vmSizeBytes: extra >= 8 ? Number(table.readBigUInt64BE(start + entryBytes)) : table.readUInt32BE(start + 32),
		createdAt: new Date(milliseconds).toISOString(),
		vmClockNs: Number(table.readBigUInt64BE(start + 24)),
		diskBytes: extra >= 16 ? Number(table.readBigUInt64BE(start + entryBytes + 8)) : null,
	};
}

function rawTagOf(bytes: Buffer): string | null {
	if (isUtf8(bytes)) return null;
	return [...bytes].map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/** What qemu-img does not tell of a snapshot: the size of its disk, and what its tag really is. */
export type Untold = Pick<ImageSnapshot, 'diskBytes' | 'rawTag'>;

/** For each snapshot of an image, by its ID; empty where the table cannot be read. */
export async function readUntold(file: string): Promise<ReadonlyMap<string, Untold>> {
	const snapshots = await readTableOf(file).catch(() => []);
	return new Map(snapshots.map(({id, diskBytes, rawTag}) => [id, {diskBytes, rawTag}]));
}

/** The snapshots inside a qcow2 image, whatever else is in it; rejects where it cannot be read. */
export async function readTableOf(file: string): Promise<ImageSnapshot[]> {
	const bytes = await readQcow2File(file);
	if (bytes === null) return [];
	const entries = tableEntries(bytes.table, bytes.head.readUInt32BE(60));
	return entries.map(entry => parseSnapshot(bytes.table, entry));
}

/** Whether it begins as a qcow2 image does. False for what cannot be read, and for what has no contents of its own (a folder). */
export async function isQcow2(file: string): Promise<boolean> {
	return (await readQcow2File(file).catch(() => null)) !== null;
}

/** Null where the file is no qcow2. */
export async function readQcow2File(file: string): Promise<Qcow2Bytes | null> {
	const handle = await open(file);
	try {
		return await readQcow2Bytes(handle);
	} finally {
		await handle.close();
	}
}

async function read(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
	const {buffer, bytesRead} = await handle.read(Buffer.alloc(length), 0, length, offset);
	return buffer.subarray(0, bytesRead);
}
