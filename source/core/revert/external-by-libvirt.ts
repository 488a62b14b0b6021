/** Going back to an external snapshot where libvirt can, and what it would delete on the way. */

import {externalMethod} from '../create/methods.ts';
import {activeFile} from '../model/disk.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {RevertIntent} from '../model/intent.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Remedy} from '../model/remedy.ts';
import type {Snapshot, SnapshotDisk} from '../model/snapshot.ts';
import type {Change} from '../model/step.ts';
import {hiddenOverlayRefusal} from '../planning/refusals/rights.ts';
import {dependantsRefusal} from '../snapshots/dependants.ts';
import {isThere} from '../snapshots/family.ts';
import {keptRefusal} from '../snapshots/kept.ts';
import {byDelete, byVirsh} from '../steps/hints.ts';
import {option, remedy} from '../words/remedy.ts';
import {enumerate, printable, t} from '../words/text.ts';
import {leftOverlay} from './left-overlay.ts';
import {
	hardwareWarnings,
	lossesOf,
	type RevertDraft,
	revertPause,
	revertStep,
	stateAfter,
	stays,
	stopWarning,
} from './revert-step.ts';

/** libvirt >= 9.9 puts new overlays on the snapshot's bases and deletes files of the snapshot that was the current one. */
export function nativeExternalRevert(
	facts: Facts,
	snapshot: Snapshot,
	intent: RevertIntent,
): RevertDraft | {refusal: Refusal} {
	const after = intent.afterwards ?? stateAfter(snapshot);
	// A snapshot taken just before is the current one then: what libvirt deletes is the empty overlay of that.
	const doomed = intent.safety ? [] : doomedFiles(facts);
	const left = leftFiles(facts, snapshot).filter(file => !doomed.includes(file) && !intent.safety);
	const refusal =
		hiddenOverlayRefusal(facts, 'Run virsnap with sudo.') ??
		neededRefusal(facts, doomed) ??
		dependantsRefusal(facts, [...doomed, ...leftFiles(facts, snapshot)]) ??
		innerSnapshotsRefusal(facts, doomed) ??
		keptRefusal(facts, doomed, doomed);
	if (refusal) return {refusal};
	return {
		method: externalMethod(snapshot),
		why: `libvirt ${facts.host.libvirt} reverts external snapshots itself.`,
		pause: revertPause(facts),
		steps: [
			revertStep(facts, snapshot, intent, [
				...snapshot.disks.map(
					(part): Change => ({
						sign: '~',
						what: t`${part.target} runs on a new overlay of ${part.source ?? 'its base'}`,
					}),
				),
				...doomed.map((file): Change => ({sign: '-', what: printable(file)})),
			]),
		],
		losses: [...lossesOf(facts, snapshot), ...doomed.map(file => t`${file}: libvirt deletes it.`)],
		warnings: [
			...left.map(file => leftOverlay(facts, file)),
			...hardwareWarnings(facts, snapshot),
			...stopWarning(facts, after),
		],
		onFailure: 'stop',
		expect: [{kind: 'state', state: after}, {kind: 'current', tag: snapshot.tag}, stays(snapshot)],
	};
}

/**
 * Files that libvirt deletes in a revert: those that a revert to the current snapshot made, or else the overlays that it made
 * itself, whether the domain runs on them or not (verified on 11.3).
 */
function doomedFiles(facts: Facts): string[] {
	const current = facts.domain.snapshots.find(candidate => candidate.current);
	if (!current) return [];
	const made = current.disks.flatMap(part => (part.kind === 'external' ? (part.file ?? []) : []));
	const files = current.revertFiles.length > 0 ? current.revertFiles : made;
	return files.filter(file => isThere(facts, file));
}

/** Overlays that the domain runs on now and leaves. */
function leftFiles({domain}: Facts, snapshot: Snapshot): string[] {
	return snapshot.disks.flatMap(part =>
		domain.disks.filter(disk => disk.target === part.target && disk.chain.length > 1).map(activeFile),
	);
}

/** libvirt 11.3 deletes the current snapshot's overlay even where others depend on it: all of them are lost then (verified). */
function neededRefusal({domain, host}: Facts, doomed: readonly string[]): Refusal | null {
	for (const file of doomed) {
		const heir = domain.snapshots.find(candidate => basesOf(domain, candidate).has(file));
		if (!heir) continue;
		const active = domain.disks.map(activeFile);
		const isOn = (part: SnapshotDisk) => part.kind === 'external' && active.includes(part.file ?? '');
		const right = domain.snapshots.find(({disks}) => disks.length > 0 && disks.every(isOn));
		return refuse(
			'has-dependants',
			t`libvirt would delete ${file}, the overlay of the current snapshot, and ${heir.tag} depends on it.`,
			right
				? remedy`First tell libvirt which snapshot the domain runs on ${byVirsh(host, 'snapshot-current', domain, right.tag)}.`
				: withOwnFolder({domain, host}),
		);
	}
	return null;
}

/** It runs on the overlay of no snapshot, so none is the right one: the revert is not left to libvirt then, which deletes nothing. */
function withOwnFolder({domain, host}: Pick<Facts, 'domain' | 'host'>): Remedy {
	const there = host.elsewhere === null ? '' : ' on that machine';
	const revert = remedy`revert${there} with a folder for the new overlays: ${option('--dir')}.`;
	return isActive(domain)
		? remedy`Shut it down ${byVirsh(host, 'shutdown', domain)}, then ${revert}`
		: remedy`So ${revert}`;
}

/** Every file that a snapshot goes back to, down to the bottom, as far as chains and records tell. */
function basesOf({disks, snapshots}: Facts['domain'], snapshot: Snapshot): Set<string> {
	const below = new Map<string, string>();
	for (const part of snapshots.flatMap(one => one.disks)) {
		if (part.kind === 'external' && part.file !== null && part.source) below.set(part.file, part.source);
	}
	for (const {chain} of disks) {
		for (const [depth, image] of chain.entries()) {
			const base = chain[depth + 1];
			if (base) below.set(image.file, base.file);
		}
	}
	const found = new Set<string>();
	for (const part of snapshot.disks) {
		for (let file = part.source; file !== null && !found.has(file); file = below.get(file) ?? null) found.add(file);
	}
	return found;
}

/** Snapshots inside an overlay go with the overlay, also where it is in no chain now. */
function innerSnapshotsRefusal({domain, kept}: Facts, files: readonly string[]): Refusal | null {
	const images = domain.disks.flatMap(({chain}) => chain);
	const image = images.find(one => files.includes(one.file) && one.snapshots.length > 0);
	const left = kept.find(one => files.includes(one.file) && one.snapshots.length > 0);
	if (!image && !left) return null;
	const {file} = image ?? left!;
	const found = image ? image.snapshots.map(({tag}) => tag) : left!.snapshots;
	const tags = enumerate(found.map(printable));
	return refuse(
		'has-children',
		t`libvirt would delete ${file} and the snapshots inside it: ${tags}.`,
		image
			? remedy`Delete ${tags} first ${byDelete(domain, ...found)}.`
			: 'To keep them, give that file another name first.',
	);
}
