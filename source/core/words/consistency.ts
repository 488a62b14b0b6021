/** How far what is held can be trusted, in words. */
import type {Consistency} from '../model/plan.ts';

export const CONSISTENCY: Readonly<Record<Consistency, string>> = {
	'shut off': 'consistent: disks of a shut-off domain',
	'crash-consistent': 'disks only, as after a power cut: crash-consistent, fsck may be needed',
	'frozen filesystems': 'disks only, with file systems frozen by the guest agent: consistent',
	'full checkpoint': 'disks and memory of one point in time: consistent',
};
