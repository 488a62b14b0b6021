/** What an entry of an L2 table says (docs/interop/qcow2.txt: "Cluster mapping", "Extended L2 Entries"). */
import type {Layout} from './layout.ts';

/** Of the upper half of an entry. COPIED is true only in the active layer, and says nothing of the data. */
const notCopied = 0x7fffffff;
const compressedBit = 0x40000000;
const offsetHigh = 0x00ffffff;
const offsetLow = 0xfffffe00;
const zeroBit = 1;

const whole = 1;
const two32 = 2 ** 32;

/** Whether two tables have the very same entry at `at`: the same data without a look at more. */
export function isSameEntry(one: DataView, other: DataView, at: number, entryBytes: number): boolean {
	if (one.getUint32(at + 4) !== other.getUint32(at + 4)) return false;
	if (((one.getUint32(at) ^ other.getUint32(at)) & notCopied) !== 0) return false;
	if (entryBytes === 8) return true;
	return one.getUint32(at + 8) === other.getUint32(at + 8) && one.getUint32(at + 12) === other.getUint32(at + 12);
}

/** How a guest cluster reads. */
export type Content = {
	/** Subclusters that have data in this image (bit 0 for a cluster without subclusters), and those that read as zeros. */
	readonly data: number;
	readonly zero: number;
	/** Where the data is; compressed data by its whole descriptor. */
	readonly high: number;
	readonly low: number;
};

export const zeros = (entryBytes: number): Content => ({
	data: 0,
	zero: entryBytes === 16 ? 0xffffffff : whole,
	high: 0,
	low: 0,
});

/** `backed`: what is not allocated here is read from a backing file, else as zeros. */
export function contentOf(table: DataView, at: number, entryBytes: number, backed: boolean): Content {
	const high = table.getUint32(at) & notCopied;
	const low = table.getUint32(at + 4);
	const all = entryBytes === 16 ? 0xffffffff : whole;
	if ((high & compressedBit) !== 0) return {data: all, zero: 0, high, low};
	const place = {high: high & offsetHigh, low: (low & offsetLow) >>> 0};
	const allocated = place.high !== 0 || place.low !== 0;
	if (entryBytes === 16) {
		const data = allocated ? table.getUint32(at + 12) : 0;
		const zero = table.getUint32(at + 8);
		return {...place, data, zero: backed ? zero : ~data >>> 0};
	}
	if ((low & zeroBit) !== 0) return {...place, data: 0, zero: whole};
	return {...place, data: allocated ? whole : 0, zero: allocated || backed ? 0 : whole};
}

export function isSameContent(one: Content, other: Content): boolean {
	if (one.data !== other.data || one.zero !== other.zero) return false;
	return one.data === 0 || (one.high === other.high && one.low === other.low);
}

/** Host clusters that the entry refers to: from `first` to `last`; null where it refers to none. */
export type Hosts = {readonly first: number; readonly last: number; readonly compressed: boolean};

export function hostsOf(table: DataView, at: number, {clusterBytes}: Pick<Layout, 'clusterBytes'>): Hosts | null {
	const high = table.getUint32(at) & notCopied;
	const low = table.getUint32(at + 4);
	if ((high & compressedBit) !== 0) return compressedHosts(high & ~compressedBit, low, clusterBytes);
	const offset = (high & offsetHigh) * two32 + ((low & offsetLow) >>> 0);
	if (offset === 0) return null;
	const first = Math.floor(offset / clusterBytes);
	return {first, last: first, compressed: false};
}

/** The upper (cluster_bits - 8) of 62 bits count sectors beyond the first one, the others are the offset. */
function compressedHosts(high: number, low: number, clusterBytes: number): Hosts {
	const sectorUnit = 2 ** 30 / (clusterBytes / 256);
	const sectors = Math.floor(high / sectorUnit) + 1;
	const offset = (high % sectorUnit) * two32 + low;
	const end = Math.floor(offset / 512) * 512 + sectors * 512;
	return {first: Math.floor(offset / clusterBytes), last: Math.ceil(end / clusterBytes) - 1, compressed: true};
}
