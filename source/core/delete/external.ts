/**
 * Deleting external snapshots. Each overlay is merged into the base that the snapshot kept, and what depended on the overlay stands
 * on the base then. libvirt does it where it can; where it cannot, the same is done step by step (verified on libvirt 9.0 and
 * 11.3). Whatever step fails, only the snapshot that is being deleted has suffered: contents above it read the same all along.
 */

import {externalMethod} from '../create/methods.ts';
import type {Facts} from '../model/facts.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {dependantsRefusal} from '../snapshots/dependants.ts';
import {isMerged, isThere, takenOn} from '../snapshots/family.ts';
import {byDelete} from '../steps/hints.ts';
import {remedy} from '../words/remedy.ts';
import {enumerate, printable, t} from '../words/text.ts';
import {type Drafted, recordStep, removal} from './delete-step.ts';
import {dropUnused, mergeByHand} from './external-by-hand.ts';
import {nativeDelete, nativeObstacle} from './external-by-libvirt.ts';
import {heirsRefusal, innerRefusal, notRecorded, shrunkRefusal, shrunkWarnings} from './external-refusals.ts';
import {forgetInstead} from './forgettable.ts';
import {
	apartReason,
	type DiskOverlay,
	dataWarnings,
	isApart,
	isPivoted,
	memoryFiles,
	overlaysOf,
	unusedLoss,
} from './layers.ts';

/** The plan for one external snapshot, by libvirt or by hand. */
export function externalDelete(facts: Facts, snapshot: Snapshot): Drafted {
	const files = snapshot.disks.flatMap(part => [part.file, part.source ?? null]).filter(file => file !== null);
	const refusal = dependantsRefusal(facts, files) ?? mixedRefusal(facts, snapshot);
	if (refusal) return {refusal};
	const all = overlaysOf(facts, snapshot);
	if (!all) return notRecorded(facts, snapshot);
	const shrunk = shrunkRefusal(all);
	if (shrunk) return {refusal: shrunk};
	const apart = all.filter(isApart);
	const draft = apart.length === 0 ? deleteLayers(facts, snapshot, all) : deleteBeside(facts, snapshot, all, apart);
	if ('refusal' in draft) return draft;
	return {...draft, warnings: [...(draft.warnings ?? []), ...shrunkWarnings(all), ...dataWarnings(all)]};
}

function deleteLayers(
	facts: Facts,
	snapshot: Snapshot,
	layers: readonly DiskOverlay[],
	cause: string | null = null,
): Drafted {
	const inner = innerRefusal(
		facts,
		[snapshot],
		layers.map(layer => layer.overlay),
	);
	if (inner) return {refusal: inner};
	const merged = layers.filter(layer => isPivoted(layer) || isMergedLayer(facts, layer));
	const recorded = merged.length === layers.length && merged.every(isPivoted);
	if (merged.length > 0 && !recorded) return mergeRest(facts, snapshot, layers, merged);
	const obstacle = cause ?? nativeObstacle(facts, snapshot, layers);
	if (obstacle === null) return nativeDelete(facts, snapshot, layers);
	if (layers.some(layer => layer.depth >= 0)) return mergeUsed(facts, snapshot, layers, obstacle);
	if (layers.some(({overlay}) => takenOn(facts.domain, overlay).length > 0))
		return mergeByHand(facts, snapshot, layers, obstacle);
	return dropUnused(facts, snapshot, layers, obstacle);
}

/**
 * A revert to a snapshot that holds some of the disks leaves the others on their overlays: what is in use is merged, and what that revert
 * has left goes.
 */
function mergeUsed(facts: Facts, snapshot: Snapshot, layers: readonly DiskOverlay[], cause: string): Drafted {
	const left = layers.filter(layer => isLeftByRevert(facts, layer));
	const used = layers.filter(layer => !left.includes(layer));
	const draft = mergeByHand(facts, snapshot, used, cause);
	if ('refusal' in draft || left.length === 0) return draft;
	const overlays = left.map(({overlay}) => overlay);
	const cleaning = removal(facts, overlays);
	const lost = overlays.filter(file => !cleaning.needed.includes(file)).map(file => unusedLoss(facts, file));
	return {
		...draft,
		steps: [...draft.steps, ...cleaning.steps],
		losses: [...(draft.losses ?? []), ...lost.filter(text => text !== '')],
		warnings: [...(draft.warnings ?? []), ...cleaning.warnings],
	};
}

