/** The health of a snapshot: what libvirt records of it, held against the images and files that are there. */
import type {Disk} from '../../model/disk.ts';
import type {LibvirtSnapshot} from '../../model/snapshot.ts';
import {enumerate} from '../../words/text.ts';
import {diskOf} from '../family.ts';
import {judgeBases, judgeMerged, judgeRecord} from './bases.ts';
import {judgeIdentity} from './identity.ts';
import {judgeFiles} from './missing-files.ts';
import {judgeTables, judgeUnread} from './tables.ts';
import {requiredDisks} from './unmanaged.ts';
import type {Around, RecordedDisk, RecordedPart, Verdict} from './verdict.ts';

/** What the record and the images disagree about; the gravest first. */
export function judge(
	disks: readonly Disk[],
	record: LibvirtSnapshot,
	found: readonly RecordedPart[],
	around: Around,
): Verdict {
	return (
		judgeFiles(disks, record, around) ??
		judgeBases(disks, record, around) ??
		judgeMerged(disks, record, around) ??
		judgeRecord(disks, record) ??
		judgeTables(disks, found) ??
		judgeIdentity(record, found) ??
		judgeUnread(disks, record) ?? {health: 'ok', reason: remarks(disks, record, around)}
	);
}

/** What is worth knowing of a sound snapshot: the domain's disks are not those of that time. */
function remarks(disks: readonly Disk[], record: LibvirtSnapshot, {records}: Around): string {
	const isHeld = ({snapshot}: RecordedDisk) => snapshot === 'internal' || snapshot === 'external';
	const parts = record.disks.map(part => ({
		...part,
		disk:
			isHeld(part) || part.leftOut ? diskOf(disks, part, records) : disks.find(({target}) => target === part.target),
	}));
	const added = requiredDisks(disks).filter(disk => !parts.some(part => part.disk === disk));
	const removed = parts.filter(part => isHeld(part) && part.disk === undefined);
	const sentences = [
		added.length > 0 ? `Added since, so not in it: ${enumerate(added.map(disk => disk.target))}.` : '',
		removed.length > 0
			? `In it, but no longer part of the domain: ${enumerate(removed.map(part => part.target))}.`
			: '',
		...parts.map(({target, disk}) =>
			disk && disk.target !== target ? `What was ${target} then is ${disk.target} now.` : '',
		),
	];
	return sentences.filter(sentence => sentence !== '').join(' ');
}
