/**
 * Deleting external snapshots. Each overlay is merged into the base that the snapshot kept, and what stood on the overlay stands
 * on the base then. libvirt does it where it can; where it cannot, the same is done step by step (verified on libvirt 9.0 and
 * 11.3). Whatever step fails, only the snapshot that is being deleted has suffered: contents above it read the same all along.
 */
import {dependantsRefusal} from '../dependants.ts';
import type {Facts} from '../domain.ts';
import {takenOn} from '../family.ts';
import type {Refusal} from '../plan.ts';
import type {Snapshot} from '../snapshot.ts';
import {dropUnused, mergeByHand} from './external-by-hand.ts';
import {nativeDelete, nativeObstacle} from './external-by-libvirt.ts';
import {innerRefusal, notRecorded} from './external-refusals.ts';
import {layersOf} from './layers.ts';
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
	const obstacle = nativeObstacle(facts, snapshot, layers);
	if (obstacle === null) return nativeDelete(facts, snapshot, layers);
	if (layers.some(layer => layer.depth >= 0)) return mergeByHand(facts, snapshot, layers, obstacle);
	if (layers.some(({overlay}) => takenOn(facts.domain, overlay).length > 0))
		return mergeByHand(facts, snapshot, layers, obstacle);
	return dropUnused(facts, snapshot, layers, obstacle);
}

function mixedRefusal(snapshot: Snapshot): Refusal | null {
	if (!snapshot.disks.some(part => part.kind === 'internal')) return null;
	return {
		code: 'unsupported',
		reason: 'It is internal in some disks and external in others, which libvirt does not delete.',
		remedy: "Drop libvirt's record alone: --metadata-only.",
	};
}
