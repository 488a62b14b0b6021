/** Going back to an external snapshot where libvirt cannot: new overlays on what it stands on, and its memory with these. */

import {dirname} from 'node:path/posix';
import {externalMethod} from '../create/methods.ts';
import {snapshotSources, withSources} from '../domain-xml/sources.ts';
import {activeFile, coveredDisks, type Disk, type Facts, formatOf, isActive, isRemote} from '../model/domain.ts';
import type {RevertIntent} from '../model/intent.ts';
import type {Expectation} from '../model/plan.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Snapshot, SnapshotDisk} from '../model/snapshot.ts';
import type {Step} from '../model/step.ts';
import {overlayFiles} from '../planning/file-names.ts';
import {openOverlayRefusal} from '../refusals/encrypted.ts';
import {newFileRefusal, spaceRefusal} from '../refusals/new-files.ts';
import {isThere} from '../snapshots/family.ts';
import {overlaySteps} from '../steps/files/new-overlay.ts';
import {byVirsh} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {defineStep} from '../steps/shared-steps.ts';
import {step} from '../steps/step.ts';
import {option, remedy} from '../words/remedy.ts';
import {enumerate, plural, t} from '../words/text.ts';
import {leftOverlay} from './left-overlay.ts';
import {definedRefusal, savedRefusal} from './recorded.ts';
import {currentStep, memoryChange, powerStep, type RevertDraft, stateAfter} from './revert-step.ts';

/**
 * Where libvirt cannot: new overlays on the snapshot's bases. The old ones stay, which is the way back.
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
	const memory = memoryXml === undefined ? [] : [memoryStep(facts, snapshot, intent, swaps, memoryXml)];
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
			...(returning.length > 0
				? [
						`Not in the definition now: ${enumerate(returning)}. The definition gets ${plural(returning.length, 'it', 'them')} back as the snapshot recorded ${plural(returning.length, 'it', 'them')}.`,
					]
				: []),
			...swaps
				.flatMap(({old, overlay}) => old ?? overlay ?? [])
				.filter(file => isThere(facts, file))
				.map(file => leftOverlay(facts, file)),
			...(snapshot.memoryFile && memory.length === 0
				? ['Its memory is not loaded this way, so the guest starts as after a power cut.']
				: []),
			...notInSnapshot(facts, snapshot),
		],
		onFailure: 'undo',
		wayBack: 'Undo it: the domain is defined with the old overlays again.',
		expect: [
			{kind: 'state', state: after},
			{kind: 'current', tag: snapshot.tag},
			...swaps.map((swap): Expectation => ({kind: 'source', target: swap.disk.target, file: swap.file})),
		],
	};
}

/** Memory is loaded by the definition that was saved with it; without it the domain starts as it is defined now. */
function startRefusal(facts: Facts, {memoryFile, disks}: Snapshot, {afterwards}: RevertIntent): Refusal | null {
	const swapped = new Set(disks.map(({target}) => target));
	if (memoryFile !== null && facts.saveImages[memoryFile]) return savedRefusal(facts, memoryFile, swapped);
	return afterwards === undefined ? null : definedRefusal(facts, swapped);
}

/** Disks and memory go back together: the memory file is loaded with the new overlays in its XML (verified on 9.0 with a counting guest). */
function memoryStep(facts: Facts, snapshot: Snapshot, intent: RevertIntent, swaps: readonly Swap[], xml: string): Step {
	const sources = new Map(swaps.map(swap => [swap.disk.target, {file: swap.file, format: 'qcow2'}]));
	const state = intent.afterwards ?? (snapshot.state === 'paused' ? 'paused' : 'running');
	return step(
		{kind: 'restore', on: addressOf(facts), file: snapshot.memoryFile!, afterwards: state, changed: true},
		{
			title: t`Load the memory of ${snapshot.tag}`,
			input: withSources(xml, sources),
			changes: [...memoryChange(snapshot), {sign: '~', what: `the domain is ${state}`}],
		},
	);
}

/** One disk that leaves its active layer for a new overlay. */
type Swap = {
	readonly disk: Disk;
	/** Null where the domain has no such disk now: it was attached live only, or is detached. */
	readonly old: string | null;
	/** The overlay that the snapshot made. */
	readonly overlay: string | null;
	readonly base: string;
	readonly format: string;
	readonly file: string;
};

