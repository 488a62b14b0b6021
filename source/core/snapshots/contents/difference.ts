/** What differs between a snapshot and now, or between two snapshots: the definition, and how much of each disk. */
import {comparable, recordedDefinition} from '../../domain-xml/comparable.ts';
import type {Disk} from '../../model/disk.ts';
import type {Domain} from '../../model/domain.ts';
import type {Facts} from '../../model/facts.ts';
import type {Snapshot, SnapshotDisk} from '../../model/snapshot.ts';
import {printable} from '../../words/text.ts';

/** Of one disk: bytes of guest clusters that differ; null with the reason where it is not known. */
export type DiskDifference = {
	readonly target: string;
	readonly changedBytes: number | null;
	readonly reason: string | null;
};

/** Two definitions, one element a line; `reason` where one of them is not known. */
type Definitions = {readonly before: string; readonly after: string} | {readonly reason: string};

/** The definition as the snapshot recorded it, and as `other` did, or as it is now. Passwords are left out. */
export function definitionsOf(
	{snapshotXml, inactiveXml}: Pick<Facts, 'snapshotXml' | 'inactiveXml'>,
	one: Snapshot,
	other: Snapshot | null,
): Definitions {
	const recorded = ({tag, libvirt}: Snapshot) => (libvirt ? recordedDefinition(snapshotXml[tag] ?? '') : null);
	const then = recorded(one);
	const now = other === null ? inactiveXml : recorded(other);
	if (then !== null && now !== null) return {before: comparable(then), after: comparable(now)};
	const lacking = then === null ? one : other!;
	return {reason: `${printable(lacking.tag)} has no definition: only libvirt's own snapshots record one.`};
}

/** Where the difference of two parts has to be read: both inside one image. */
type InOneImage = {readonly file: string; readonly from: string; readonly to: string};

/**
 * How much of a disk differs between two snapshots: what is to be read for it, or what the chain tells already. What overlays between
 * hold was written between, so it is the most that can differ.
 */
export function betweenParts(
	{disks}: Pick<Domain, 'disks'>,
	from: SnapshotDisk,
	to: SnapshotDisk,
): InOneImage | DiskDifference {
	const {target} = from;
	const unknown = (reason: string): DiskDifference => ({target, changedBytes: null, reason});
	if (from.kind !== to.kind)
		return unknown('One of them is internal, the other external: their layers cannot be compared.');
	if (from.kind === 'internal') {
		const sameImage = from.file !== null && from.file === to.file && from.id !== null && to.id !== null;
		return sameImage ? {file: from.file!, from: from.id!, to: to.id!} : unknown('They are not inside the same image.');
	}
	const bytes = between(disks, [from.source, to.source]);
	return bytes === null ? unknown('They are not in one chain.') : {target, changedBytes: bytes, reason: null};
}

function between(disks: readonly Disk[], sources: readonly (string | null | undefined)[]): number | null {
	for (const {chain} of disks) {
		const depths = sources.map(source => chain.findIndex(({file}) => file === source));
		if (depths.some(depth => depth < 0)) continue;
		return chain.slice(Math.min(...depths), Math.max(...depths)).reduce((sum, image) => sum + image.actualSizeBytes, 0);
	}
	return null;
}
