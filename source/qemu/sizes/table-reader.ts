/** Reads tables of an image file: counted, within the file's end, and stopped by a signal. */
import type {FileHandle} from 'node:fs/promises';
import {checkIt, UnknownSize} from './unknown-size.ts';

export type TableReader = {
	readonly fileBytes: number;
	/** How much was read so far. */
	bytesRead(): number;
	/** Throws the signal's reason when cancelled. */
	check(): void;
	/**
	 * Fills the buffer from `offset` on; what lies behind the file's end is zeros, as QEMU has it.
	 * Throws as `check` does, and `UnknownSize` where the table begins outside the file.
	 */
	fill(buffer: Buffer, offset: number): Promise<void>;
};

export async function tableReader(handle: FileHandle, signal?: AbortSignal): Promise<TableReader> {
	const fileBytes = await sizeOf(handle);
	let total = 0;

	function check(): void {
		signal?.throwIfAborted();
	}

	async function fill(buffer: Buffer, offset: number): Promise<void> {
		check();
		if (offset % 512 !== 0 || offset >= fileBytes) {
			throw new UnknownSize(
				`The image is damaged: a table is said to be at byte ${offset}, which cannot be. ${checkIt}`,
			);
		}
		for (let filled = 0; filled < buffer.length; ) {
			const {bytesRead} = await handle.read(buffer, filled, buffer.length - filled, offset + filled);
			total += bytesRead;
			if (bytesRead === 0) buffer.fill(0, filled);
			filled += bytesRead || buffer.length;
		}
	}

	return {fileBytes, bytesRead: () => total, check, fill};
}

/** stat(2) gives no size of a block device; the last byte that can be read is as good. */
async function sizeOf(handle: FileHandle): Promise<number> {
	const facts = await handle.stat();
	if (!facts.isBlockDevice()) return facts.size;
	const byte = Buffer.alloc(1);
	let [low, high] = [0, 2 ** 52];
	while (low < high) {
		const middle = Math.floor((low + high) / 2);
		const {bytesRead} = await handle.read(byte, 0, 1, middle);
		if (bytesRead === 1) low = middle + 1;
		else high = middle;
	}
	return low;
}
