/** Whether what the tables hold is one snapshot, and the one that libvirt recorded. */
import type {LibvirtSnapshot} from '../../model/snapshot.ts';
import {formatDate} from '../../words/text.ts';
import type {RecordedPart, Verdict} from './verdict.ts';

/** libvirt notes whole seconds before it starts; qemu-img dates each disk when its turn comes. More than this apart is another snapshot. */
const toleranceMs = 30_000;

/** Whether they are too far apart in time for one snapshot. */
export function apart(one: string, other: string): boolean {
	return Math.abs(Date.parse(one) - Date.parse(other)) > toleranceMs;
}

/** Tables that hold another snapshot of the tag than libvirt recorded. */
export function judgeIdentity(record: LibvirtSnapshot, found: readonly RecordedPart[]): Verdict | null {
	const occurrences = found.flatMap(({occurrence}) => occurrence ?? []);
	if (occurrences.length === 0) return null;
	const other = occurrences.find(({entry}) => apart(entry.createdAt, record.createdAt));
	const next = 'Revert and delete go by what the image holds.';
	if (other) {
		return {
			health: 'replaced',
			reason: `libvirt recorded ${formatDate(record.createdAt)}, ${other.target} holds one of ${formatDate(other.entry.createdAt)}: another took its place. ${next}`,
		};
	}
	const holdsMemory = occurrences.some(({entry}) => entry.vmSizeBytes > 0);
	const wantsMemory = record.memory.kind === 'internal';
	if (holdsMemory === wantsMemory || record.memory.kind === 'external') return null;
	const holds = holdsMemory ? 'without memory, but the image holds memory' : 'with memory, but the image holds none';
	return {health: 'replaced', reason: `libvirt recorded a snapshot ${holds}: another took its place. ${next}`};
}
