/** Deleting an external snapshot together with all that descend from it. */

import {externalMethod} from '../create/methods.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {Expectation} from '../model/plan.ts';
import {refuse} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import type {Step} from '../model/step.ts';
import {noPause} from '../planning/pause.ts';
import {mergedBitmapsRefusal} from '../planning/refusals/bitmaps.ts';
import {dependantsRefusal} from '../snapshots/dependants.ts';
import {keptRefusal} from '../snapshots/kept.ts';
import {byDelete} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {t} from '../words/text.ts';
import {absenceOf, type Drafted, deepestFirst, lossOfData, recordStep, removal} from './delete-step.ts';
import {innerRefusal, localFilesRefusal, notDeletable, notRecorded} from './external-refusals.ts';
import {isForgettable} from './forgettable.ts';
import {type DiskOverlay, defineBases, memoryFiles, overlaysOf, pausedWarning, unusedLoss} from './layers.ts';

/** A whole branch: every layer above the base of its first snapshot is merged into that base, in one go per disk. */
export function externalBranch(facts: Facts, snapshot: Snapshot, gone: readonly Snapshot[]): Drafted {
	const alien = gone.find(one => one.kind !== 'external' || one.disks.some(part => part.kind !== 'external'));
	if (alien)
		return {
			refusal: refuse(
				'has-children',
				t`${alien.tag} is ${alien.kind}; internal and external snapshots are not deleted in one go.`,
				remedy`Delete them one by one, the newest first ${byDelete(facts.domain)}.`,
			),
		};
	const layers = overlaysOf(facts, snapshot);
	if (!layers) return notRecorded(facts, snapshot, gone);
	const overlays = gone.flatMap(one => one.disks.flatMap(part => part.file ?? []));
	const bases = layers.map(({base}) => base);
	const layered = layers.flatMap(filesAbove);
	const merging = layered.length > 0;
	const files = [...new Set([...overlays, ...layered])];
	const obstacle = obstacleOf(facts, gone, layers, merging ? [...files, ...bases] : files);
	const refusal =
		dependantsRefusal(facts, [...files, ...bases]) ??
		innerRefusal(facts, gone, files) ??
		(obstacle === null ? null : notDeletable(facts, snapshot, obstacle, gone)) ??
		(merging ? keptRefusal(facts, bases, files, isForgettable(facts, snapshot, gone)) : null) ??
		(merging ? mergedBitmapsRefusal(facts, layers.flatMap(filesAbove)) : null) ??
		localFilesRefusal(facts, merging);
	if (refusal) return {refusal};
	const cleaning = removal(facts, [...files, ...gone.flatMap(memoryFiles)]);
	const merged = merging ? layers : [];
	return {
		method: externalMethod(snapshot),
		why: `libvirt deletes no external snapshots together: ${merging ? 'all layers above the base are merged into it' : 'their overlays go'}, then the records go.`,
		pause: noPause(facts.domain),
		steps: [
			...merged.map(layer => mergeAllStep(facts, layer)),
			...defineBases(facts, merged),
			...deepestFirst(gone).map(one => recordStep(facts, one)),
			...cleaning.steps,
		],
		losses: [
			...gone.map(one => lossOfData(facts, one)),
			...overlays
				.filter(file => !layered.includes(file) && !cleaning.needed.includes(file))
				.map(file => unusedLoss(facts, file))
				.filter(text => text !== ''),
		],
		warnings: [...cleaning.warnings, ...pausedWarning(facts)],
		expect: [
			...gone.map(one => absenceOf(facts, one)),
			...merged.map(({target, base}): Expectation => ({kind: 'source', target, file: base})),
		],
	};
}

/** Why its layers cannot go together, `needed` being all files that this writes to or removes; null where they can. */
function obstacleOf(
	facts: Facts,
	gone: readonly Snapshot[],
	layers: readonly DiskOverlay[],
	needed: readonly string[],
): string | null {
	const outsider = facts.domain.snapshots.find(
		one => !gone.includes(one) && one.disks.some(part => needed.includes(part.source ?? '')),
	);
	if (outsider) return t`${outsider.tag} depends on the same files`;
	const empty = layers.filter(layer => filesAbove(layer).length === 0);
	const mixed = empty.length > 0 && empty.length < layers.length;
	return mixed || gone.some(one => one.disks.length !== layers.length)
		? 'its disks differ from those of its children'
		: null;
}

/** The files of the present chain that depend on the base, the active layer first. */
function filesAbove({disk, base}: DiskOverlay): string[] {
	const files = disk?.chain.map(image => image.file) ?? [];
	return files.slice(0, Math.max(0, files.indexOf(base)));
}

/** Everything above the base at once: with a base named, the layers between go in as well (qemu-img(1), virsh(1)). */
function mergeAllStep(facts: Facts, {target, disk, base}: DiskOverlay): Step {
	const {file, format} = disk!.chain[0]!;
	const title = t`Merge all layers of ${target} into ${base}`;
	return isActive(facts.domain)
		? step({kind: 'live-merge', on: addressOf(facts), target, top: file, base, range: 'all'}, {title})
		: step({kind: 'merge', overlay: file, format, base, through: true}, {title});
}
