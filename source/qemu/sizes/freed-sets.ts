/** What the deletion of each set of layers frees, counted table by table. */
import {countNow, type FreedClusters, freedClusters} from './freed-clusters.ts';
import {countFreed} from './l2-freed.ts';
import type {Group} from './l2-tables.ts';
import type {L1Table, Layout} from './layout.ts';
import {type Refcounts, refcountsOf} from './refcounts.ts';
import type {TableReader} from './table-reader.ts';

/** The tables that only the layers of a set have. */
type Owned = {readonly set: number; readonly parts: readonly Group[]};

export class FreedSets {
	readonly #layout: Layout;
	readonly #layers: readonly L1Table[];
	readonly #sets: readonly (readonly number[])[];
	readonly #refcounts: Refcounts;
	readonly #freed: readonly FreedClusters[];
	readonly #members: readonly ReadonlySet<number>[];
	/** By the layer: the sets that it is in. */
	readonly #setsWith: readonly number[][];

	/** @param sets layers, by their number, that would be deleted together */
	constructor(reader: TableReader, layout: Layout, layers: readonly L1Table[], sets: readonly (readonly number[])[]) {
		this.#layout = layout;
		this.#layers = layers;
		this.#sets = sets;
		this.#refcounts = refcountsOf(reader, layout);
		this.#freed = sets.map(() => freedClusters(this.#refcounts));
		this.#members = sets.map(set => new Set(set));
		this.#setsWith = layers.map((): number[] => []);
		for (const [index, set] of sets.entries()) for (const layer of set) this.#setsWith[layer]!.push(index);
	}

	/** For each set the tables that only its layers have; the tables themselves are counted here. */
	async owned(own: number, groups: readonly Group[]): Promise<readonly Owned[]> {
		const owned = new Map<number, Group[]>();
		for (const group of groups) {
			if (group.table === 0 || group.table === own) continue;
			const cluster = group.table / this.#layout.clusterBytes;
			for (const set of this.#setsWith[group.members[0]!]!) {
				if (!group.members.every(member => this.#members[set]!.has(member))) continue;
				await countNow(this.#freed[set]!, cluster, group.members.length);
				if (this.#refcounts.known(cluster) !== group.members.length) continue;
				const parts = owned.get(set) ?? [];
				owned.set(set, [...parts, group]);
			}
		}
		return [...owned].map(([set, parts]) => ({set, parts}));
	}

	/** Data that goes with these tables. `base` is the table of the layer that stays, `viewOf` that of a group. */
	async countData({set, parts}: Owned, base: DataView, viewOf: (group: Group) => DataView): Promise<void> {
		const shares = parts.map(group => ({view: viewOf(group), references: group.members.length}));
		await countFreed(this.#freed[set]!, base, shares, this.#layout);
	}

	/** The L1 tables, which every layer has for itself. */
	async countL1(): Promise<void> {
		const {clusterBytes} = this.#layout;
		for (const [set, counter] of this.#freed.entries()) {
			for (const member of this.#sets[set]!) {
				const {l1Offset, l1Entries} = this.#layers[member]!;
				const clusters = Math.ceil((l1Entries * 8) / clusterBytes);
				for (let one = 0; one < clusters; one++) await countNow(counter, l1Offset / clusterBytes + one, 1);
			}
		}
	}

	/** To be asked once, at the end. */
	async sums() {
		const sums: Awaited<ReturnType<FreedClusters['sum']>>[] = [];
		for (const counter of this.#freed) sums.push(await counter.sum());
		return sums;
	}
}
