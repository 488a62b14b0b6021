/**
 * What each snapshot of a domain occupies, what deleting it frees and what reverting to it discards: the sizes that were read of its
 * images, joined to its snapshots.
 */
import type {Disk} from '../../model/disk.ts';
import {type Domain, isActive} from '../../model/domain.ts';
import type {Reclaimable} from '../../model/facts.ts';
import type {DiskSizes, Sizes, Snapshot, SnapshotDisk, SnapshotSizes} from '../../model/snapshot.ts';
import {formatBytes, printable} from '../../words/text.ts';

/** One internal snapshot of one qcow2 image. */
export type ImageSnapshotSize = {
	/** ID and tag in the image's own table. */
	readonly id: string;
	readonly tag: string;
	/** What its deletion frees in the image, in whole clusters: data, L2 tables, L1 table and VM state that only it has. */
	readonly ownBytes: number | null;
	/** Guest clusters that differ between it and the active layer of the image. */
	readonly sinceBytes: number | null;
	/** Why one of them is null. */
	readonly reason: string | null;
};

/** What was read of one image. `reason` where nothing could be told; the list is empty then. */
export type ImageSizes = {
	readonly snapshots: readonly ImageSnapshotSize[];
	readonly reason: string | null;
};

/** Images by file, as far as they have been read. */
export type ReadSizes = ReadonlyMap<string, ImageSizes>;

type Sized = Pick<Domain, 'disks' | 'snapshots' | 'state'>;

/** Sizes of all snapshots of the domain, in the domain's order. `unused`: overlays outside its chains, as far as they are known. */
export function sizesOf(domain: Sized, images: ReadSizes, unused: readonly Reclaimable[] = []): SnapshotSizes[] {
	return domain.snapshots.map(snapshot => {
		const disks = snapshot.disks.map(part => sizesOfPart(domain, part, images, unused));
		return {
			tag: snapshot.tag,
			duplicates: snapshot.duplicates,
			about: isActive(domain),
			...(disks.length > 0 ? totalOf(disks) : memorySizes(snapshot)),
			disks,
		};
	});
}

/** What is known of this snapshot; null where nothing is. */
export const sizesOfSnapshot = (
	sizes: readonly SnapshotSizes[],
	{tag, duplicates}: Pick<Snapshot, 'tag' | 'duplicates'>,
): SnapshotSizes | null => sizes.find(one => one.tag === tag && one.duplicates === duplicates) ?? null;

/** "about 12 MiB": the size of one snapshot as a plan tells it; null where it is not known. */
export function sizeWords(
	{sizes}: {readonly sizes: readonly SnapshotSizes[]},
	snapshot: Snapshot,
	which: 'ownBytes' | 'sinceBytes',
): string | null {
	const found = sizesOfSnapshot(sizes, snapshot);
	const bytes = found?.[which] ?? null;
	return bytes === null ? null : `${found?.about ? 'about ' : ''}${formatBytes(bytes)}`;
}

/** "OWN 12 MiB": what the snapshots of a domain hold, each alone, as far as that is known; null where it is of none. */
export function ownInAll(sizes: readonly SnapshotSizes[]): string | null {
	const known = sizes.flatMap(({ownBytes}) => (ownBytes === null ? [] : [ownBytes]));
	if (known.length === 0) return null;
	const sign = known.length < sizes.length ? '>' : sizes.some(({about}) => about) ? '~' : '';
	return `OWN ${sign}${formatBytes(known.reduce((sum, bytes) => sum + bytes, 0))}`;
}

/** Several sizes as one: null as soon as one of them is, with the first reason. */
export function totalOf(sizes: readonly Sizes[]): Sizes {
	const sum = (member: 'ownBytes' | 'sinceBytes') =>
		sizes.reduce<number | null>(
			(total, one) => (total === null || one[member] === null ? null : total + one[member]),
			0,
		);
	return {
		ownBytes: sum('ownBytes'),
		sinceBytes: sum('sinceBytes'),
		reason: sizes.find(one => one.reason !== null)?.reason ?? null,
	};
}

/**
 * The IDs of internal snapshots to be deleted together, by image: what that frees has to be read as one, since snapshots share clusters
 * that no other layer has. Null where one of the snapshots has an external part.
 */
