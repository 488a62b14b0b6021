/** Disks whose images could not be read. */
import type {Disk, Facts} from '../domain.ts';
import type {Refusal} from '../plan.ts';
import type {Snapshot} from '../snapshot.ts';

/** What was said of a disk of the snapshot that could not be read; null where all could. */
export function unreadableRefusal({domain}: Pick<Facts, 'domain'>, snapshot: Snapshot): Refusal | null {
	const targets = new Set(snapshot.disks.map(part => part.target));
	return unreadableDiskRefusal(domain.disks.filter(disk => targets.has(disk.target)));
}

/** What was said of the first of these disks that could not be read; null where all could. */
export function unreadableDiskRefusal(disks: readonly Disk[]): Refusal | null {
	const disk = disks.find(candidate => candidate.unreadable);
	if (!disk?.unreadable) return null;
	return {
		code: 'unreadable-image',
		reason: `${disk.target}: ${disk.unreadable.reason}`,
		remedy: disk.unreadable.remedy,
	};
}
