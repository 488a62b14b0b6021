/** The layers that an external snapshot made: where they stand, and the steps that merge them. */

import {recordedBelow} from '../domain-xml/sources.ts';
import {activeFile, type Disk} from '../model/disk.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import {sameFile} from '../model/files.ts';
import type {Remedy} from '../model/remedy.ts';
import type {Snapshot, SnapshotDisk} from '../model/snapshot.ts';
import type {Step} from '../model/step.ts';
import {placeOf} from '../planning/sources.ts';
import {isThere, takenOn} from '../snapshots/family.ts';
import {keptRightOn} from '../snapshots/kept.ts';
import {byVirsh} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {defineStep, placesIn} from '../steps/shared-steps.ts';
import {step} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {enumerate, printable, t} from '../words/text.ts';

/** One disk of an external snapshot: its overlay, the base under it, and how deep the overlay stands in the present chain (-1: not in it). */
export type DiskOverlay = {
	readonly part: SnapshotDisk;
	readonly disk: Disk | undefined;
	/** What the guest calls the disk now. */
	readonly target: string;
	readonly overlay: string;
	readonly base: string;
	readonly depth: number;
};

/**
 * Null where libvirt has not recorded what the overlays depend on. The disk is the one that has the overlay, whatever its target is by
 * now: `virsh edit` renames disks (vda to sda with another bus), and an overlay that is in use under another name is no unused one.
 */
export function overlaysOf({domain}: Facts, snapshot: Snapshot): DiskOverlay[] | null {
	const layers = snapshot.disks.map(part => {
		const depthIn = (disk: Disk) => disk.chain.findIndex(image => image.file === part.file);
		const named = domain.disks.find(candidate => candidate.target === part.target);
		const disk = domain.disks.find(candidate => depthIn(candidate) >= 0) ?? named;
		const depth = disk ? depthIn(disk) : -1;
		return {
			part,
			disk,
			target: disk?.target ?? part.target,
			overlay: part.file ?? '',
			base: part.source ?? '',
			depth,
		};
	});
	return layers.every(({overlay, base}) => overlay !== '' && base !== '') ? layers : null;
}

/** The domain runs on the base itself: QEMU went over to it, and the overlay is left. */
export function isPivoted({disk, base, depth}: DiskOverlay): boolean {
	return depth < 0 && disk !== undefined && activeFile(disk) === base;
}

/** The disk has left the domain, or its overlay holds everything itself (`virsh blockpull`): there is nothing to merge. */
export function isApart({disk, base, depth}: DiskOverlay): boolean {
	if (disk === undefined) return true;
	return depth >= 0 && disk.unreadable === null && !disk.chain.slice(depth + 1).some(image => image.file === base);
}

/** Whoever removes an overlay leaves the file that its data is in. */
export function dataWarnings(layers: readonly DiskOverlay[]): string[] {
	return layers.flatMap(({disk, overlay, depth}) => {
		const dataFile = disk?.chain[depth]?.dataFile;
		return dataFile === undefined ? [] : [t`${dataFile}, with the data of ${overlay}, stays on disk.`];
	});
}

/** Why it is, to stand within a sentence. */
export function apartReason({part, disk, overlay}: DiskOverlay): string {
	return disk === undefined
		? t`${part.target} is no longer part of the domain`
		: t`${overlay} does not depend on the snapshot's base any more`;
}

/** Overlays that depend on this one, of other snapshots or kept by a revert, beside the layer that the domain runs on. */
export function otherOverlaysOn(facts: Facts, {overlay, disk, depth}: DiskOverlay): string[] {
	const above = depth > 0 ? disk?.chain[depth - 1]?.file : null;
	const files = takenOn(facts.domain, overlay).flatMap(child =>
		child.disks.flatMap(part => (part.source === overlay ? (part.file ?? []) : [])),
	);
	// One in the chain shows what it depends on: nothing, where it was pulled up by hand (`virsh blockpull`).
	const elsewhere = facts.domain.disks.flatMap(({chain}) =>
		chain.filter((_, at) => chain[at + 1]?.file !== overlay).map(image => image.file),
	);
	const kept = keptRightOn(facts, overlay);
	return [...new Set([...files, ...kept])].filter(file => file !== above && !elsewhere.includes(file));
}

/** QEMU has the present chain open while the domain is active; everything else is qemu-img's. */
export function mergeStep(facts: Facts, {target, overlay, base, depth}: DiskOverlay): Step {
	const byQemu = isActive(facts.domain) && depth >= 0;
	const title = `Merge ${depth === 0 ? 'the active layer' : 'the overlay'} of ${target} into its base`;
	if (!byQemu) return step({kind: 'merge', overlay, format: 'qcow2', base, through: false}, {title});
	const range = depth === 0 ? 'one' : 'below';
	return step({kind: 'live-merge', on: addressOf(facts), target, top: overlay, base, range}, {title});
}

/** QEMU pivots by itself while the domain is active; one that is shut off is told what it runs on. */
export function defineBases(facts: Facts, layers: readonly DiskOverlay[]): Step[] {
	return layers.length === 0 || isActive(facts.domain) ? [] : [basesStep(facts, layers)];
}

/** The definition with the base of each layer in place of whatever it names. */
export function basesStep(facts: Facts, layers: readonly DiskOverlay[]): Step {
	const disks = layers.map(({target, base}) => placeOf(facts, target, base));
	return defineStep(facts, 'Define the domain with the bases', disks);
}

/**
 * The definition after layers have gone: with the base of each that the domain ran on. Where one went below others the definition may
 * have recorded it (libvirt does when it takes a snapshot of a running domain), and the next start would look for it: what is recorded
 * below those disks goes, and libvirt looks at the images again.
 */
export function definedWithout(facts: Facts, gone: readonly DiskOverlay[]): Step[] {
	const top = isActive(facts.domain) ? [] : gone.filter(({depth}) => depth === 0);
	const recorded = recordedBelow(facts.inactiveXml);
	const stale = gone.filter(layer => {
		const below = recorded.get(layer.target) ?? [];
		return !top.includes(layer) && below.some(file => sameFile(facts, file, layer.overlay));
	});
	if (top.length + stale.length === 0) return [];
	const defined = placesIn(facts, stale);
	const title = top.length > 0 ? 'Define the domain with the bases' : 'Define the domain without the merged layers';
	return [defineStep(facts, title, [...top.map(({target, base}) => placeOf(facts, target, base)), ...defined])];
}

/** What goes with an overlay that nothing runs on; empty where its file is gone already. */
export function unusedLoss(facts: Facts, overlay: string): string {
	if (!isThere(facts, overlay)) return '';
	const inside = facts.kept.find(({file}) => file === overlay)?.snapshots ?? [];
	const tags = inside.length === 0 ? '' : ` The snapshots inside it: ${enumerate(inside.map(printable))}.`;
	return t`${overlay} and all data in it.${tags}`;
}

/** The snapshot's memory file, where it has one. */
export function memoryFiles(snapshot: Snapshot): string[] {
	return snapshot.memoryFile === null ? [] : [snapshot.memoryFile];
}

/** After a memory snapshot of a paused domain QEMU holds its images read-only until it runs again (verified on QEMU 7.2). */
export function pausedWarning({domain, host}: Facts): Remedy[] {
	return domain.state === 'paused'
		? [
				remedy`The domain is paused: if QEMU reports "Block node is read-only", resume it first ${byVirsh(host, 'resume', domain)}.`,
			]
		: [];
}
