/** Snapshots that libvirt has no record of, by the tables alone. */
import type {Disk} from '../../model/disk.ts';
import {writableDisks} from '../../model/domain.ts';
import {enumerate} from '../../words/text.ts';
import {apart} from './identity.ts';
import type {Occurrence, Verdict} from './verdict.ts';

/** Disks that a complete snapshot has to cover. */
export function requiredDisks(disks: readonly Disk[]): Disk[] {
	return writableDisks({disks}).filter(disk => disk.snapshotPolicy !== 'no');
}

/** What the tables of the disks say of a snapshot that libvirt has no record of. */
export function judgeUnmanaged(required: readonly Disk[], occurrences: readonly Occurrence[]): Verdict {
	const has = new Set(occurrences.map(({target}) => target));
	const without = required.filter(disk => !has.has(disk.target) && !disk.unreadable);
	const isHidden = ({image, entry}: Occurrence) => image.snapshots.find(({tag}) => tag === entry.tag)?.id !== entry.id;
	const hidden = occurrences.some(isHidden)
		? ' Another snapshot of this tag comes before it, and QEMU uses that one.'
		: '';
	if (without.length > 0) {
		const lacking = enumerate(without.map(disk => disk.target));
		return {
			health: 'partial',
			reason: `In ${enumerate([...has])}, but not in ${lacking}. A revert would mix two points in time; delete the snapshot.${hidden}`,
		};
	}
	const first = occurrences[0]!;
	const odd = occurrences.find(({entry}) => apart(entry.createdAt, first.entry.createdAt));
	const dates = odd ? ` ${first.target} and ${odd.target} were taken at different times.` : '';
	return {
		health: 'unmanaged',
		reason: `Not known to libvirt: made by qemu-img or savevm. Revert and delete here, not with virsh snapshot-revert.${dates}${hidden}`,
	};
}
