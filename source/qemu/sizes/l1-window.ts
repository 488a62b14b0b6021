/** L1 tables of several layers side by side, a part of them at a time. */
import type {L1Table} from './layout.ts';
import type {TableReader} from './table-reader.ts';

/** For all tables together; a snapshot that is there gets 64 entries at least. */
const windowBytes = 8 * 1024 ** 2;
const entryBytes = 8;

type L1Window = {
	/** Where the L2 tables of the layers are at this index of their L1 tables; 0 where there is none. Indexes may only grow. */
	at(index: number): Promise<readonly number[]>;
};

export function l1Window(reader: TableReader, layers: readonly L1Table[]): L1Window {
	const room = windowBytes / entryBytes / layers.length;
	const entries = Math.min(4096, Math.max(64, 2 ** Math.floor(Math.log2(room))));
	const buffers: (Buffer | null)[] = layers.map(() => null);
	const offsets: number[] = layers.map(() => 0);
	let start = -1;

	async function at(index: number): Promise<readonly number[]> {
		const wanted = index - (index % entries);
		if (wanted !== start) await load(wanted);
		for (let layer = 0; layer < layers.length; layer++) {
			const buffer = index < layers[layer]!.l1Entries ? buffers[layer] : null;
			offsets[layer] = buffer ? offsetIn(buffer, (index - start) * entryBytes) : 0;
		}
		return offsets;
	}

	async function load(from: number): Promise<void> {
		for (const [layer, {l1Offset, l1Entries}] of layers.entries()) {
			const left = Math.min(entries, l1Entries - from);
			if (left <= 0) {
				buffers[layer] = null;
				continue;
			}
			const buffer = buffers[layer] ?? Buffer.alloc(Math.min(entries, l1Entries) * entryBytes);
			buffers[layer] = buffer;
			await reader.fill(buffer.subarray(0, left * entryBytes), l1Offset + from * entryBytes);
		}
		start = from;
	}

	/** Bits 9 to 55. */
	function offsetIn(buffer: Buffer, at: number): number {
		return (buffer.readUInt32BE(at) & 0x00ffffff) * 2 ** 32 + ((buffer.readUInt32BE(at + 4) & 0xfffffe00) >>> 0);
	}

	return {at};
}
