/** Where a revert to an external snapshot is not left to libvirt's own. */

import {liveOnlyDisks} from '../domain-xml/live-only.ts';
import {can} from '../model/capabilities.ts';
import {activeFile} from '../model/disk.ts';
import type {Facts} from '../model/facts.ts';
import {sameFile} from '../model/files.ts';
import type {RevertIntent} from '../model/intent.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {stoodOnVolume} from '../snapshots/family.ts';
import {enumerate, plural} from '../words/text.ts';

/** What this libvirt does not do, or does otherwise than wanted, as the end of a sentence that begins with it; null where its revert is right. */
export function beyondLibvirt(facts: Facts, snapshot: Snapshot, {dir}: Pick<RevertIntent, 'dir'>): string | null {
	if (!can(facts.host, 'external-revert')) return 'cannot revert external snapshots';
	if (stoodOnVolume(facts, snapshot)) return 'cannot revert external snapshots of storage volumes';
	const moved = movedDisks(facts, snapshot);
	if (moved.length > 0)
		return `would put ${enumerate(moved)} back on an earlier file as well, though the snapshot does not hold ${plural(moved.length, 'it', 'them')}`;
	const missed = missedDisks(facts, snapshot);
	if (missed.length > 0) return `does not bring back ${enumerate(missed)}: attached to the running domain only`;
	if (dir !== undefined) return 'chooses the folder of new overlays itself';
	const bases = snapshot.disks.flatMap(({source}) => source ?? []);
	// Doubled for qemu-img where it must not be: the definition names a file that is not there (9.0 and 11.3, as for create).
	if (bases.some(base => base.includes(',')))
		return 'would give the new overlay a wrong name, since the path of its base holds a comma';
	return bases.some(base => facts.blockDevices.includes(base))
		? 'would put a new overlay beside the block device'
		: null;
}

/** Disks of the snapshot that libvirt leaves out without a word. With memory it leaves out none: the domain runs as it ran then. */
function missedDisks({host, snapshotXml}: Pick<Facts, 'host' | 'snapshotXml'>, snapshot: Snapshot): string[] {
	if (snapshot.memoryFile !== null || can(host, 'live-only-disks-return')) return [];
	const liveOnly = liveOnlyDisks(snapshotXml[snapshot.tag] ?? '');
	return snapshot.disks.map(({target}) => target).filter(target => liveOnly.includes(target));
}

/**
 * Disks that the snapshot leaves out and that run on another file by now. libvirt takes the whole definition of that time back: such a
 * disk would write to its file of then, on which the overlays of later snapshots depend.
 */
function movedDisks(facts: Facts, {leftOut}: Snapshot): string[] {
	return leftOut
		.filter(({target, source}) => {
			const disk = facts.domain.disks.find(one => one.target === target);
			return disk !== undefined && !sameFile(facts, source, activeFile(disk));
		})
		.map(({target}) => target);
}
