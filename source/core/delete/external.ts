/**
 * Deleting external snapshots. Each overlay is merged into the base that the snapshot kept, and what stood on the overlay stands
 * on the base then. libvirt does it where it can; where it cannot, the same is done step by step (verified on libvirt 9.0 and
 * 11.3). Whatever step fails, only the snapshot that is being deleted has suffered: contents above it read the same all along.
 */
import {dependantsRefusal} from '../dependants.ts';
import {activeFile, type Facts} from '../domain.ts';
import {takenOn} from '../family.ts';
import type {Refusal} from '../plan.ts';
import type {Snapshot} from '../snapshot.ts';
import {enumerate} from '../text.ts';
import {dropUnused, mergeByHand} from './external-by-hand.ts';
import {nativeDelete, nativeObstacle} from './external-by-libvirt.ts';
import {innerRefusal, notRecorded} from './external-refusals.ts';
import {type Layer, layersOf} from './layers.ts';
import type {Drafted} from './parts.ts';

/** The plan for one external snapshot, by libvirt or by hand. */
export function externalDelete(facts: Facts, snapshot: Snapshot): Drafted {
	const files = snapshot.disks.flatMap(part => [part.file, part.source ?? null]).filter(file => file !== null);
	const refusal = dependantsRefusal(facts, files) ?? mixedRefusal(snapshot);
	if (refusal) return {refusal};
	const layers = layersOf(facts, snapshot);
	if (!layers) return notRecorded(snapshot);
	const inner = innerRefusal(
		facts,
		[snapshot],
		layers.map(layer => layer.overlay),
	);
	if (inner) return {refusal: inner};
	const merged = layers.filter(({disk, base, depth}) => depth < 0 && disk && activeFile(disk) === base);
	if (merged.length > 0 && merged.length < layers.length) return mergeRest(facts, snapshot, layers, merged);
	const obstacle = nativeObstacle(facts, snapshot, layers);
	if (obstacle === null) return nativeDelete(facts, snapshot, layers);
	if (layers.some(layer => layer.depth >= 0)) return mergeByHand(facts, snapshot, layers, obstacle);
	if (layers.some(({overlay}) => takenOn(facts.domain, overlay).length > 0))
		return mergeByHand(facts, snapshot, layers, obstacle);
	return dropUnused(facts, snapshot, layers, obstacle);
}

/** A delete was cut off between two disks: those that run on their base already are done. */
function mergeRest(facts: Facts, snapshot: Snapshot, layers: readonly Layer[], merged: readonly Layer[]): Drafted {
	const rest = layers.filter(layer => !merged.includes(layer));
	const cause = `${enumerate(merged.map(({part}) => part.target))} ran on the base already`;
	return mergeByHand(facts, snapshot, rest, cause, merged);
}

function mixedRefusal(snapshot: Snapshot): Refusal | null {
	if (!snapshot.disks.some(part => part.kind === 'internal')) return null;
	return {
		code: 'unsupported',
		reason: 'It is internal in some disks and external in others, which libvirt does not delete.',
		remedy: "Drop libvirt's record alone: --metadata-only.",
	};
}