export function internalParts(snapshots: readonly Pick<Snapshot, 'disks'>[]): Map<string, string[]> | null {
	const parts = snapshots.flatMap(snapshot => snapshot.disks);
	const found = new Map<string, string[]>();
	for (const {kind, file, id} of parts) {
		if (kind !== 'internal') return null;
		if (file === null || id === null) continue;
		found.set(file, [...(found.get(file) ?? []), id]);
	}
	return found;
}

/** What deleting several snapshots together frees: null where it is not known. */
export type Together = {readonly bytes: number | null; readonly reason: string | null};

/** Files whose tables tell the sizes of these snapshots: the images that hold internal ones. */
export function imagesToRead(snapshots: readonly Pick<Snapshot, 'disks'>[]): string[] {
	const held = snapshots.flatMap(({disks}) => disks.filter(({kind, id}) => kind === 'internal' && id !== null));
	return [...new Set(held.flatMap(({file}) => file ?? []))];
}

function sizesOfPart(domain: Sized, part: SnapshotDisk, images: ReadSizes, unused: readonly Reclaimable[]): DiskSizes {
	return part.kind === 'external' ? externalSizes(domain, part, unused) : internalSizes(domain, part, images);
}

function internalSizes({disks}: Sized, {target, file, id}: SnapshotDisk, images: ReadSizes): DiskSizes {
	const unknown = (reason: string | null): DiskSizes => ({
		target,
		ownBytes: null,
		sinceBytes: null,
		reason,
		copies: null,
	});
	if (file === null || id === null) return unknown(`The image of ${target} does not hold this snapshot.`);
	const image = images.get(file);
	if (image === undefined) return unknown(null);
	if (image.reason !== null) return unknown(`${printable(file)}: ${image.reason}`);
	const found = image.snapshots.find(snapshot => snapshot.id === id);
	if (found === undefined) return unknown(`${printable(file)} does not hold this snapshot any more.`);
	// A revert goes back in this image; what overlays on it hold was written since, too.
	const above = layersAbove(disks, file);
	const sinceBytes = found.sinceBytes === null || above === null ? null : found.sinceBytes + above;
	const elsewhere = above === null ? `${target} does not run on ${printable(file)} now.` : null;
	return {target, ownBytes: found.ownBytes, sinceBytes, reason: found.reason ?? elsewhere, copies: null};
}

function externalSizes(domain: Sized, {target, file, source}: SnapshotDisk, unused: readonly Reclaimable[]): DiskSizes {
	const bytes = file === null ? null : allocationOf(domain, file, unused);
	const above = source == null ? null : layersAbove(domain.disks, source);
	const copies = file !== null && source != null && bytes !== null ? {bytes, from: file, to: source} : null;
	const merged = copies
		? `Deleting it merges up to ${formatBytes(copies.bytes)} into ${printable(copies.to)}; how much that frees is known afterwards.`
		: `How much the overlay of ${target} holds is not known.`;
	// Nothing above the base: what the domain has written to the base itself cannot be told from what was there before.
	if (above) return {target, ownBytes: null, sinceBytes: above, reason: merged, copies};
	const reason = `${target} does not run on an overlay of this snapshot now. ${merged}`;
	return {target, ownBytes: null, sinceBytes: null, reason, copies};
}

/** What the layers above this file hold in the present chain; null where the file is in no chain. */
function layersAbove(disks: readonly Disk[], file: string): number | null {
	for (const {chain} of disks) {
		const depth = chain.findIndex(image => image.file === file);
		if (depth >= 0) return chain.slice(0, depth).reduce((sum, image) => sum + image.actualSizeBytes, 0);
	}
	return null;
}

function allocationOf({disks}: Sized, file: string, unused: readonly Reclaimable[]): number | null {
	const layer = disks.flatMap(disk => disk.chain).find(image => image.file === file);
	return layer?.actualSizeBytes ?? unused.find(overlay => overlay.file === file)?.bytes ?? null;
}

/** A saved memory has a file of its own, and no disks. */
function memorySizes({kind, vmSizeBytes}: Snapshot): Sizes {
	if (kind !== 'memory')
		return {ownBytes: null, sinceBytes: null, reason: 'No disk of the domain holds this snapshot.'};
	return {ownBytes: vmSizeBytes, sinceBytes: null, reason: 'It holds memory only: a revert to it changes no disk.'};
}
