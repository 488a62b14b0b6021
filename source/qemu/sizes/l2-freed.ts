/** Data clusters that go with L2 tables that only the deleted snapshots have. */
import {countNow, type FreedClusters} from './freed-clusters.ts';
import {type Hosts, hostsOf, isSameEntry} from './l2-entry.ts';
import type {Layout} from './layout.ts';

/** One of these tables, and how many of the deleted snapshots have it. */
type Share = {readonly view: DataView; readonly references: number};

type Entries = Pick<Layout, 'clusterBytes' | 'entryBytes'>;

/** A walk over the tables stopped for refcounts that have to be loaded first: these, and then it starts again. */
type Stop = {readonly from: number; readonly waiting: readonly Reference[]};
type Reference = readonly [cluster: number, references: number];

/** `kept`: the table of a layer that stays. What it has in common with the others is not freed, and needs no look at its refcount. */
export async function countFreed(
	counter: FreedClusters,
	kept: DataView,
	shares: readonly Share[],
	layout: Entries,
): Promise<void> {
	// The walks wait for nothing, since they meet every cluster of an image: inside an async function they take ten times as long.
	const walk = (from: number) =>
		shares.length === 1
			? walkOne(counter, kept, shares[0]!, layout, from)
			: walkSeveral(counter, kept, shares, layout, from);
	for (let stop = walk(0); stop !== null; stop = walk(stop.from)) {
		for (const [cluster, references] of stop.waiting) await countNow(counter, cluster, references);
	}
}

function walkOne(
	counter: FreedClusters,
	kept: DataView,
	{view, references}: Share,
	layout: Entries,
	from: number,
): Stop | null {
	const {entryBytes} = layout;
	for (let at = from; at < kept.byteLength; at += entryBytes) {
		if (isSameEntry(kept, view, at, 8)) continue;
		const hosts = hostsOf(view, at, layout);
		if (hosts === null) continue;
		if (hosts.compressed) countCompressed(counter, hosts, references);
		else if (!counter.all(hosts.first, references))
			return {from: at + entryBytes, waiting: [[hosts.first, references]]};
	}
	return null;
}

/** A standard cluster is at the same guest address in every layer that has it: QEMU copies tables, and moves nothing. */
function walkSeveral(
	counter: FreedClusters,
	kept: DataView,
	shares: readonly Share[],
	layout: Entries,
	from: number,
): Stop | null {
	const {entryBytes} = layout;
	for (let at = from; at < kept.byteLength; at += entryBytes) {
		const sums = sumsAt(kept, shares, layout, at);
		if (sums === null) continue;
		const waiting: Reference[] = [];
		for (const [cluster, {hosts, references}] of sums) {
			if (hosts.compressed) countCompressed(counter, hosts, references);
			else if (!counter.all(cluster, references)) waiting.push([cluster, references]);
		}
		if (waiting.length > 0) return {from: at + entryBytes, waiting};
	}
	return null;
}

type Sum = {readonly hosts: Hosts; references: number};

/** What the entries at one place refer to that `kept` does not; null where there is nothing. */
function sumsAt(kept: DataView, shares: readonly Share[], layout: Entries, at: number): Map<number, Sum> | null {
	let sums: Map<number, Sum> | null = null;
	for (let share = 0; share < shares.length; share++) {
		const {view, references} = shares[share]!;
		if (isSameEntry(kept, view, at, 8)) continue;
		const hosts = hostsOf(view, at, layout);
		if (hosts === null) continue;
		sums ??= new Map();
		// Two compressed ones that begin in one cluster are two.
		const key = hosts.compressed ? -1 - share : hosts.first;
		const sum = sums.get(key);
		if (sum) sum.references += references;
		else sums.set(key, {hosts, references});
	}
	return sums;
}

function countCompressed(counter: FreedClusters, {first, last}: Hosts, references: number): void {
	for (let cluster = first; cluster <= last; cluster++) counter.some(cluster, references);
}
