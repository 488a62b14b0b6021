/** Data clusters that go with L2 tables that only the deleted snapshots have. */
import type {FreedClusters} from './freed-clusters.ts';
import {type Hosts, hostsOf, isSameEntry} from './l2-entry.ts';
import type {Layout} from './layout.ts';

/** One of these tables, and how many of the deleted snapshots have it. */
export type Share = {readonly view: DataView; readonly references: number};

/** `kept`: the table of a layer that stays. What it has in common with the others is not freed, and needs no look at its refcount. */
export async function countFreed(
	counter: FreedClusters,
	kept: DataView,
	shares: readonly Share[],
	layout: Pick<Layout, 'clusterBytes' | 'entryBytes'>,
): Promise<void> {
	const [only] = shares;
	const sums = new Map<number, number>();
	for (let at = 0; at < kept.byteLength; at += layout.entryBytes) {
		for (const {view, references} of shares) {
			if (isSameEntry(kept, view, at, 8)) continue;
			const hosts = hostsOf(view, at, layout);
			if (hosts === null) continue;
			if (hosts.compressed) countCompressed(counter, hosts, references);
			else if (shares.length > 1) sums.set(hosts.first, (sums.get(hosts.first) ?? 0) + references);
			else {
				const waiting = counter.all(hosts.first, only!.references);
				if (waiting) await waiting;
			}
		}

		// A standard cluster is at the same guest address in every layer that has it: QEMU copies tables, and moves nothing.
		for (const [cluster, references] of sums) await counter.all(cluster, references);
		sums.clear();
	}
}

function countCompressed(counter: FreedClusters, {first, last}: Hosts, references: number): void {
	for (let cluster = first; cluster <= last; cluster++) counter.some(cluster, references);
}
