/** Bases of external snapshots that are not as their overlays need them. */
import type {Disk} from '../../model/disk.ts';
import type {LibvirtSnapshot} from '../../model/snapshot.ts';
import {enumerate, t} from '../../words/text.ts';
import {isMerged} from '../family.ts';
import type {Around, RecordedDisk, Verdict} from './verdict.ts';

/** A base that the domain runs on itself: it was committed into, or gone back to by hand, and is written to. */
export function judgeBases(
	disks: readonly Disk[],
	record: LibvirtSnapshot,
	{missingFiles, writtenAt}: Around,
): Verdict | null {
	const parts = record.disks.filter(part => part.snapshot === 'external');
	const active = new Set(disks.filter(disk => !disk.readonly).map(disk => disk.chain[0]?.file ?? disk.source));
	const spoiled = parts.filter(part => part.source !== null && active.has(part.source));
	if (spoiled.length === 0) return null;
	const places = enumerate(spoiled.map(part => t`${part.target} (${part.source!})`));
	const all = spoiled.length === parts.length;
	const isThere = (file: string) => !missingFiles.has(file);
	if (spoiled.every(part => isUntouched(part, record.createdAt, {writtenAt, isThere}))) {
		const back = enumerate(spoiled.map(({target, file}) => t`${target} on ${file!}`));
		return {
			health: all ? 'orphaned' : 'partial',
			reason: `${places} is the snapshot's base itself: nothing has written to it yet, but what the domain writes overwrites the snapshot's saved data. Before you start the domain, define ${back} again (virsh edit)${all ? ", or delete the snapshot's record" : ''}.`,
		};
	}
	return {
		health: all ? 'orphaned' : 'partial',
		reason: `${places} writes directly to the snapshot's base; its saved data is overwritten. ${all ? "Delete the snapshot's record." : 'A revert would mix two points in time.'}`,
	};
}

/**
 * Whether the base of this part is as it was when the snapshot was taken (libvirt notes whole seconds), and its overlay is there: then the
 * definition alone is to be put back where the domain runs on the base itself.
 */
export function isUntouched(
	{source, file}: Pick<RecordedDisk, 'source' | 'file'>,
	createdAt: string | null,
	{writtenAt, isThere}: Pick<Around, 'writtenAt'> & {readonly isThere: (file: string) => boolean},
): boolean {
	const time = source === null ? undefined : writtenAt[source];
	if (time === undefined || createdAt === null || file === null) return false;
	return Date.parse(time) < Date.parse(createdAt) + 2_000 && isThere(file);
}

/** Parts whose base has taken their overlay in. */
export function takenIn(disks: readonly Disk[], record: LibvirtSnapshot, {records, writtenAt}: Around): RecordedDisk[] {
	return record.disks.filter(part => part.snapshot === 'external' && isMerged(disks, part, records, writtenAt));
}

/** A base that has what was written later: deleting the snapshot was interrupted behind the merge. */
export function judgeMerged(disks: readonly Disk[], record: LibvirtSnapshot, around: Around): Verdict | null {
	const merged = takenIn(disks, record, around);
	if (merged.length === 0) return null;
	const places = enumerate(merged.map(part => t`${part.target} (${part.source!})`));
	const all = merged.length === record.disks.filter(part => part.snapshot === 'external').length;
	return {
		health: all ? 'orphaned' : 'partial',
		reason: `Later writes were (perhaps only partly) merged into its base in ${places}: deleting it was interrupted. ${all ? '' : 'A revert would mix two points in time. '}Delete it again before you start the domain.`,
	};
}

/**
 * A base that lies deeper in the chain than the layer its overlay really depends on. `snapshot-delete --metadata` of the parent writes
 * that into the records of its children, though nothing was merged (verified on 9.0; found by the walk, seed 7).
 */
export function judgeRecord(disks: readonly Disk[], record: LibvirtSnapshot): Verdict | null {
	for (const part of record.disks) {
		const files = disks.find(disk => disk.target === part.target)?.chain.map(image => image.file) ?? [];
		const overlay = part.file === null ? -1 : files.indexOf(part.file);
		if (part.snapshot !== 'external' || part.source === null || overlay === -1) continue;
		if (files.indexOf(part.source) <= overlay + 1) continue;
		return {
			health: 'orphaned',
			reason: t`libvirt's record of ${part.target} names ${part.source} as its base, but its overlay depends on ${files[overlay + 1]!}: a revert would restore another point in time. Delete the snapshot's record.`,
		};
	}
	return null;
}
