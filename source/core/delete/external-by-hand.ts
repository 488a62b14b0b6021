/** Deleting an external snapshot where libvirt cannot. */

import {externalMethod} from '../create/methods.ts';
import {recordedBelow, snapshotSources, withSnapshotSources} from '../domain-xml/sources.ts';
import {activeFile, type Disk} from '../model/disk.ts';
import type {PlacedDisk} from '../model/does.ts';
import {isActive} from '../model/domain.ts';
import {type Facts, formatOf} from '../model/facts.ts';
import {namesOf, sameFile} from '../model/files.ts';
import type {Expectation} from '../model/plan.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Snapshot, SnapshotDisk} from '../model/snapshot.ts';
import type {Step} from '../model/step.ts';
import {noPause} from '../planning/pause.ts';
import {mergedBitmapsRefusal} from '../planning/refusals/bitmaps.ts';
import {placeOf} from '../planning/sources.ts';
import {isThere, layersOn, runsOn, takenOn} from '../snapshots/family.ts';
import {keptOn, keptRefusal} from '../snapshots/kept.ts';
import {byDelete} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {enumerate, printable, t} from '../words/text.ts';
import {absenceOf, type Drafted, lossOfData, recordStep, removal} from './delete-step.ts';
import {innerRefusal, localFilesRefusal, notDeletable, sharedBase} from './external-refusals.ts';
import {forgetInstead, isForgettable} from './forgettable.ts';
import {
	basesStep,
	type DiskOverlay,
	defineBases,
	definedWithout,
	isPivoted,
	memoryFiles,
	mergeStep,
	otherOverlaysOn,
	pausedWarning,
	unusedLoss,
} from './layers.ts';

/**
 * The same step by step: merge each overlay into its base, put what depended on it on the base, forget the record. `merged`: layers of
 * the snapshot that has been merged into the base already.
 */
export function mergeByHand(
	facts: Facts,
	snapshot: Snapshot,
	layers: readonly DiskOverlay[],
	cause: string,
	merged: readonly DiskOverlay[] = [],
): Drafted {
	const refusal =
		positionRefusal(facts, snapshot, layers, cause) ??
		sharedBase(facts, snapshot, layers) ??
		baseInUse(facts, snapshot, layers) ??
		keptBesides(facts, snapshot, layers, merged) ??
		mergedBitmapsRefusal(
			facts,
			layers.map(({overlay}) => overlay),
		) ??
		localFilesRefusal(facts, layers.every(({depth}) => depth >= 0) && merged.every(isPivoted));
	if (refusal) return {refusal};
	const all = [...layers, ...merged];
	const children = facts.domain.snapshots.filter(one => one !== snapshot && names(facts, one, all));
	const top = layers.filter(({depth}) => depth === 0);
	const overlays = all.map(({overlay}) => overlay);
	const cleaning = removal(facts, [...overlays, ...memoryFiles(snapshot)], overlays);
	const pivoted = merged.filter(isPivoted);
	const takenOut = merged.filter(layer => !isPivoted(layer));
	return {
		method: externalMethod(snapshot),
		why: `Not by libvirt alone: ${cause}. Each overlay is merged into its base step by step instead.`,
		pause: noPause(facts.domain),
		steps: [
			...takenOut.flatMap(layer => ensureMerged(facts, layer)),
			...layers.map(layer => mergeStep(facts, layer)),
			...all.flatMap(layer => rebaseSteps(facts, layer)),
			...definedWithout(facts, [...layers, ...takenOut]),
			...stillDefined(facts, pivoted, top),
			...children.map(child => redefineStep(facts, child, all)),
			recordStep(facts, snapshot),
			...cleaning.steps,
		],
		losses: [
			lossOfData(facts, snapshot),
			...pivoted.map(({overlay}) => unusedLoss(facts, overlay)).filter(text => text !== ''),
		],
		warnings: [...cleaning.warnings, ...pausedWarning(facts)],
		expect: [
			absenceOf(facts, snapshot),
			...layers.flatMap(({target, disk, base, depth}): Expectation[] =>
				disk && depth >= 0 ? [{kind: 'source', target, file: depth === 0 ? base : activeFile(disk)}] : [],
			),
			// One that misses the overlay is sound as soon as its record names the base.
			...children.map(({tag, health}): Expectation => ({kind: 'snapshot', tag, health: [health, 'ok']})),
		],
	};
}

