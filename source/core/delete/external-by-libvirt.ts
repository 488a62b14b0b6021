/** Deleting an external snapshot where libvirt can. */

import {externalMethod} from '../create/methods.ts';
import {can} from '../model/capabilities.ts';
import {activeFile} from '../model/disk.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {Expectation} from '../model/plan.ts';
import type {Snapshot} from '../model/snapshot.ts';
import type {Change} from '../model/step.ts';
import {noPause} from '../planning/pause.ts';
import {childrenOf, recordedElsewhere, stoodOnVolume} from '../snapshots/family.ts';
import {keptOn} from '../snapshots/kept.ts';
import {printable, t} from '../words/text.ts';
import {absenceOf, type Drafted, deleteStep, lossOfData, removal} from './delete-step.ts';
import {sharedBase} from './external-refusals.ts';
import {type DiskOverlay, memoryFiles, otherOverlaysOn, pausedWarning, unusedLoss} from './layers.ts';

/** Why `snapshot-delete` would fail or do harm here; null where it works. */
export function nativeObstacle(facts: Facts, snapshot: Snapshot, layers: readonly DiskOverlay[]): string | null {
	const {domain, host} = facts;
	const leaf = childrenOf(facts, snapshot).length === 0;
	const parent = domain.snapshots.find(other => other.libvirt && other.tag === snapshot.parent);
	if (!can(host, 'external-delete')) return `libvirt ${host.libvirt} deletes no external snapshots`;
	const files = layers.flatMap(({overlay, base}) => [overlay, base]);
	// It removes overlays and writes to bases, whatever else lies on them.
	const kept = keptOn(
		facts,
		files,
		layers.map(({overlay}) => overlay),
	).find(({file}) => !isRecorded(facts, file));
	if (kept) return t`${kept.file}, which no disk uses now, depends on its files`;
	if (stoodOnVolume(facts, snapshot)) return 'its disk is a storage volume, which libvirt mistakes for another file';
	if (recordedElsewhere(facts, snapshot)) return 'libvirt has recorded its files by other paths';
	const renamed = layers.find(({part, target}) => part.target !== target);
	if (renamed) return `${renamed.part.target} is now called ${renamed.target}, which libvirt does not follow`;
	if (parent?.kind === 'internal') {
		return can(host, 'external-delete-keeps-base')
			? 'its parent is internal, which libvirt does not support'
			: `its parent is internal, and libvirt ${host.libvirt} can delete the image that holds it`;
	}
	if (layers.every(({depth}) => depth < 0)) {
		if (!can(host, 'external-delete-unused')) return 'the domain does not run on its overlays';
		return leaf ? null : 'the domain does not run on its overlays, and others depend on them';
	}
	if (layers.some(({disk, base, depth}) => depth < 0 || disk?.chain[depth + 1]?.file !== base))
		return 'its overlays are not all part of the present chains';
	// libvirt 9.0 deletes the overlay all the same, and the other branch has lost its base (verified).
	if (layers.some(layer => otherOverlaysOn(facts, layer).length > 0)) return 'another branch depends on its overlay';
	if (can(host, 'external-revert') && snapshot.current && !leaf) return 'it is the current snapshot and has children';
	const below = !leaf || layers.some(({depth}) => depth > 0);
	if (below && !isActive(domain) && !can(host, 'external-delete-below-shut-off'))
		return 'it is not the newest one, and the domain is shut off';
	return null;
}

/** An overlay that a snapshot of the domain made: libvirt knows of it. */
function isRecorded({domain}: Facts, file: string): boolean {
	return domain.snapshots.some(({disks}) => disks.some(part => part.kind === 'external' && part.file === file));
}

/** `snapshot-delete`, with what libvirt merges and removes. */
export function nativeDelete(facts: Facts, snapshot: Snapshot, layers: readonly DiskOverlay[]): Drafted {
	const unused = layers.filter(({depth}) => depth < 0);
	const shared = sharedBase(
		facts,
		snapshot,
		layers.filter(({depth}) => depth >= 0),
	);
	if (shared) return {refusal: shared};
	// After a revert to it libvirt merges the layer that the revert made (verified on 11.3).
	const flattened = snapshot.current ? unused.filter(({disk, base}) => disk?.chain[1]?.file === base) : [];
	const after = [...layers.filter(({depth}) => depth === 0), ...flattened];
	const cleaning = removal(facts, can(facts.host, 'external-delete-removes-memory') ? [] : memoryFiles(snapshot));
	return {
		method: externalMethod(snapshot),
		why:
			unused.length > 0
				? 'libvirt removes the overlays, which nothing runs on.'
				: 'libvirt merges each overlay into its base.',
		pause: noPause(facts.domain),
		steps: [
			deleteStep(facts, snapshot, [
				...layers.flatMap(layerChanges),
				...flattened.flatMap(({disk, base}): Change[] => [
					{sign: '~', what: t`${base} receives the data of ${activeFile(disk!)}`},
					{sign: '-', what: printable(activeFile(disk!))},
				]),
				{sign: '-', what: t`libvirt's record of ${snapshot.tag}`},
			]),
			...cleaning.steps,
		],
		losses: [
			lossOfData(facts, snapshot),
			...unused.map(({overlay}) => unusedLoss(facts, overlay)).filter(text => text !== ''),
		],
		warnings: [...cleaning.warnings, ...pausedWarning(facts)],
		expect: [
			absenceOf(facts, snapshot),
			...after.map(({part, base}): Expectation => ({kind: 'source', target: part.target, file: base})),
			...layers.flatMap(({part, disk, depth}): Expectation[] =>
				disk && depth > 0 ? [{kind: 'source', target: part.target, file: activeFile(disk)}] : [],
			),
		],
	};
}

function layerChanges({part, overlay, base, depth}: DiskOverlay): Change[] {
	const gone: Change = {sign: '-', what: t`overlay ${overlay}`};
	if (depth < 0) return [gone];
	const merge: Change = {sign: '~', what: t`${base} receives the data of the overlay`};
	const pivot: Change[] = depth === 0 ? [{sign: '~', what: t`${part.target} runs on ${base}`}] : [];
	return [merge, ...pivot, gone];
}
