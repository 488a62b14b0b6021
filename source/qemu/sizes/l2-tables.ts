/** The L2 tables that several L1 tables lead to at one index: which layers share one, and how they are read side by side. */
import {viewOf} from './refcounts.ts';
import type {TableReader} from './table-reader.ts';
import {checkIt, UnknownSize} from './unknown-size.ts';

/** Layers that share one L2 table at the present index of their L1 tables. */
export type Group = {readonly table: number; readonly members: number[]};

/** The reference is in none: what others share with it is a group that holds only the others. */
export function groupsOf(tables: readonly number[], reference: number): Group[] {
	const groups = new Map<number, Group>();
	for (let layer = 0; layer < tables.length; layer++) {
		if (layer === reference) continue;
		const table = tables[layer]!;
		const group = groups.get(table);
		if (group) group.members.push(layer);
		else groups.set(table, {table, members: [layer]});
	}
	return [...groups.values()];
}

/** For the slices of all L2 tables that are compared with each other at one time. */
const sliceBudget = 16 * 1024 ** 2;

type Slices = {readonly bytes: number; at(from: number): Promise<DataView[]>};

/** Reads L2 tables into the same buffers again and again; all of them at once where they are few, in slices where they are many. */
export function l2Reader(reader: TableReader, clusterBytes: number): (tables: readonly number[]) => Slices {
	const buffers: Buffer[] = [];
	// Every table has clusters of its own, and is at one index only: more of them than the file has clusters are a lie without an end.
	let left = Math.ceil(reader.fileBytes / clusterBytes);

	return tables => {
		const share = 2 ** Math.floor(Math.log2(sliceBudget / tables.length));
		const bytes = Math.min(clusterBytes, Math.max(512, share));
		left -= tables.filter(table => table !== 0).length;
		if (left < 0) throw new UnknownSize(`The image is damaged: it has more L2 tables than clusters. ${checkIt}`);
		if (tables.some(table => table % clusterBytes !== 0)) {
			throw new UnknownSize(`The image is damaged: an L2 table begins in the middle of a cluster. ${checkIt}`);
		}
		return {bytes, at: from => Promise.all(tables.map((table, position) => slice(table, position, from, bytes)))};
	};

	async function slice(table: number, position: number, from: number, bytes: number): Promise<DataView> {
		if (buffers[position] === undefined || buffers[position].length < bytes) buffers[position] = Buffer.alloc(bytes);
		const buffer = buffers[position].subarray(0, bytes);
		if (table === 0) buffer.fill(0);
		else await reader.fill(buffer, table + from);
		return viewOf(buffer);
	}
}
