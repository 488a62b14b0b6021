/** Whether libvirt's record of a snapshot can go by itself: remedies name that only where it is not refused as well. */

import type {Facts} from '../model/facts.ts';
import type {Remedy} from '../model/remedy.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {descendantsOf} from '../snapshots/family.ts';
import {byDelete} from '../steps/hints.ts';
import {option, remedy} from '../words/remedy.ts';
import {enumerate, printable} from '../words/text.ts';

/**
 * Descendants that were taken on an overlay of this snapshot: with its record libvirt takes that overlay for merged (see join.ts).
 * `gone`: records that go with it.
 */
export function misledBy(facts: Facts, snapshot: Snapshot, gone: readonly Snapshot[] = []): Snapshot[] {
	const overlays = snapshot.disks.filter(part => part.kind === 'external').map(part => part.file);
	return descendantsOf(facts, snapshot)
		.filter(one => !gone.includes(one))
		.filter(one => one.disks.some(part => overlays.includes(part.source ?? null)));
}

/** Whether its record may go, with those of `gone`. */
export function isForgettable(facts: Facts, snapshot: Snapshot, gone: readonly Snapshot[] = []): boolean {
	return snapshot.libvirt && misledBy(facts, snapshot, gone).length === 0;
}

/** What to do where its data can go in no way: delete its record alone, or first those that depend on the record. */
export function forgetInstead(facts: Facts, snapshot: Snapshot, gone: readonly Snapshot[] = []): Remedy {
	if (isForgettable(facts, snapshot, gone))
		return remedy`Delete only libvirt's record (${option('--metadata-only')}); the files stay.`;
	return deleteFirst(facts, misledBy(facts, snapshot, gone));
}

/** `Delete a and b first.`, each with its command. */
export function deleteFirst({domain}: Pick<Facts, 'domain'>, snapshots: readonly Snapshot[]): Remedy {
	const tags = [...new Set(snapshots.map(({tag}) => tag))];
	return remedy`Delete ${enumerate(tags.map(printable))} first ${byDelete(domain, ...tags)}.`;
}
