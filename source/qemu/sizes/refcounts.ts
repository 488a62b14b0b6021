/** How often each host cluster is referred to (docs/interop/qcow2.txt: "Host cluster management"), read as it is asked for. */
import type {Layout} from './layout.ts';
import type {TableReader} from './table-reader.ts';

/** Blocks of refcounts that are kept; 1 TiB in clusters of 64 KiB needs 32 MiB of them. */
const cacheBytes = 16 * 1024 ** 2;

export type Refcounts = {
	/** Undefined where its block has to be read first. */
	known(cluster: number): number | undefined;
	/** Throws `UnknownSize` where a block is outside the file. */
	read(cluster: number): Promise<number>;
};

export function refcountsOf(reader: TableReader, layout: Layout): Refcounts {
	const {clusterBytes, refcountBits, refcountTable} = layout;
	const perBlock = (clusterBytes * 8) / refcountBits;
	const none = new DataView(new ArrayBuffer(clusterBytes));
	const blocks = new Map<number, DataView>();
	let table: Buffer | null = null;
	let last: {readonly index: number; readonly block: DataView} = {index: -1, block: none};

	function known(cluster: number): number | undefined {
		const index = Math.floor(cluster / perBlock);
		if (index !== last.index) {
			const block = blocks.get(index);
			if (block === undefined) return undefined;
			last = {index, block};
		}
		return refcountIn(last.block, cluster % perBlock, refcountBits);
	}

	async function read(cluster: number): Promise<number> {
		const index = Math.floor(cluster / perBlock);
		if (!blocks.has(index)) {
			// The map gives them back in the order they came: the oldest makes room.
			if (blocks.size >= Math.max(4, cacheBytes / clusterBytes)) blocks.delete(blocks.keys().next().value!);
			blocks.set(index, await readBlock(index));
		}
		return known(cluster)!;
	}

	async function readBlock(index: number): Promise<DataView> {
		table ??= await readTable();
		const offset = index < refcountTable.entries ? Number(table.readBigUInt64BE(index * 8) & ~0x1ffn) : 0;
		if (offset === 0) return none;
		const block = Buffer.alloc(clusterBytes);
		await reader.fill(block, offset);
		return viewOf(block);
	}

	async function readTable(): Promise<Buffer> {
		const bytes = Buffer.alloc(refcountTable.entries * 8);
		await reader.fill(bytes, refcountTable.offset);
		return bytes;
	}

	return {known, read};
}

/** Widths below a byte count from its least significant bit. */
function refcountIn(block: DataView, index: number, bits: number): number {
	switch (bits) {
		case 8:
			return block.getUint8(index);
		case 16:
			return block.getUint16(index * 2);
		case 32:
			return block.getUint32(index * 4);
		case 64:
			return block.getUint32(index * 8) * 2 ** 32 + block.getUint32(index * 8 + 4);
		default: {
			const bit = index * bits;
			return (block.getUint8(Math.floor(bit / 8)) >> (bit % 8)) & (2 ** bits - 1);
		}
	}
}

export function viewOf(buffer: Buffer): DataView {
	return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