function swapsFor(
	facts: Facts,
	snapshot: Snapshot,
	dir: string | undefined,
	beyond: string,
): Swap[] | {refusal: Refusal} {
	const {domain, host} = facts;
	const homeless = snapshot.disks.find(part => (dir ?? folderFor(facts, part)) === null);
	if (homeless || (dir !== undefined && !dir.startsWith('/'))) {
		return {
			refusal: refuse(
				'unsupported-disk',
				homeless
					? `${homeless.target} has no file that its new overlay could stand beside.`
					: t`${dir!} is not an absolute path.`,
				remedy`Give the full path of a folder for overlays: ${option('--dir')}.`,
			),
		};
	}
	if (isActive(domain)) {
		return {
			refusal: refuse(
				'wrong-state',
				`libvirt ${host.libvirt} ${beyond}, and virsnap can revert it only while the domain is shut off.`,
				remedy`Shut it down first ${byVirsh(host, 'shutdown', domain)}.`,
			),
		};
	}
	if (isRemote(host.uri))
		return {
			refusal: refuse(
				'no-external-revert',
				`libvirt ${host.libvirt} there ${beyond}.`,
				'Run this program on that machine.',
			),
		};
	const recorded = snapshotSources(facts.snapshotXml[snapshot.tag] ?? '');
	const disks = snapshot.disks.map(
		part => domain.disks.find(disk => disk.target === part.target) ?? recordedDisk(recorded, part),
	);
	const time = facts.now.slice(0, 19).replaceAll(':', '').replace('T', '-');
	const overlays = overlayFiles(
		disks.flatMap((disk, index) => (disk ? [{...disk, source: snapshot.disks[index]!.source ?? disk.source}] : [])),
		`${snapshot.tag}-${time}`,
		({target}) => dir ?? folderFor(facts, snapshot.disks.find(part => part.target === target)!)!,
	);
	const swaps: Swap[] = [];
	for (const part of snapshot.disks) {
		const disk = disks.find(candidate => candidate?.target === part.target);
		const then = recorded.find(candidate => candidate.target === part.target);
		const base = part.source ?? then?.source ?? null;
		const file = overlays.find(overlay => overlay.disk.target === part.target)?.file;
		if (!disk || !file || base === null) {
			return {
				refusal: refuse(
					'no-external-revert',
					`libvirt's record of ${snapshot.tag} does not name the base of ${part.target}.`,
					t`Find the base of its overlay: qemu-img info --backing-chain ${part.file ?? 'FILE'}`,
				),
			};
		}
		const present = domain.disks.find(one => one.target === part.target);
		swaps.push({
			disk,
			old: present ? activeFile(present) : null,
			overlay: part.file,
			base,
			format: formatOf(facts, base) ?? then?.format ?? 'qcow2',
			file,
		});
	}
	return swaps;
}

/** Beside the overlay that is replaced, else the snapshot's own; never where devices are. Null where there is neither. */
function folderFor({domain, blockDevices}: Facts, {target, file}: SnapshotDisk): string | null {
	const present = domain.disks.find(disk => disk.target === target);
	const overlays = [present ? activeFile(present) : null, file].filter(one => one !== null);
	const beside = overlays.find(one => !blockDevices.includes(one));
	return beside === undefined ? null : dirname(beside);
}

/** A disk that the domain has no more, as the snapshot's record has it. */
function recordedDisk(recorded: ReturnType<typeof snapshotSources>, part: SnapshotDisk): Disk | undefined {
	const then = recorded.find(({target}) => target === part.target);
	if (!then) return undefined;
	return {
		...then,
		source: part.source ?? then.source,
		device: 'disk',
		bus: null,
		type: 'file',
		readonly: false,
		shareable: false,
		transient: false,
		snapshotPolicy: null,
		encrypted: false,
		blockJob: null,
		mirror: null,
		chain: [],
		unreadable: null,
	};
}

function notInSnapshot(facts: Facts, snapshot: Snapshot): string[] {
	const parts = new Set(snapshot.disks.map(part => part.target));
	const others = coveredDisks(facts).filter(disk => !parts.has(disk.target));
	return others.length > 0
		? [`Not in the snapshot, so left as they are: ${enumerate(others.map(disk => disk.target))}.`]
		: [];
}
