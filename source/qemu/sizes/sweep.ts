/**
 * One walk over the L1 tables of several layers side by side. An L2 table is read only where they lead to different ones: what all have
 * in common neither differs between them nor is freed with one of them.
 */
import {setImmediate} from 'node:timers/promises';
import {FreedSets} from './freed-sets.ts';
import {l1Window} from './l1-window.ts';
import {differingClusters, type Guest} from './l2-difference.ts';
import {type Group, groupsOf, l2Reader} from './l2-tables.ts';
import type {L1Table, Layout} from './layout.ts';
import type {TableReader} from './table-reader.ts';

type Sweep = {
	readonly layers: readonly L1Table[];
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

const indexesBetweenPauses = 512;

/** Throws `UnknownSize` where the tables cannot be right, and the reason of the reader's signal. */
export async function sweep(reader: TableReader, layout: Layout, task: Sweep): Promise<Swept> {
	const {layers, reference} = task;
	const comparison = new Comparison(reader, layout, task);
	const sameSize = new Set(layers.map(layer => layer.diskClusters)).size === 1;
	const l1 = l1Window(reader, layers);
	const total = Math.max(...layers.map(layer => layer.l1Entries));
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
		await comparison.compare(index, own, groups);
	}
	await comparison.freed.countL1();
	task.progress?.(total, total);
	return {differing: comparison.differing, freed: await comparison.freed.sums()};
}

/** What is counted while the tables of the layers are compared with those of the reference. */
class Comparison {
	readonly differing: number[];
	readonly freed: FreedSets;
	readonly #layout: Layout;
	readonly #task: Sweep;
	readonly #read: ReturnType<typeof l2Reader>;

	constructor(reader: TableReader, layout: Layout, task: Sweep) {
		this.#layout = layout;
		this.#task = task;
		this.#read = l2Reader(reader, layout.clusterBytes);
		this.differing = task.layers.map(() => 0);
		this.freed = new FreedSets(reader, layout, task.layers, task.sets);
	}

	/** @param own the table of the reference at this index, `groups` those of the others */
	async compare(index: number, own: number, groups: readonly Group[]): Promise<void> {
		const {clusterBytes, entryBytes, l2Entries} = this.#layout;
		const {layers, backedClusters} = this.#task;
		const firstGuest = index * l2Entries;
		const isDisk = layers.some(layer => layer.diskClusters > firstGuest);
		const owned = await this.freed.owned(own, groups);
		if (!isDisk && owned.length === 0) return;
		const slices = this.#read([own, ...groups.map(({table}) => table)]);
		for (let from = 0; from < clusterBytes; from += slices.bytes) {
			const [base, ...views] = await slices.at(from);
			const guest = {first: firstGuest + from / entryBytes, backed: backedClusters};
			if (isDisk) this.#countDiffering(base!, groups, views, guest);
			for (const one of owned) await this.freed.countData(one, base!, group => views[groups.indexOf(group)]!);
		}
	}

	#countDiffering(base: DataView, groups: readonly Group[], views: readonly DataView[], at: Guest): void {
		const {layers, reference} = this.#task;
		const {entryBytes} = this.#layout;
		const baseEnd = layers[reference]!.diskClusters;
		for (const [position, {members}] of groups.entries()) {
			const bySize = new Map<number, number>();
			for (const member of members) {
				const end = layers[member]!.diskClusters;
				const count = bySize.get(end) ?? differingClusters(base, views[position]!, at, [baseEnd, end], entryBytes);
				bySize.set(end, count);
				this.differing[member]! += count;
			}
		}
	}
}
