/** Files that an external snapshot needs, and that are gone. */
import type {Disk, Image} from '../../model/disk.ts';
import type {LibvirtSnapshot} from '../../model/snapshot.ts';
import {enumerate, plural, printable, t} from '../../words/text.ts';
import {layersBelow} from '../family.ts';
import {takenIn} from './bases.ts';
import {apart} from './identity.ts';
import type {Around, RecordedDisk, Verdict} from './verdict.ts';

/** Files that are certainly gone; those in use are not among them. */
export function judgeFiles(disks: readonly Disk[], record: LibvirtSnapshot, around: Around): Verdict | null {
	const {missingFiles, records} = around;
	const inUse = new Set(disks.flatMap(disk => disk.chain.map(image => image.file)));
	const named = [
		record.memory.kind === 'external' ? record.memory.file : null,
		...record.disks.flatMap(part => neededFiles(disks, part, records)),
	];
	const missing = [...new Set(named)]
		.filter(file => file !== null)
		.filter(file => missingFiles.has(file) && !inUse.has(file));
	if (missing.length === 0) return null;
	const names = enumerate(missing.map(file => printable(missingFiles.get(file)!)));
	const merged = missing.map(file =>
		records.find(other => takenIn(disks, other, around).some(part => part.file === file)),
	);
	if (merged.every(one => one !== undefined)) {
		const deleted = enumerate([...new Set(merged.map(one => printable(one.name)))]);
		return {
			health: 'missing-files',
			reason: t`${names} was merged into its base, but deleting ${deleted} was interrupted. Delete ${deleted} again to record it.`,
		};
	}
	const moved = movedTo(disks, record, missingFiles);
	if (moved !== null) {
		return {
			health: 'missing-files',
			reason: t`${names} ${plural(missing.length, 'is', 'are')} missing, but ${moved} holds a snapshot of this tag and time, listed as unmanaged: revert to that one, and delete this record, which holds nothing.`,
		};
	}
	return {
		health: 'missing-files',
		reason: t`${names} ${plural(missing.length, 'is', 'are')} missing; reverting is not possible. Restore ${plural(missing.length, 'the file', 'them')}, or delete the snapshot's record.`,
	};
}

/** Where an image was moved, and the domain defined anew, what it holds is still there: the file that a disk of it runs on now. */
function movedTo(
	disks: readonly Disk[],
	{name, createdAt, disks: parts}: LibvirtSnapshot,
	missingFiles: Around['missingFiles'],
): string | null {
	const moved = parts.filter(
		part => part.snapshot === 'internal' && part.source !== null && missingFiles.has(part.source),
	);
	const images = disks.filter(disk => moved.some(part => part.target === disk.target)).flatMap(disk => disk.chain);
	const holds = ({snapshots}: Image) => snapshots.some(one => one.tag === name && !apart(one.createdAt, createdAt));
	return images.find(holds)?.file ?? null;
}

/**
 * What a revert needs: the base. The overlay holds what came after; libvirt deletes it in a revert, and the snapshot is as good as
 * before (verified on 11.3). Where the domain is to run on it, or the base is not recorded, it counts.
 */
function neededFiles(
	disks: readonly Disk[],
	part: RecordedDisk,
	records: readonly LibvirtSnapshot[],
): (string | null)[] {
	if (part.snapshot === 'external') {
		const overlay = part.source === null || disks.some(disk => disk.source === part.file);
		return [part.source, ...layersBelow(disks, part.source, records), ...(overlay ? [part.file] : [])];
	}
	return part.snapshot === 'internal' ? [part.source] : [];
}
