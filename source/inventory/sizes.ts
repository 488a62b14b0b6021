/** Sizes of a domain's snapshots, read from its images. */
import {setTimeout} from 'node:timers/promises';
import {type Domain, isActive} from '../core/model/domain.ts';
import type {Reading} from '../core/model/hypervisor.ts';
import type {Snapshot, SnapshotSizes} from '../core/model/snapshot.ts';
import {betweenParts, type DiskDifference} from '../core/snapshots/contents/difference.ts';
import {
	type ImageSizes,
	imagesToRead,
	internalParts,
	sizesOf,
	type Together,
} from '../core/snapshots/contents/sizes.ts';
import type {Sources} from './sources.ts';

/** One image after the other; rejects only with the signal's reason. */
export async function readSizes(
	{images}: Pick<Sources, 'images'>,
	domain: Domain,
	{signal, progress}: Reading = {},
): Promise<SnapshotSizes[]> {
	const files = imagesToRead(domain.snapshots);
	const read = new Map<string, ImageSizes>();
	for (const file of files) {
		const done = read.size;
		const sizes = await images.sizes(file, {
			signal,
			inUse: isActive(domain),
			backingBytes: backingBytes(domain, file),
			progress: (part, total) => progress?.((done + part / Math.max(1, total)) / files.length),
		});
		read.set(file, sizes);
	}
	return sizesOf(domain, read);
}

/** For the words of a plan, which nobody is kept waiting for: tables of large images may take longer, and a dead file system for ever. */
const soonMs = 1500;

/** The sizes, or none where they cannot be told soon. */
export async function readSizesSoon(
	sources: Pick<Sources, 'images'>,
	domain: Domain,
	signal: AbortSignal,
): Promise<readonly SnapshotSizes[]> {
	const enough = new AbortController();
	const late = setTimeout(soonMs, [], {signal: enough.signal, ref: false});
	const given = AbortSignal.any([signal, enough.signal]);
	try {
		return await Promise.race([readSizes(sources, domain, {signal: given}), late]);
	} catch {
		return [];
	} finally {
		enough.abort();
		late.catch(() => {});
	}
}

/** What deleting the snapshots of these tags together frees. */
export async function readFreedTogether(
	{images}: Pick<Sources, 'images'>,
	domain: Domain,
	tags: readonly string[],
	{signal}: Reading = {},
): Promise<Together> {
	const parts = internalParts(domain.snapshots.filter(({tag}) => tags.includes(tag)));
	if (parts === null)
		return {bytes: null, reason: 'External snapshots are merged: what that frees is known afterwards.'};
	let sum = 0;
	for (const [file, ids] of parts) {
		const {bytes, reason} = await images.sizeTogether(file, ids, {signal});
		if (bytes === null) return {bytes, reason};
		sum += bytes;
	}
	return {bytes: sum, reason: null};
}

/** How much of each disk that both snapshots have differs between them. */
export async function readBetween(
	{images}: Pick<Sources, 'images'>,
	domain: Domain,
	[from, to]: readonly [Snapshot, Snapshot],
	{signal}: Reading = {},
): Promise<DiskDifference[]> {
	const answers: DiskDifference[] = [];
	for (const one of from.disks) {
		const other = to.disks.find(({target}) => target === one.target);
		if (other === undefined) continue;
		const found = betweenParts(domain, one, other);
		if ('target' in found) answers.push(found);
		else {
			const options = {signal, backingBytes: backingBytes(domain, found.file)};
			const {bytes, reason} = await images.difference(found.file, found.from, found.to, options);
			answers.push({target: one.target, changedBytes: bytes, reason});
		}
	}
	return answers;
}

/** Size of the disk in the image that lies behind this one in a chain; undefined where none is known to. */
function backingBytes({disks}: Domain, file: string): number | undefined {
	for (const {chain} of disks) {
		const depth = chain.findIndex(image => image.file === file);
		if (depth >= 0) return chain[depth + 1]?.virtualSizeBytes;
	}
	return undefined;
}
