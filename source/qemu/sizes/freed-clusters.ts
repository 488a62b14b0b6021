/**
 * Counts the clusters that the deletion of some snapshots frees: those that nothing else refers to. QEMU takes one off the refcount of
 * a cluster for each entry that refers to it, in each L1 table that leads to the entry (block/qcow2-refcount.c,
 * qcow2_update_snapshot_refcount): a cluster goes where that makes 0.
 */
import type {Refcounts} from './refcounts.ts';
import {checkIt} from './unknown-size.ts';

/** Host clusters whose references are summed up over the whole sweep: 1024 a page, 64 MiB of pages. */
const pageClusters = 1024;
const mostPages = 16 * 1024;

export type FreedClusters = {
	/**
	 * `references` of the snapshots to this cluster: all that these snapshots have, so that it can be judged at once. False, and nothing
	 * is counted, where its refcount has to be loaded first.
	 */
	all(cluster: number, references: number): boolean;
	/** The same where others of their entries may refer to it, too: compressed clusters share host clusters with their neighbours. */
	some(cluster: number, references: number): void;
	load(cluster: number): Promise<void>;
	/** To be asked once, at the end. */
	sum(): Promise<{readonly clusters: number} | {readonly reason: string}>;
};

export function freedClusters(refcounts: Refcounts): FreedClusters {
	const pages = new Map<number, Uint32Array>();
	let freed = 0;
	let failure: string | null = null;

	function fail(reason: string): void {
		failure ??= reason;
		pages.clear();
	}

	function all(cluster: number, references: number): boolean {
		if (failure !== null) return true;
		const count = refcounts.known(cluster);
		if (count === undefined) return false;
		if (count < references) fail(miscounted(cluster));
		else if (count === references) freed++;
		return true;
	}

	async function load(cluster: number): Promise<void> {
		await refcounts.read(cluster);
	}

	function some(cluster: number, references: number): void {
		if (failure !== null) return;
		const key = Math.floor(cluster / pageClusters);
		let page = pages.get(key);
		if (page === undefined) {
			if (pages.size >= mostPages) {
				fail(tooMany);
				return;
			}
			page = new Uint32Array(pageClusters);
			pages.set(key, page);
		}
		page[cluster % pageClusters]! += references;
	}

	async function sum(): ReturnType<FreedClusters['sum']> {
		for (const [key, page] of pages) {
			for (const [index, references] of page.entries()) {
				if (references > 0) await countNow({all, load}, key * pageClusters + index, references);
			}
		}
		return failure === null ? {clusters: freed} : {reason: failure};
	}

	return {all, some, load, sum};
}

/** For the few clusters that are not worth a loop of their own. */
export async function countNow(
	counter: Pick<FreedClusters, 'all' | 'load'>,
	cluster: number,
	references: number,
): Promise<void> {
	if (counter.all(cluster, references)) return;
	await counter.load(cluster);
	counter.all(cluster, references);
}

const tooMany = 'Its compressed clusters are too many and too scattered to be counted here.';

function miscounted(cluster: number): string {
	return `The image counts its cluster ${cluster} wrongly. ${checkIt}`;
}
