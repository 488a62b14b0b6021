/** What the internal snapshots of a qcow2 image really occupy, read from its tables without a process and without the data. */
import {constants, type FileHandle, open} from 'node:fs/promises';
import type {ImageSizes, ImageSnapshotSize, Together} from '../../core/snapshots/contents/sizes.ts';
import {readQcow2Bytes} from '../qcow2.ts';
import {type L1Table, type Layout, parseLayout} from './layout.ts';
import {sweep} from './sweep.ts';
import {type TableReader, tableReader} from './table-reader.ts';
import {checkIt, UnknownSize} from './unknown-size.ts';

export type SizeOptions = {
	readonly signal?: AbortSignal;
	/** Parts of the L1 tables that have been gone through. */
	readonly progress?: (done: number, total: number) => void;
	/** Size of the disk in the backing file; taken as no smaller than this disk where it is left out. */
	readonly backingBytes?: number;
};

/** With what was read of the file for it. */
type CountedSizes = ImageSizes & {readonly bytesRead: number};

/**
 * Sizes of all internal snapshots of one image. Only a cancelled `signal` makes it throw; whatever is wrong with the file is a reason.
 * While QEMU has the image open they are as of QEMU's last flush of its tables.
 */
export async function readImageSizes(file: string, options: SizeOptions = {}): Promise<CountedSizes> {
	let bytesRead = 0;
	const sizes = await withImage(file, options, async (reader, layout) => {
		const layers = [layout.active, ...layout.snapshots];
		const sets = layout.snapshots.map((_, index) => [index + 1]);
		const swept = await sweep(reader, layout, {...task(layout, options), layers, reference: 0, sets});
		bytesRead = reader.bytesRead();
		return layout.snapshots.map(({shown: {id, tag}}, index): ImageSnapshotSize => {
			const own = bytesOf(swept.freed[index]!, layout);
			const sinceBytes = swept.differing[index + 1]! * layout.clusterBytes;
			return {id, tag, ownBytes: own.bytes, sinceBytes, reason: own.reason};
		});
	});
	if ('reason' in sizes) return {snapshots: [], reason: sizes.reason, bytesRead};
	return {snapshots: sizes, reason: null, bytesRead};
}

/** What deleting all of these snapshots (by their ID in the image) frees: more than the sum where they share what no other has. */
export async function readTogether(file: string, ids: readonly string[], options: SizeOptions = {}): Promise<Together> {
	return bytesOrReason(
		await withImage(file, options, async (reader, layout) => {
			const members = ids.map(id => snapshotOf(layout, id));
			const set = members.map((_, index) => index + 1);
			const layers = [layout.active, ...members];
			const swept = await sweep(reader, layout, {...task(layout, options), layers, reference: 0, sets: [set]});
			return bytesOf(swept.freed[0]!, layout);
		}),
	);
}

/** Guest clusters that differ between two snapshots (by their ID in the image), or one and the active layer (null). */
export async function readDifference(
	file: string,
	one: string | null,
	other: string | null,
	options: SizeOptions = {},
): Promise<Together> {
	return bytesOrReason(
		await withImage(file, options, async (reader, layout) => {
			const layers = [one, other].map(id => (id === null ? layout.active : snapshotOf(layout, id)));
			const swept = await sweep(reader, layout, {...task(layout, options), layers, reference: 0, sets: []});
			return {bytes: swept.differing[1]! * layout.clusterBytes, reason: null};
		}),
	);
}

function task({backed, clusterBytes}: Layout, {backingBytes = Number.POSITIVE_INFINITY, progress}: SizeOptions) {
	return {backedClusters: backed ? Math.ceil(backingBytes / clusterBytes) : 0, progress};
}

function bytesOf(freed: {clusters: number} | {reason: string}, {clusterBytes, countsUnsure}: Layout): Together {
	if (countsUnsure !== null) return {bytes: null, reason: countsUnsure};
	if ('reason' in freed) return {bytes: null, reason: freed.reason};
	return {bytes: freed.clusters * clusterBytes, reason: null};
}

function bytesOrReason(answer: Together | Refused): Together {
	return 'bytes' in answer ? answer : {bytes: null, reason: answer.reason};
}

function snapshotOf({snapshots}: Layout, id: string): L1Table {
	const found = snapshots.find(snapshot => snapshot.shown.id === id);
	if (!found) throw new UnknownSize(`The image has no snapshot with ID ${id} any more.`);
	return found;
}

type Refused = {readonly reason: string};

async function withImage<T>(
	file: string,
	{signal}: SizeOptions,
	work: (reader: TableReader, layout: Layout) => Promise<T>,
): Promise<T | Refused> {
	try {
		// Opening a pipe would wait for its other end.
		const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
		try {
			const reader = await tableReader(handle, signal);
			return await work(reader, await layoutOf(handle, reader));
		} finally {
			await handle.close();
		}
	} catch (error) {
		signal?.throwIfAborted();
		return {reason: reasonOf(error)};
	}
}

async function layoutOf(handle: FileHandle, {fileBytes}: TableReader): Promise<Layout> {
	const bytes = await readQcow2Bytes(handle);
	if (bytes === null) throw new UnknownSize('This is not a qcow2 image: it has no internal snapshots.');
	return parseLayout(bytes, fileBytes);
}

/** Errors of the file system have a code; an offset that no file can have is a range error of Node's. */
function reasonOf(error: unknown): string {
	if (error instanceof UnknownSize) return error.message;
	const {code, message} = error as NodeJS.ErrnoException;
	if (code === 'EACCES' || code === 'EPERM') return 'This user may not read the image.';
	if (code === 'ENOENT') return 'The image is missing.';
	if (code === 'ERR_OUT_OF_RANGE') return `The image is damaged: it names places that no file has. ${checkIt}`;
	if (code === undefined) throw error;
	return `The image could not be read: ${message}`;
}
