/** Guest clusters that read differently through two L2 tables, told by where their data is and not by the data. */
import {type Content, contentOf, isSameContent, isSameEntry, zeros} from './l2-entry.ts';

/** The guest cluster that the first entries of the tables stand for, and how many guest clusters have a backing file behind them. */
export type Guest = {readonly first: number; readonly backed: number};

/**
 * `ends`: how many clusters the disk of each table has; behind its end a disk counts as zeros. A cluster that was written again with
 * the very same bytes counts as different.
 */
export function differingClusters(
	one: DataView,
	other: DataView,
	{first, backed}: Guest,
	ends: readonly [number, number],
	entryBytes: number,
): number {
	const both = Math.min(...ends) - first;
	const entries = Math.min(one.byteLength / entryBytes, Math.max(...ends) - first);
	const nothing = zeros(entryBytes);
	const read = (table: DataView, index: number, end: number): Content =>
		first + index < end ? contentOf(table, index * entryBytes, entryBytes, first + index < backed) : nothing;
	let count = 0;
	for (let index = 0; index < entries; index++) {
		if (index < both && isSameEntry(one, other, index * entryBytes, entryBytes)) continue;
		if (!isSameContent(read(one, index, ends[0]), read(other, index, ends[1]))) count++;
	}
	return count;
}
