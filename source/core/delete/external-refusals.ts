/** Why an external snapshot cannot be deleted, whatever the way, and what its delete brings back. */

import type {Image} from '../model/disk.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Remedy} from '../model/remedy.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {remoteRefusal} from '../planning/refusals/remote.ts';
import {descendantsOf, takenOn} from '../snapshots/family.ts';
import {byDelete} from '../steps/hints.ts';
import {option, remedy} from '../words/remedy.ts';
import {enumerate, formatBytes, printable, t} from '../words/text.ts';
import type {Drafted} from './delete-step.ts';
import {deleteFirst, forgetInstead, isForgettable, misledBy} from './forgettable.ts';
import type {DiskOverlay} from './layers.ts';

/** libvirt 9.0 deletes an overlay together with the snapshots inside it, and says nothing (verified). */
export function innerRefusal(facts: Facts, gone: readonly Snapshot[], overlays: readonly string[]): Refusal | null {
	const {domain} = facts;
	const files = [...overlays, ...gone.flatMap(one => [...one.revertFiles, ...leftBelow(facts, one)])];
	const inChain = domain.disks
		.flatMap(disk => disk.chain)
		.filter(image => files.includes(image.file))
		.flatMap(image => image.snapshots.map(entry => ({file: image.file, tag: entry.tag})));
	// An overlay that a revert left is in no chain, so that its table was not read: libvirt's records tell (walk, seed 4: it was lost).
	const recorded = domain.snapshots
		.filter(snapshot => snapshot.health !== 'orphaned')
		.flatMap(({tag, disks}) =>
			disks.flatMap(({kind, file}) =>
				kind === 'internal' && file !== null && files.includes(file) ? [{file, tag}] : [],
			),
		);
	const inside = [...inChain, ...recorded];
	if (inside.length === 0) return null;
	const found = [...new Set(inside.map(({tag}) => tag))];
	const tags = enumerate(found.map(printable));
	return refuse(
		'has-children',
		t`An overlay of ${gone[0]!.tag}, ${inside[0]!.file}, contains snapshots: ${tags}. They would be deleted with it.`,
		remedy`Delete ${tags} first ${byDelete(domain, ...found)}.`,
	);
}

/**
 * Files outside the present chains that hold internal snapshots taken below this one: a revert to it made them, and libvirt 11.3 takes
 * them along with it (walk, seed 8: one was lost).
 */
function leftBelow(facts: Facts, snapshot: Snapshot): string[] {
	const present = new Set(facts.domain.disks.flatMap(disk => disk.chain.map(image => image.file)));
	return descendantsOf(facts, snapshot)
		.flatMap(one => one.disks.filter(part => part.kind === 'internal').map(part => part.file))
		.filter(file => file !== null)
		.filter(file => !present.has(file));
}

/** Another snapshot goes back to the same base, which a merge would write to. */
export function sharedBase(facts: Facts, snapshot: Snapshot, layers: readonly DiskOverlay[]): Refusal | null {
	const {domain} = facts;
	for (const {base} of layers) {
		const other = takenOn(domain, base).find(candidate => candidate !== snapshot);
		if (!other) continue;
		const tag = printable(other.tag);
		return refuse(
			'has-children',
			t`Snapshot ${tag} also depends on ${base}, which this would overwrite.`,
			isForgettable(facts, snapshot)
				? remedy`Delete ${tag} first ${byDelete(domain, other.tag)}, or delete only the record of this one (${option('--metadata-only')}).`
				: deleteFirst(facts, [...misledBy(facts, snapshot), other]),
		);
	}
	return null;
}

/** What causes it may go with the newer ones. `gone`: those that were to go with it. */
export function notDeletable(facts: Facts, snapshot: Snapshot, cause: string, gone: readonly Snapshot[] = []): Refusal {
	return refuse('not-leaf', t`${snapshot.tag} cannot be deleted: ${cause}.`, newerFirst(facts, snapshot, gone));
}

function newerFirst(facts: Facts, snapshot: Snapshot, gone: readonly Snapshot[]): Remedy {
	const newer = descendantsOf(facts, snapshot).some(one => !gone.includes(one));
	return newer && isForgettable(facts, snapshot, gone)
		? remedy`Delete the newer snapshots first, or delete only libvirt's record (${option('--metadata-only')}); the files stay.`
		: forgetInstead(facts, snapshot, gone);
}

/** Without this record libvirt would write another base into theirs. */
export function heirsRefusal(facts: Facts, {tag}: Snapshot, heirs: readonly Snapshot[]): Refusal {
	const tags = [...new Set(heirs.map(one => one.tag))];
	return refuse(
		'has-children',
		t`${enumerate(tags.map(printable))} depends on an overlay of ${tag}.`,
		deleteFirst(facts, heirs),
	);
}

/** Without its base libvirt's record is all that can go. */
export function notRecorded(facts: Facts, snapshot: Snapshot, gone: readonly Snapshot[] = []): Drafted {
	return {
		refusal: refuse(
			'not-leaf',
			t`libvirt has no record of the base image of ${snapshot.tag}.`,
			forgetInstead(facts, snapshot, gone),
		),
	};
}

/** qemu-img has to reach the files: not those of another machine. */
export function localFilesRefusal(facts: Facts, inChain: boolean): Refusal | null {
	return isActive(facts.domain) && inChain ? null : remoteRefusal(facts);
}

type Shrunk = {readonly layer: DiskOverlay; readonly overlay: Image; readonly base: Image};

/**
 * Overlays that are smaller than their bases: what a base has past their end comes back when they are merged into it, for a base keeps
 * its size then (verified on QEMU 7.2).
 */
function shrunk(layers: readonly DiskOverlay[]): Shrunk[] {
	return layers.flatMap(layer => {
		const overlay = layer.disk?.chain[layer.depth];
		const base = layer.disk?.chain[layer.depth + 1];
		if (!overlay || base?.file !== layer.base) return [];
		return overlay.virtualSizeBytes < base.virtualSizeBytes ? [{layer, overlay, base}] : [];
	});
}

/**
 * A layer above that was made larger again reads zeros past the end of the overlay, and would read the old data of the base: null where
 * none would.
 */
export function shrunkRefusal(layers: readonly DiskOverlay[]): Refusal | null {
	for (const {layer, overlay, base} of shrunk(layers)) {
		const above = layer.disk?.chain
			.slice(0, layer.depth)
			.find(image => image.virtualSizeBytes > overlay.virtualSizeBytes);
		if (!above) continue;
		return refuse(
			'unsupported',
			t`${overlay.file} ends at ${formatBytes(overlay.virtualSizeBytes)}, and ${base.file} at ${formatBytes(base.virtualSizeBytes)}: after the merge ${layer.target} would contain data that it does not contain now.`,
			t`While the domain is shut off, make ${overlay.file} as large as its base, which adds zeros: qemu-img resize ${overlay.file} ${base.virtualSizeBytes}. Then delete the snapshot.`,
		);
	}
	return null;
}

/** One sentence for each disk that gets the larger size of its base. */
export function shrunkWarnings(layers: readonly DiskOverlay[]): string[] {
	return shrunk(layers)
		.filter(({layer}) => layer.depth === 0)
		.map(
			({layer, overlay, base}) =>
				`${layer.target} gets the size of its base again, with what that contains past ${formatBytes(overlay.virtualSizeBytes)}: ${formatBytes(base.virtualSizeBytes)}.`,
		);
}
