/** Where the tables of a qcow2 file are (QEMU's docs/interop/qcow2.txt: "Header", "Snapshots"), within QEMU's own limits. */
import type {ImageSnapshot} from '../../core/model/disk.ts';
import {parseSnapshot, type Qcow2Bytes, tableEntries} from '../qcow2.ts';
import {checkIt, UnknownSize} from './unknown-size.ts';

/** One L1 table: the active layer's, or a snapshot's. */
export type L1Table = {
	readonly l1Offset: number;
	readonly l1Entries: number;
	/** Guest clusters of the disk; what an L1 table maps behind them is VM state. */
	readonly diskClusters: number;
};

export type Layout = {
	readonly clusterBytes: number;
	/** Bytes of an L2 entry: 8, or 16 with extended L2 entries. */
	readonly entryBytes: 8 | 16;
	/** Entries of one L2 table. */
	readonly l2Entries: number;
	readonly refcountBits: number;
	readonly refcountTable: {readonly offset: number; readonly entries: number};
	readonly backed: boolean;
	/** Why the reference counts cannot be relied on; null where they can. */
	readonly countsUnsure: string | null;
	readonly active: L1Table;
	readonly snapshots: readonly (L1Table & {readonly shown: ImageSnapshot})[];
};

/** block/qcow2.h: QCOW_MAX_L1_SIZE, QCOW_MAX_REFTABLE_SIZE, MIN_CLUSTER_BITS, MAX_CLUSTER_BITS. QEMU opens nothing beyond. */
const longestL1 = 32 * 1024 ** 2;
const longestRefcountTable = 8 * 1024 ** 2;
const clusterBits = {least: 9, leastExtended: 14, most: 21};

/** Bits of `incompatible_features`. */
const feature = {dirty: 1n, corrupt: 2n, dataFile: 4n, compression: 8n, extended: 16n};
const known = 31n;

/** Throws `UnknownSize` for what is none of these, is damaged, or of a kind that has no internal snapshots. */
export function parseLayout({head, table}: Qcow2Bytes, fileBytes: number): Layout {
	const version = head.readUInt32BE(4);
	if (version !== 2 && !(version === 3 && head.length >= 104)) {
		throw new UnknownSize(`qcow2 version ${version} is not known here.`);
	}
	const features = version === 3 ? head.readBigUInt64BE(72) : 0n;
	refuseFeatures(features);
	const extended = (features & feature.extended) !== 0n;
	const bits = head.readUInt32BE(20);
	const order = version === 3 ? head.readUInt32BE(96) : 4;
	if (bits < (extended ? clusterBits.leastExtended : clusterBits.least) || bits > clusterBits.most || order > 6) {
		throw damaged('its header');
	}

	const clusterBytes = 2 ** bits;
	const refcountBytes = head.readUInt32BE(56) * clusterBytes;
	if (refcountBytes > longestRefcountTable) throw damaged('its refcount table');
	const layers = parseLayers(head, table, clusterBytes);
	// Each table has clusters of its own, so that all of them together are no longer than the file.
	const l1Bytes = [layers.active, ...layers.snapshots].reduce((sum, layer) => sum + layer.l1Entries * 8, 0);
	if (l1Bytes > fileBytes) throw damaged('its L1 tables');
	return {
		clusterBytes,
		entryBytes: extended ? 16 : 8,
		l2Entries: clusterBytes / (extended ? 16 : 8),
		refcountBits: 2 ** order,
		refcountTable: {offset: Number(head.readBigUInt64BE(48)), entries: refcountBytes / 8},
		backed: head.readBigUInt64BE(8) !== 0n,
		countsUnsure: (features & feature.dirty) !== 0n ? lazy : null,
		...layers,
	};
}

const lazy =
	'The image counts its clusters late (lazy_refcounts) and is open or was not closed: what a deletion frees is known after the domain is shut off.';

function refuseFeatures(features: bigint): void {
	if ((features & feature.dataFile) !== 0n) {
		throw new UnknownSize(
			'Its data is in another file (data_file): QEMU keeps no internal snapshots in such an image.',
		);
	}
	if ((features & feature.corrupt) !== 0n) {
		throw new UnknownSize('QEMU has marked the image as corrupt. Repair it first: qemu-img check -r all.');
	}
	if ((features & ~known) !== 0n) {
		throw new UnknownSize('The image uses a feature of qcow2 that is not known here.');
	}
}

function parseLayers(head: Buffer, table: Buffer, clusterBytes: number): Pick<Layout, 'active' | 'snapshots'> {
	const count = head.readUInt32BE(60);
	const found = tableEntries(table, count);
	if (found.length !== count) throw damaged('its snapshot table');
	const diskBytes = head.readBigUInt64BE(24);
	return {
		active: layerOf(head.readBigUInt64BE(40), head.readUInt32BE(36), diskBytes, clusterBytes),
		snapshots: found.map(entry => {
			const {start} = entry;
			// Version 2 does not tell the size that the disk had; resizing is refused there while there are snapshots.
			const extra = table.readUInt32BE(start + 36);
			const size = extra >= 16 ? table.readBigUInt64BE(start + 48) : diskBytes;
			const layer = layerOf(table.readBigUInt64BE(start), table.readUInt32BE(start + 8), size, clusterBytes);
			return {...layer, shown: parseSnapshot(table, entry)};
		}),
	};
}

function layerOf(l1Offset: bigint, l1Entries: number, diskBytes: bigint, clusterBytes: number): L1Table {
	if (l1Entries * 8 > longestL1 || Number(l1Offset) % clusterBytes !== 0) throw damaged('an L1 table');
	return {l1Offset: Number(l1Offset), l1Entries, diskClusters: Math.ceil(Number(diskBytes) / clusterBytes)};
}

function damaged(what: string): UnknownSize {
	return new UnknownSize(`The image is damaged: ${what} cannot be right. ${checkIt}`);
}
