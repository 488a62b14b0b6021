/** What the receipts tell of times: who has written to an image since a snapshot was taken of it, or since memory was saved beside it. */

import {recordedBelow} from '../domain-xml/sources.ts';
import {writableDisks} from '../model/domain.ts';
import type {Facts, Pulled, Rewritten} from '../model/facts.ts';
import type {Receipt} from '../model/receipt.ts';
import type {Snapshot, SnapshotDisk} from '../model/snapshot.ts';
import {ranOn, stoodOnBase, wasWritten} from '../planning/basis.ts';

/** QEMU writes the last of its tables when the overlay is in place already. */
const slackMilliseconds = 2000;

/** Snapshots of the domain that may not hold any more what they did when they were taken. `receipts`: those of this domain. */
export function rewrittenIn(
	facts: Pick<Facts, 'domain' | 'writtenAt' | 'saveImages' | 'kept'>,
	receipts: readonly Receipt[],
): Rewritten[] {
	const {domain, writtenAt, saveImages} = facts;
	return domain.snapshots.flatMap(snapshot => {
		const ended = endOf(snapshot, saveImages);
		const bases = new Map(snapshot.disks.flatMap(part => stoodOn(facts, part).map(file => [file, part.target])));
		return [...bases].flatMap(([file, target]): Rewritten[] => {
			const last = writtenAt[file];
			if (last === undefined || ended === null || Date.parse(last) <= ended + slackMilliseconds) return [];
			const at = isOurs(last, receipts) ? seenWritten(receipts, file, target, snapshot) : last;
			return at === null ? [] : [{tag: snapshot.tag, file, at}];
		});
	});
}

/**
 * By file: images that were written to after virsnap had saved memory into it. QEMU is gone by the end of such an operation, so that no
 * write behind it is its own.
 */
export function writtenBehindSaves(
	{domain, writtenAt, saveImages}: Pick<Facts, 'domain' | 'writtenAt' | 'saveImages'>,
	receipts: readonly Receipt[],
): Facts['writtenBehind'] {
	const layers = writableDisks(domain).flatMap(({chain}) => chain[0]?.file ?? []);
	const behind = Object.entries(saveImages).map(([file, {writtenAt: saved}]) => {
		// Of one that somebody else has written there since, the receipt knows nothing.
		const ended = receipts.find(
			({plan, status, startedAt, endedAt}) =>
				plan.verb === 'save' && plan.file === file && status === 'verified' && isWithin(saved, startedAt, endedAt),
		)?.endedAt;
		const later = layers.filter(layer => ended != null && Date.parse(writtenAt[layer] ?? '') > Date.parse(ended));
		return [file, later] as const;
	});
	return Object.fromEntries(behind.filter(([, later]) => later.length > 0));
}

/**
 * Snapshots inside images that have been given all that they read below them, as `qemu-img rebase -b ""` and `virsh blockpull` do: for what is
 * read now, and not for the snapshots. libvirt's record tells what was below, where the domain ran, and else what plans were made on.
 */
export function pulledIn(
	{domain, snapshotXml}: Pick<Facts, 'domain' | 'snapshotXml'>,
	receipts: readonly Receipt[],
): Pulled[] {
	return domain.snapshots.flatMap(snapshot => {
		const parts = snapshot.disks.filter(({kind, file, target}) => {
			const chain = domain.disks.find(disk => disk.target === target)?.chain ?? [];
			return kind === 'internal' && file !== null && chain.at(-1)?.file === file;
		});
		if (parts.length === 0) return [];
		const below = recordedBelow(snapshotXml[snapshot.tag] ?? '<domain/>');
		return parts
			.filter(
				({target, file}) => below.get(target)?.length || receipts.some(one => stoodOnAny(one, file!, target, snapshot)),
			)
			.map(({file}) => ({tag: snapshot.tag, file: file!}));
	});
}

/** Whether there was anything below the image when the snapshot was made, or at some time after it. */
function stoodOnAny({plan, startedAt, endedAt}: Receipt, file: string, target: string, snapshot: Snapshot): boolean {
	if (!stoodOnBase(plan.basis, file, target)) return false;
	const made = plan.verb === 'create' && plan.tag === snapshot.tag;
	return (
		(made && isWithin(snapshot.createdAt, inSeconds(startedAt), endedAt)) || ranOn(plan.basis, file, target, snapshot)
	);
}

/** libvirt notes when it begins in whole seconds. */
const inSeconds = (at: string) => new Date(Math.floor(Date.parse(at) / 1000) * 1000).toISOString();

function isWithin(at: string | null, start: string, end: string | null): boolean {
	return at !== null && end !== null && Date.parse(start) <= Date.parse(at) && Date.parse(at) <= Date.parse(end);
}

/** Images that nobody ought to have written to since: what an external one goes back to, or what lies below the overlay of an internal one. */
function stoodOn(
	{domain, kept}: Pick<Facts, 'domain' | 'kept'>,
	{kind, source, file, target}: SnapshotDisk,
): readonly string[] {
	if (kind === 'external') return source === null ? [] : [source];
	const chain = domain.disks.find(disk => disk.target === target)?.chain.map(image => image.file) ?? [];
	if (file === null || chain[0] === file) return [];
	return kept.find(one => one.file === file)?.below ?? [];
}

/** libvirt notes when it begins, and a guest may go on while its memory is written (`--live`). */
function endOf({createdAt, memoryFile}: Snapshot, saveImages: Facts['saveImages']): number | null {
	const written = memoryFile === null ? null : (saveImages[memoryFile]?.writtenAt ?? null);
	const times = [createdAt, written].filter(time => time !== null).map(time => Date.parse(time));
	return times.length === 0 ? null : Math.max(...times);
}

/** A file has the time of its last write alone, so that a delete of ours hides what was written before. What plans were made on tells. */
function seenWritten(
	receipts: readonly Receipt[],
	file: string,
	target: string,
	snapshot: Snapshot,
): Receipt['startedAt'] | null {
	const knew = ({plan: {basis}}: Receipt) => ranOn(basis, file, target, snapshot) || wasWritten(basis, file, snapshot);
	return receipts.find(knew)?.startedAt ?? null;
}

/**
 * Whether virsnap was deleting then: that merges into bases, and leaves the snapshots above as they were. Any other operation writes there
 * only what the domain itself has written, which ought not to run on a base.
 */
function isOurs(at: string, receipts: readonly Receipt[]): boolean {
	const time = Date.parse(at);
	return receipts.some(({plan, startedAt, endedAt}) => {
		const end = endedAt === null ? Number.POSITIVE_INFINITY : Date.parse(endedAt) + slackMilliseconds;
		return plan.verb === 'delete' && Date.parse(startedAt) <= time && time <= end;
	});
}
