/** How far what is held can be trusted, in words. */
import type {Consistency, Plan} from '../model/plan.ts';
import {enumerate, plural, printable} from './text.ts';

const CONSISTENCY: Readonly<Record<Consistency, string>> = {
	'shut off': 'consistent: disks of a shut-off domain',
	'crash-consistent': 'disks only, as after a power cut: crash-consistent, fsck may be needed',
	'frozen filesystems': 'disks only, with file systems frozen by the guest agent: consistent',
	'full checkpoint': 'disks and memory of one point in time: consistent',
};

/** What a snapshot holds; null where it is about none. */
export function holdsWords({consistency, leftOut = []}: Pick<Plan, 'consistency' | 'leftOut'>): string | null {
	if (consistency === null) return null;
	const without = leftOut.length === 0 ? '' : `; without ${enumerate(leftOut.map(printable))}`;
	return `${CONSISTENCY[consistency]}${without}`;
}

/** What becomes of disks that a snapshot does not hold, behind the word "Without". */
export function withoutWords(targets: readonly string[]): string {
	const they = plural(targets.length, 'it is', 'they are');
	return `${enumerate(targets.map(printable))}: a revert leaves ${plural(targets.length, 'it', 'them')} as ${they} by then`;
}