/** The disk runs on what the overlay goes back to, by another layer, and no snapshot was taken on the overlay. */
function isLeftByRevert({domain}: Facts, {disk, overlay, base, depth}: DiskOverlay): boolean {
	if (depth >= 0 || disk === undefined || takenOn(domain, overlay).length > 0) return false;
	const parts = domain.snapshots.flatMap(({disks}) => disks);
	const met = new Set<string>();
	for (let file: string | null | undefined = base; file && !met.has(file); ) {
		const layer: string = file;
		if (disk.chain.some(image => image.file === layer)) return true;
		met.add(layer);
		file = parts.find(part => part.file === layer)?.source;
	}
	return false;
}

/** Overlays that need their bases no more, or whose disk has left the domain, stay as they are: what they hold is nowhere else. */
function deleteBeside(
	facts: Facts,
	snapshot: Snapshot,
	all: readonly DiskOverlay[],
	apart: readonly DiskOverlay[],
): Drafted {
	const heirs = apart.flatMap(({overlay}) => takenOn(facts.domain, overlay));
	if (heirs.length > 0) return {refusal: heirsRefusal(facts, snapshot, heirs)};
	const rest = all.filter(layer => !apart.includes(layer));
	const cause = enumerate(apart.map(apartReason));
	const draft = rest.length > 0 ? deleteLayers(facts, snapshot, rest, cause) : forgetOnly(facts, snapshot, cause);
	if ('refusal' in draft) return draft;
	const left = apart.map(
		({part, overlay, base}) => t`${overlay} (${part.target}) stays as it is, and so does ${base}.`,
	);
	return {...draft, warnings: [...(draft.warnings ?? []), ...left]};
}

function forgetOnly(facts: Facts, snapshot: Snapshot, cause: string): Drafted {
	const cleaning = removal(facts, memoryFiles(snapshot));
	return {
		method: externalMethod(snapshot),
		why: `There is nothing to merge: ${cause}. libvirt's record goes.`,
		steps: [recordStep(facts, snapshot), ...cleaning.steps],
		warnings: cleaning.warnings,
	};
}

/** Whether its delete was interrupted when QEMU had merged an overlay below others, so that more than its record is to be put right. */
export function isHalfDeleted(facts: Facts, snapshot: Snapshot): boolean {
	return mergedLayersOf(facts, snapshot).length > 0;
}

function mergedLayersOf(facts: Facts, snapshot: Snapshot): DiskOverlay[] {
	if (snapshot.kind !== 'external') return [];
	return (overlaysOf(facts, snapshot) ?? []).filter(layer => isMergedLayer(facts, layer));
}

const isMergedLayer = ({domain, writtenAt}: Facts, {part}: DiskOverlay) =>
	isMerged(domain.disks, part, domain.snapshots, writtenAt);

/** Why the domain is not to be started: a base may lack what an overlay that was merged into it still has. Null where none may. */
export function unsureMergeRefusal(facts: Facts): Refusal | null {
	for (const snapshot of facts.domain.snapshots) {
		const unsure = mergedLayersOf(facts, snapshot).filter(({overlay}) => isThere(facts, overlay));
		if (unsure.length === 0) continue;
		const tag = printable(snapshot.tag);
		const targets = enumerate(unsure.map(({part}) => part.target));
		return refuse(
			'unhealthy',
			`Deleting ${tag} was interrupted: the image that ${targets} uses may lack data that only the overlay of ${tag} has.`,
			remedy`Delete ${tag} again ${byDelete(facts.domain, snapshot.tag)}, then start the domain.`,
		);
	}
	return null;
}

/** A delete was interrupted between two disks, or before libvirt had recorded it: where the overlay was merged into the base the rest is done. */
function mergeRest(
	facts: Facts,
	snapshot: Snapshot,
	layers: readonly DiskOverlay[],
	merged: readonly DiskOverlay[],
): Drafted {
	const rest = layers.filter(layer => !merged.includes(layer));
	const cause = `in ${enumerate(merged.map(({part}) => part.target))} the overlay is already merged into its base`;
	return mergeByHand(facts, snapshot, rest, cause, merged);
}

function mixedRefusal(facts: Facts, snapshot: Snapshot): Refusal | null {
	if (!snapshot.disks.some(part => part.kind === 'internal')) return null;
	return refuse(
		'unsupported',
		'It is internal in some disks and external in others, which libvirt does not delete.',
		forgetInstead(facts, snapshot),
	);
}
