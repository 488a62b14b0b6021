/** What libvirt recorded of an internal snapshot, held against the tables of the images. */
import type {Disk} from '../../model/disk.ts';
import type {LibvirtSnapshot} from '../../model/snapshot.ts';
import {enumerate, sentence, t} from '../../words/text.ts';
import type {RecordedDisk, RecordedPart, Verdict} from './verdict.ts';

/** Tables that were read, and lack what libvirt recorded. */
export function judgeTables(disks: readonly Disk[], found: readonly RecordedPart[]): Verdict | null {
	const internal = found.filter(({part}) => part.snapshot === 'internal');
	const gone = internal.filter(({part, occurrence}) => occurrence === null && canTell(disks, part));
	if (gone.length === 0) return null;
	const holders = internal.filter(({occurrence}) => occurrence !== null);
	const places = enumerate(gone.map(({part}) => place(part)));
	if (holders.length === 0) {
		return {
			health: 'orphaned',
			reason: `In libvirt's list, but no longer in ${places}. A revert would shut off a running domain; delete the snapshot's record.`,
		};
	}
	const present = enumerate(holders.map(({part}) => part.target));
	return {
		health: 'partial',
		reason: `In ${present}, but no longer in ${places}. A revert would mix two points in time; delete the snapshot.`,
	};
}

/** Whether the table that ought to hold the data was read: not of an image that is unreadable, or that no disk runs on now. */
function canTell(disks: readonly Disk[], part: RecordedDisk): boolean {
	if (part.source !== null) return disks.some(disk => disk.chain.some(image => image.file === part.source));
	return disks.some(disk => disk.target === part.target && disk.chain.length > 0);
}

/** What nobody has looked at is not called sound: its data may be gone, and a revert would then shut a running domain off. */
export function judgeUnread(disks: readonly Disk[], record: LibvirtSnapshot): Verdict | null {
	const sentences = record.disks.flatMap(part => {
		const disk = disks.find(({target}) => target === part.target);
		if (disk === undefined) return [];
		if (disk.unreadable && (part.snapshot === 'internal' || part.snapshot === 'external'))
			return [`${part.target} cannot be read: ${sentence(disk.unreadable.reason)} ${sentence(disk.unreadable.remedy)}`];
		if (part.snapshot === 'internal' && !canTell(disks, part))
			return [t`It is in ${part.source ?? ''}, on which ${part.target} does not run now.`];
		return [];
	});
	if (sentences.length === 0) return null;
	return {health: 'unchecked', reason: `Not verified. ${[...new Set(sentences)].join(' ')}`};
}

function place(part: RecordedDisk): string {
	return part.source === null ? part.target : t`${part.target} (${part.source})`;
}
