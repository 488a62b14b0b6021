/** Going back to an external snapshot where libvirt cannot: new overlays on what it depends on, and its memory with these. */

import {dirname} from 'node:path/posix';
import {externalMethod} from '../create/methods.ts';
import {withSources} from '../domain-xml/sources.ts';
import type {PlacedDisk} from '../model/does.ts';
import {writableDisks} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {RevertIntent} from '../model/intent.ts';
import type {Expectation} from '../model/plan.ts';
import type {Refusal} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import type {Step} from '../model/step.ts';
import {openOverlayRefusal} from '../planning/refusals/encrypted.ts';
import {newFileRefusal, spaceRefusal} from '../planning/refusals/new-files.ts';
import {isThere} from '../snapshots/family.ts';
import {overlaySteps} from '../steps/files/new-overlay.ts';
import {addressOf} from '../steps/on-domain.ts';
import {defineStep, placesIn} from '../steps/shared-steps.ts';
import {step} from '../steps/step.ts';
import {enumerate, plural, t} from '../words/text.ts';
import {leftOverlay} from './left-overlay.ts';
import {definedRefusal, savedDefinitionRefusal} from './recorded.ts';
import {currentStep, leftOutNow, memoryChange, powerStep, type RevertDraft, stateAfter} from './revert-step.ts';
import {type Swap, swapsFor} from './swaps.ts';

/**
 * Where libvirt cannot: new overlays on the snapshot's bases. The old ones stay, for undo.
 *
 * @param beyond what libvirt does not do, after its name
 */
export function newOverlayRevert(
	facts: Facts,
	snapshot: Snapshot,
	intent: RevertIntent,
	beyond: string,
): RevertDraft | {refusal: Refusal} {
	const {host} = facts;
	const unable = startRefusal(facts, snapshot, intent);
	if (unable) return {refusal: unable};
	const swaps = swapsFor(facts, snapshot, intent.dir, beyond);
	if ('refusal' in swaps) return swaps;
	const files = swaps.map(swap => swap.file);
	const returning = swaps.filter(swap => swap.old === null).map(({disk}) => disk.target);
	const refusal =
		openOverlayRefusal(swaps.map(swap => swap.disk)) ??
		newFileRefusal(facts, files) ??
		files
			.map(file => spaceRefusal(facts, dirname(file), files.length * 256 * 1024, 'the new overlays'))
			.find(found => found);
	if (refusal) return {refusal};
	const memoryXml = snapshot.memoryFile === null ? undefined : facts.saveImages[snapshot.memoryFile]?.xml;
	const staying = memoryXml === undefined ? [] : stayingPlaces(facts, snapshot);
	const places = [...staying, ...swaps.map(({disk, file}) => ({target: disk.target, file, format: 'qcow2'}))];
	const memory = memoryXml === undefined ? [] : [memoryStep(facts, snapshot, intent, {xml: memoryXml, places})];
	const after = intent.afterwards ?? (memory.length > 0 ? stateAfter(snapshot) : 'shut off');
	return {
		method: externalMethod(snapshot),
		why: `libvirt ${host.libvirt} ${beyond}, so each disk gets a new overlay on the snapshot's base${memory.length > 0 ? ', and the memory is loaded with these' : ''}.`,
		pause: 'none: it is shut off',
		steps: [
			...swaps.flatMap(swap => overlaySteps(facts, {...swap, target: swap.disk.target, like: swap.old ?? swap.base})),
			defineStep(
				facts,
				'Define the domain with the new overlays',
				swaps.map(({disk, file}) => ({target: disk.target, file, format: 'qcow2'})),
				returning.length > 0 ? {recorded: facts.snapshotXml[snapshot.tag]!} : {},
			),
			currentStep(facts, snapshot),
			...(memory.length > 0 ? memory : powerStep(facts, intent.afterwards)),
		],
		losses: [],
		warnings: [
			...swapWarnings(facts, swaps, returning),
			...(snapshot.memoryFile && memory.length === 0
				? ['Its memory is not loaded this way, so the guest starts as after a power cut.']
				: []),
			...notInSnapshot(facts, snapshot),
		],
		onFailure: 'undo',
		wayBack: 'The domain is defined with the old overlays again.',
		expect: [
			{kind: 'state', state: after},
			{kind: 'current', tag: snapshot.tag},
			...places.map(({target, file}): Expectation => ({kind: 'source', target, file})),
		],
	};
}

function swapWarnings(facts: Facts, swaps: readonly Swap[], returning: readonly string[]): string[] {
	const them = plural(returning.length, 'it', 'them');
	const back = `Not in the definition now: ${enumerate(returning)}. The definition gets ${them} back as the snapshot recorded ${them}.`;
	const unused = swaps.flatMap(({old, overlay}) => old ?? overlay ?? []).filter(file => isThere(facts, file));
	return [...(returning.length > 0 ? [back] : []), ...unused.map(file => leftOverlay(facts, file))];
}

/** Memory is loaded by the definition that was saved with it; without it the domain starts as it is defined now. */
function startRefusal(facts: Facts, {memoryFile, disks}: Snapshot, {afterwards}: RevertIntent): Refusal | null {
	const swapped = new Set(disks.map(({target}) => target));
	if (memoryFile !== null && facts.saveImages[memoryFile]) return savedDefinitionRefusal(facts, memoryFile, swapped);
	return afterwards === undefined ? null : definedRefusal(facts, swapped);
}

/** Disks that it does not hold, as they are now: on their file of then they would write below the overlays of later snapshots. */
const stayingPlaces = (facts: Facts, snapshot: Snapshot): PlacedDisk[] =>
	placesIn(
		facts,
		leftOutNow(facts.domain, snapshot).map(target => ({target})),
	);

/** The definition that was saved with it, and where its disks are by then. */
type Loaded = {readonly xml: string; readonly places: readonly PlacedDisk[]};

/** Disks and memory go back together: the memory file is loaded with the new overlays in its XML (verified on 9.0 with a counting guest). */
function memoryStep(facts: Facts, snapshot: Snapshot, intent: RevertIntent, {xml, places}: Loaded): Step {
	const state = intent.afterwards ?? (snapshot.state === 'paused' ? 'paused' : 'running');
	return step(
		{kind: 'restore', on: addressOf(facts), file: snapshot.memoryFile!, afterwards: state, changed: true},
		{
			title: t`Load the memory of ${snapshot.tag}`,
			input: withSources(xml, new Map(places.map(({target, ...place}) => [target, place]))),
			changes: [...memoryChange(snapshot), {sign: '~', what: `the domain is ${state}`}],
		},
	);
}

/** Disks that were added since. */
function notInSnapshot({domain}: Facts, {disks, leftOut}: Snapshot): string[] {
	const known = new Set([...disks, ...leftOut].map(({target}) => target));
	const others = writableDisks(domain).filter(({target}) => !known.has(target));
	return others.length > 0
		? [`Not in the snapshot, so left as they are: ${enumerate(others.map(disk => disk.target))}.`]
		: [];
}
