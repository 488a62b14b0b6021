/** The snapshots of all domains in one list. */
import type {Domain} from '../model/domain.ts';
import type {Health, Snapshot, SnapshotSizes} from '../model/snapshot.ts';
import {sizesOfSnapshot} from './contents/sizes.ts';

/** A snapshot and the domain that it is of. */
export type Found<Of extends Domain = Domain> = {readonly domain: Of; readonly snapshot: Snapshot};

/** How the list of all may be ordered; `domain`: by its name, and then as libvirt and the images number its snapshots. */
export const everywhereOrders = ['age', 'own', 'health', 'tag', 'domain'] as const;

export type EverywhereOrder = (typeof everywhereOrders)[number];

/** What wants attention most comes first. */
const HEALTHS: Readonly<Record<Health, number>> = {
	'missing-files': 7,
	orphaned: 6,
	partial: 5,
	replaced: 4,
	'in-use': 3,
	unchecked: 2,
	unmanaged: 1,
	ok: 0,
};

const collator = new Intl.Collator('en', {numeric: true});

/**
 * All snapshots in this order: the newest, what occupies most, or the worst health first. Equal ones follow by the names of their domains;
 * what is not known comes last.
 *
 * @param sizesOf what is known of the snapshots of a domain
 */
export function snapshotsEverywhere<Of extends Domain>(
	domains: readonly Of[],
	order: EverywhereOrder,
	sizesOf: (domain: Of) => readonly SnapshotSizes[],
): readonly Found<Of>[] {
	const rank = ({domain, snapshot}: Found<Of>): number => {
		if (order === 'age') return Date.parse(snapshot.createdAt ?? '') || -1;
		if (order === 'own') return sizesOfSnapshot(sizesOf(domain), snapshot)?.ownBytes ?? -1;
		return order === 'health' ? HEALTHS[snapshot.health] : 0;
	};
	const byName = domains.toSorted((a, b) => collator.compare(a.name, b.name));
	const ranked = byName.flatMap(domain =>
		domain.snapshots.map(snapshot => ({domain, snapshot, rank: rank({domain, snapshot})})),
	);
	const byTag = (a: Found<Of>, b: Found<Of>) =>
		order === 'tag' ? collator.compare(a.snapshot.tag, b.snapshot.tag) : 0;
	return ranked.toSorted((a, b) => b.rank - a.rank || byTag(a, b));
}
