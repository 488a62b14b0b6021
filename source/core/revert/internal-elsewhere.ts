/** Going back to a snapshot inside an image that the domain has left, such as the overlay that a revert has kept: it runs on that again. */

import {activeFile} from '../model/disk.ts';
import type {PlacedDisk} from '../model/does.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {RevertIntent} from '../model/intent.ts';
import type {Expectation} from '../model/plan.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Snapshot, SnapshotDisk} from '../model/snapshot.ts';
import {remoteRefusal} from '../planning/refusals/remote.ts';
import {placeOf} from '../planning/sources.ts';
import {isThere} from '../snapshots/family.ts';
import {byVirsh} from '../steps/hints.ts';
import {defineStep} from '../steps/shared-steps.ts';
import {remedy} from '../words/remedy.ts';
import {enumerate, formatDate, printable, t} from '../words/text.ts';
import {managedRevert} from './internal.ts';
import {leftOverlay} from './left-overlay.ts';
import type {RevertDraft} from './revert-step.ts';

type Place = {readonly target: string; readonly file: string; readonly now: string};

/** Disks of the domain that ran on another image when the snapshot was taken, one that is in none of their layers now. */
export function placesElsewhere({domain}: Pick<Facts, 'domain'>, snapshot: Snapshot): Place[] {
	return snapshot.disks.flatMap(({target, kind, file}: SnapshotDisk) => {
		const disk = domain.disks.find(candidate => candidate.target === target);
		if (kind !== 'internal' || file === null || !disk || disk.unreadable !== null) return [];
		return disk.chain.some(image => image.file === file) ? [] : [{target, file, now: activeFile(disk)}];
	});
}

/** Later writes in images that the domain has left: no snapshot of the present state holds them. */
export function lossesElsewhere(facts: Pick<Facts, 'domain'>, snapshot: Snapshot): string[] {
	return placesElsewhere(facts, snapshot).map(
		({file}) => t`Everything written to ${file} since ${formatDate(snapshot.createdAt)}.`,
	);
}

/** Why the domain cannot be put on those images again; null where it can, or need not. */
export function elsewhereRefusal(facts: Facts, snapshot: Snapshot): Refusal | null {
	const {domain, host} = facts;
	const [place] = placesElsewhere(facts, snapshot);
	if (!place) return null;
	const reason = t`It is in ${place.file}, on which ${place.target} does not run now.`;
	if (isActive(domain)) {
		return refuse('wrong-state', reason, remedy`Shut it down first ${byVirsh(host, 'shutdown', domain)}.`);
	}
	const lost = placesElsewhere(facts, snapshot).find(({file}) => !isHeldBy(facts, file, snapshot));
	if (lost === undefined) return remoteRefusal(facts);
	return refuse(
		'not-leaf',
		reason,
		remedy`Put ${lost.target} back on ${lost.file} in its definition first ${byVirsh(host, 'edit', domain)}.`,
	);
}

/** The image is there, down to its last base, and has the snapshot in its table. */
function isHeldBy(facts: Facts, file: string, {tag}: Snapshot): boolean {
	const kept = facts.kept.filter(one => one.file === file && one.snapshots.includes(tag));
	return kept.some(({below}) => below.every(base => isThere(facts, base)));
}

/** The definition first, so that libvirt and whoever looks afterwards agree on the images; then libvirt's own revert. */
export function elsewhereRevert(facts: Facts, snapshot: Snapshot, intent: RevertIntent): RevertDraft {
	const places = placesElsewhere(facts, snapshot);
	const draft = managedRevert(facts, snapshot, intent);
	const disks = places.map(({target, file}): PlacedDisk => placeOf(facts, target, file));
	const files = enumerate(places.map(({file}) => printable(file)));
	return {
		...draft,
		why: `It is inside ${files}, so the domain runs on that again.`,
		steps: [defineStep(facts, 'Define the domain with the images that hold it', disks), ...draft.steps],
		losses: lossesElsewhere(facts, snapshot),
		warnings: [...places.map(({now}) => leftOverlay(facts, now)), ...draft.warnings],
		expect: [
			...draft.expect.filter(({kind}) => kind !== 'snapshot'),
			{kind: 'snapshot', tag: snapshot.tag, health: ['ok']},
			...places.map(({target, file}): Expectation => ({kind: 'source', target, file})),
		],
	};
}
