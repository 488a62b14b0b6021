/**
 * One walk over the L1 tables of several layers side by side. An L2 table is read only where they lead to different ones: what all have
 * in common neither differs between them nor is freed with one of them.
 */
import {setImmediate} from 'node:timers/promises';
import {countNow, type FreedClusters, freedClusters} from './freed-clusters.ts';
import {l1Window} from './l1-window.ts';
import {differingClusters, type Guest} from './l2-difference.ts';
import {countFreed} from './l2-freed.ts';
import type {Layer, Layout} from './layout.ts';
import {refcountsOf, viewOf} from './refcounts.ts';
import type {TableReader} from './table-reader.ts';
import {checkIt, UnknownSize} from './unknown-size.ts';

type Sweep = {
	readonly layers: readonly Layer[];
	/** Which of the layers all others are compared with. */
	readonly reference: number;
	/** Layers, by their number, that would be deleted together. */
	readonly sets: readonly (readonly number[])[];
	/** Guest clusters that a backing file lies behind; 0 where there is none. */
	readonly backedClusters: number;
	readonly progress?: ((done: number, total: number) => void) | undefined;
};

type Swept = {
	/** Guest clusters of each layer that differ from the reference. */
	readonly differing: readonly number[];
	readonly freed: readonly ({readonly clusters: number} | {readonly reason: string})[];
};

/** Layers that share one L2 table at the present index of their L1 tables. */
type Group = {readonly table: number; readonly members: number[]};

/** The tables that only the layers of a set have. */
type Owned = {readonly set: number; readonly parts: readonly Group[]};

/** For the slices of all L2 tables that are compared with each other at one time. */
const sliceBudget = 16 * 1024 ** 2;
const indexesBetweenPauses = 512;

/** Throws `UnknownSize` where the tables cannot be right, and the reason of the reader's signal. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory: its functions are short, and share what it holds
export async function sweep(reader: TableReader, layout: Layout, task: Sweep): Promise<Swept> {
	const {layers, reference} = task;
	const {clusterBytes, l2Entries} = layout;
	const refcounts = refcountsOf(reader, layout);
	const freed = task.sets.map(() => freedClusters(refcounts));
	const members = task.sets.map(set => new Set(set));
	const setsWith = layers.map((): number[] => []);
	for (const [index, set] of task.sets.entries()) for (const layer of set) setsWith[layer]!.push(index);
	const differing = layers.map(() => 0);
	const sameSize = new Set(layers.map(layer => layer.diskClusters)).size === 1;
	const l1 = l1Window(reader, layers);
	const total = Math.max(...layers.map(layer => layer.l1Entries));
	const read = l2Reader(reader, clusterBytes);
	for (let index = 0; index < total; index++) {
		if (index % indexesBetweenPauses === 0) {
			await setImmediate();
			reader.check();
			task.progress?.(index, total);
		}
		const tables = await l1.at(index);
		const own = tables[reference]!;
		if (sameSize && tables.every(table => table === own)) continue;
		const groups = groupsOf(tables, reference).filter(({table}) => !(sameSize && table === own));
		await compareTables(index, own, groups);
	}
	for (const [set, counter] of freed.entries()) await countL1(counter, task.sets[set]!);
	task.progress?.(total, total);
	const sums: Swept['freed'][number][] = [];
	for (const counter of freed) sums.push(await counter.sum());
	return {differing, freed: sums};

	async function compareTables(index: number, own: number, groups: readonly Group[]): Promise<void> {
		const firstGuest = index * l2Entries;
		const isDisk = layers.some(layer => layer.diskClusters > firstGuest);
		const owned = await ownedGroups(own, groups);
		if (!isDisk && owned.length === 0) return;
		const slices = read([own, ...groups.map(({table}) => table)]);
		for (let from = 0; from < clusterBytes; from += slices.bytes) {
			const [base, ...views] = await slices.at(from);
			const guest = {first: firstGuest + from / layout.entryBytes, backed: task.backedClusters};
			if (isDisk) countDiffering(base!, groups, views, guest);
			for (const {set, parts} of owned) {
				const shares = parts.map(group => ({view: views[groups.indexOf(group)]!, references: group.members.length}));
				await countFreed(freed[set]!, base!, shares, layout);
			}
		}
	}

	function countDiffering(base: DataView, groups: readonly Group[], views: readonly DataView[], at: Guest): void {
		const baseEnd = layers[reference]!.diskClusters;
		for (const [position, {members}] of groups.entries()) {
			const bySize = new Map<number, number>();
			for (const member of members) {
				const end = layers[member]!.diskClusters;
				const count =
					bySize.get(end) ?? differingClusters(base, views[position]!, at, [baseEnd, end], layout.entryBytes);
				bySize.set(end, count);
				differing[member]! += count;
			}
		}
	}

	/** For each set the tables that only its layers have; the tables themselves are counted here. */
	async function ownedGroups(own: number, groups: readonly Group[]): Promise<Owned[]> {
		const owned = new Map<number, Group[]>();
		for (const group of groups) {
			if (group.table === 0 || group.table === own) continue;
			const cluster = group.table / clusterBytes;
			for (const set of setsWith[group.members[0]!]!) {
				if (!group.members.every(member => members[set]!.has(member))) continue;
				await countNow(freed[set]!, cluster, group.members.length);
				if (refcounts.known(cluster) !== group.members.length) continue;
				const parts = owned.get(set) ?? [];
				owned.set(set, [...parts, group]);
			}
		}
		return [...owned].map(([set, parts]) => ({set, parts}));
	}

	async function countL1(counter: FreedClusters, set: readonly number[]): Promise<void> {
		for (const member of set) {
			const {l1Offset, l1Entries} = layers[member]!;
			const clusters = Math.ceil((l1Entries * 8) / clusterBytes);
			for (let one = 0; one < clusters; one++) await countNow(counter, l1Offset / clusterBytes + one, 1);
		}
	}
}

/** The reference is in none: what others share with it is a group that holds only the others. */
function groupsOf(tables: readonly number[], reference: number): Group[] {
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

type Slices = {readonly bytes: number; at(from: number): Promise<DataView[]>};

/** Reads L2 tables into the same buffers again and again; all of them at once where they are few, in slices where they are many. */
function l2Reader(reader: TableReader, clusterBytes: number): (tables: readonly number[]) => Slices {
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