/**
 * QEMU puts what depended on the overlay on the base before all that it has merged is in the file of the base: killed in between it leaves
 * a base that lacks some of it, and only the overlay still has that (verified on 7.2; found by the faults). So it is merged once more,
 * which changes nothing where it was whole. While the domain runs it can only be looked at.
 */
function ensureMerged(facts: Facts, layer: DiskOverlay): Step[] {
	const {target, overlay, base} = layer;
	if (!isThere(facts, overlay)) return [];
	if (!isActive(facts.domain)) return [mergeStep(facts, layer)];
	return [
		step(
			{kind: 'compare', overlay, base, format: formatOf(facts, base) ?? 'qcow2'},
			{title: `Ensure that the base of ${target} holds all of the overlay`},
		),
	];
}

/** QEMU went over to the base, and libvirt died before it could put that into the definition: the next start would not find the overlay. */
function stillDefined(facts: Facts, pivoted: readonly DiskOverlay[], top: readonly DiskOverlay[]): Step[] {
	if (!isActive(facts.domain)) return [];
	const defined = snapshotSources(`<domainsnapshot>${facts.inactiveXml}</domainsnapshot>`);
	const stale = pivoted.some(({overlay}) => defined.some(({source}) => sameFile(facts, source, overlay)));
	return stale ? [basesStep(facts, [...pivoted, ...top])] : [];
}

/** All disks have to be in the same position: one point in time is deleted, not half of it. */
function positionRefusal(
	facts: Facts,
	snapshot: Snapshot,
	layers: readonly DiskOverlay[],
	cause: string,
): Refusal | null {
	const used = layers.filter(({depth}) => depth >= 0);
	const whole = used.length === layers.length || used.length === 0;
	const stacked = used.every(({disk, base, depth}) => disk?.chain[depth + 1]?.file === base);
	if (whole && stacked) return null;
	return notDeletable(facts, snapshot, cause);
}

/** What depends on a base by another way than the overlay that is merged into it, or on an overlay whose base was written to since. */
function keptBesides(
	facts: Facts,
	snapshot: Snapshot,
	layers: readonly DiskOverlay[],
	merged: readonly DiskOverlay[],
): Refusal | null {
	const taken = [...layers, ...merged.filter(layer => !isPivoted(layer))];
	const overlays = taken.map(({overlay}) => overlay);
	const moved = keptOn(facts, overlays).map(({file}) => file);
	const bases = taken.map(({base}) => base);
	const left = merged.filter(isPivoted).map(({overlay}) => overlay);
	const alone = isForgettable(facts, snapshot);
	return keptRefusal(facts, bases, [...overlays, ...moved], alone) ?? keptRefusal(facts, left, left, alone);
}

/** The domain runs on the base by another layer: its disks would change under it. */
function baseInUse(facts: Facts, snapshot: Snapshot, layers: readonly DiskOverlay[]): Refusal | null {
	const {domain} = facts;
	const used = layers.find(
		({base, overlay}) =>
			layersOn(facts, base).some(image => !sameFile(facts, image.file, overlay)) ||
			(overlay !== base && runsOn(facts, base)),
	);
	if (!used) return null;
	const tags = takenOn(domain, used.overlay).map(one => one.tag);
	const heirs = enumerate(tags.map(printable));
	return refuse(
		'has-children',
		tags.length > 0
			? t`Another branch of the domain uses ${used.base}, and ${heirs} depends on the overlay of ${snapshot.tag}: both need its base.`
			: t`Another branch of the domain uses ${used.base}, which this would overwrite.`,
		tags.length > 0 ? remedy`Delete ${heirs} first ${byDelete(domain, ...tags)}.` : forgetInstead(facts, snapshot),
	);
}

