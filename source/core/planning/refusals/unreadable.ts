/** Disks whose images could not be read. */

import type {Disk} from '../../model/disk.ts';
import type {Facts} from '../../model/facts.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import type {Snapshot} from '../../model/snapshot.ts';

/** What was said of a disk of the snapshot that could not be read, also of one whose target is another by now; null where all could. */
export function unreadableRefusal({domain}: Pick<Facts, 'domain'>, snapshot: Snapshot): Refusal | null {
	const targets = new Set(snapshot.disks.map(part => part.target));
	const files = new Set(snapshot.disks.flatMap(part => [part.file, part.source]));
	return unreadableDiskRefusal(domain.disks.filter(disk => targets.has(disk.target) || files.has(disk.source)));
}

/** What was said of the first of these disks that could not be read; null where all could. */
export function unreadableDiskRefusal(disks: readonly Disk[]): Refusal | null {
	const disk = disks.find(candidate => candidate.unreadable);
	if (!disk?.unreadable) return null;
	return refuse('unreadable-image', `${disk.target}: ${disk.unreadable.reason}`, disk.unreadable.remedy);
}