/** `-u`: the base is only named anew, since it reads the same as the overlay that was merged into it. */
function rebaseSteps(facts: Facts, layer: DiskOverlay): Step[] {
	const {disk, depth, base} = layer;
	const above = depth > 0 && !isActive(facts.domain) ? [disk!.chain[depth - 1]!.file] : [];
	const format = formatOf(facts, base) ?? 'qcow2';
	const moved = otherOverlaysOn(facts, layer).filter(
		file => isThere(facts, file) && !layersOn(facts, base).some(image => image.file === file),
	);
	return [...above, ...moved].map(file =>
		step({kind: 'rebase', file, base, format}, {title: t`Rebase ${file} onto ${base}`}),
	);
}

/** Whether it was taken on one of the overlays, or libvirt has recorded one below what it was taken on. */
function names(facts: Facts, snapshot: Snapshot, layers: readonly DiskOverlay[]): boolean {
	const below = [...recordedBelow(facts.snapshotXml[snapshot.tag] ?? '').values()].flat();
	return layers.some(
		({overlay}) =>
			takenOn(facts.domain, overlay).includes(snapshot) || below.some(file => sameFile(facts, file, overlay)),
	);
}

/**
 * libvirt's record of a child names the overlay as what the disk ran on: from now on that is the base. The current one stays it, and keeps
 * what a revert to it made, only without `--current` (see `describeStep`).
 */
function redefineStep(facts: Facts, child: Snapshot, layers: readonly DiskOverlay[]): Step {
	const xml = facts.snapshotXml[child.tag] ?? '';
	const moved = new Map(
		layers.flatMap(({target, overlay, base}) =>
			namesOf(facts, overlay).map((name): [string, PlacedDisk] => [name, placeOf(facts, target, base)]),
		),
	);
	return step(
		{kind: 'redefine-snapshot', on: addressOf(facts), tag: child.tag, current: false},
		{
			title: t`Record the new base of ${child.tag}`,
			input: withSnapshotSources(xml, moved),
			undoInput: xml,
		},
	);
}

/**
 * No snapshot depends on its overlays. Where the domain runs right on its base, as after a revert to it, that layer is merged, unless
 * something was kept that depends on the base too; an overlay on which something was kept stays.
 */
export function dropUnused(facts: Facts, snapshot: Snapshot, layers: readonly DiskOverlay[], cause: string): Drafted {
	const overlays = layers.map(({overlay}) => overlay);
	const standing = layers.every(({disk, base}) => disk?.chain[1]?.file === base);
	const bases = layers.map(({base}) => base);
	const alone = keptOn(facts, bases, overlays).length === 0;
	const free =
		standing && alone && sharedBase(facts, snapshot, layers) === null && localFilesRefusal(facts, true) === null;
	const merged = free ? layers.map(({part, disk, base}) => leftLayer(part, disk!, base)) : [];
	const inner = innerRefusal(
		facts,
		[snapshot],
		merged.map(({overlay}) => overlay),
	);
	const kept = inner === null ? merged : [];
	const bitmaps = mergedBitmapsRefusal(
		facts,
		kept.map(({overlay}) => overlay),
	);
	if (bitmaps) return {refusal: bitmaps};
	const cleaning = removal(facts, [...overlays, ...kept.map(({overlay}) => overlay), ...memoryFiles(snapshot)]);
	return {
		method: externalMethod(snapshot),
		why: `Not by libvirt alone: ${cause}. ${cleaning.needed.length > 0 ? 'What nothing depends on is removed' : 'Nothing depends on them, so they are removed'}${kept.length > 0 ? ', and the layer that the domain runs on is merged into the base' : ''}.`,
		pause: noPause(facts.domain),
		steps: [
			...kept.map(layer => mergeStep(facts, layer)),
			...defineBases(facts, kept),
			recordStep(facts, snapshot),
			...cleaning.steps,
		],
		losses: [
			lossOfData(facts, snapshot),
			...overlays
				.filter(file => !cleaning.needed.includes(file))
				.map(file => unusedLoss(facts, file))
				.filter(text => text !== ''),
		],
		warnings: [...cleaning.warnings, ...pausedWarning(facts)],
		expect: [
			absenceOf(facts, snapshot),
			...kept.map(({target, base}): Expectation => ({kind: 'source', target, file: base})),
		],
	};
}

function leftLayer(part: SnapshotDisk, disk: Disk, base: string): DiskOverlay {
	return {part, disk, target: disk.target, overlay: activeFile(disk), base, depth: 0};
}
