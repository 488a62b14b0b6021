/** Going back to a snapshot inside the images: by libvirt, by qemu-img, or by QEMU's monitor. */

import type {Facts} from '../model/facts.ts';
import type {RevertIntent} from '../model/intent.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {loadPause} from '../planning/pause.ts';
import {remoteRefusal} from '../planning/refusals/remote.ts';
import {otherTagRefusal, rawTagIn, rawTagRefusal} from '../snapshots/tag.ts';
import {byVirsh} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {t} from '../words/text.ts';
import {
	diskChange,
	diskChanges,
	hardwareWarnings,
	lossesOf,
	memoryChange,
	powerStep,
	type RevertDraft,
	revertPause,
	revertStep,
	stateAfter,
	stays,
	stopWarning,
} from './revert-step.ts';

/** libvirt's own revert: disks, memory and definition. */
export function managedRevert(facts: Facts, snapshot: Snapshot, intent: RevertIntent): RevertDraft {
	const after = intent.afterwards ?? stateAfter(snapshot);
	return {
		method: 'libvirt-internal',
		why: 'libvirt and every disk agree on this snapshot.',
		pause: revertPause(facts),
		steps: [revertStep(facts, snapshot, intent, diskChanges(snapshot))],
		losses: lossesOf(facts, snapshot),
		warnings: [...hardwareWarnings(facts, snapshot), ...stopWarning(facts, after)],
		onFailure: 'stop',
		expect: [{kind: 'state', state: after}, {kind: 'current', tag: snapshot.tag}, stays(snapshot)],
	};
}

/** qemu-img on each image: memory that the snapshot holds stays where it is. */
export function qemuImgRevert(
	facts: Facts,
	snapshot: Snapshot,
	intent: RevertIntent,
): RevertDraft | {refusal: Refusal} {
	const refusal = remoteRefusal(facts);
	if (refusal) return {refusal};
	const memory = (snapshot.vmSizeBytes ?? 0) > 0;
	return {
		method: 'qemu-img',
		why: 'Shut off, and libvirt does not describe what the images hold: qemu-img works on them directly.',
		pause: 'none: it is shut off',
		steps: [
			...snapshot.disks.map(part =>
				step(
					{
						kind: 'image-snapshot',
						action: 'apply',
						tag: snapshot.tag,
						...rawTagIn(facts.domain, part),
						file: part.file!,
					},
					{title: t`Revert ${part.target} to ${snapshot.tag}`, changes: [diskChange(part)]},
				),
			),
			...powerStep(facts, intent.afterwards),
		],
		losses: lossesOf(facts, snapshot),
		warnings: memory
			? [
					`Its memory is not loaded this way, so the guest starts as after a power cut. For the memory: start the domain, then revert.`,
				]
			: [],
		onFailure: 'stop',
		expect: [{kind: 'state', state: intent.afterwards ?? 'shut off'}, stays(snapshot)],
	};
}

/** `loadvm`: the domain goes on in the state it is in (verified on QEMU 7.2). */
export function monitorRevert(
	facts: Facts,
	snapshot: Snapshot,
	intent: RevertIntent,
): RevertDraft | {refusal: Refusal} {
	const {domain, host} = facts;
	const refusal = rawTagRefusal(facts, snapshot) ?? otherTagRefusal(facts, snapshot);
	if (refusal) return {refusal};
	if ((snapshot.vmSizeBytes ?? 0) === 0) {
		return {
			refusal: refuse(
				'wrong-state',
				'It was taken shut off and holds no memory, so QEMU cannot load it into an active domain.',
				remedy`Shut the domain down first ${byVirsh(host, 'shutdown', domain)}.`,
			),
		};
	}
	const state = domain.state === 'idle' ? 'running' : domain.state;
	return {
		method: 'monitor',
		why: "The domain is active, and libvirt does not describe what the images hold: QEMU's monitor loads it directly.",
		pause: loadPause(snapshot.vmSizeBytes ?? 0),
		steps: [
			step(
				{kind: 'monitor-snapshot', on: addressOf(facts), action: 'loadvm', tag: snapshot.tag},
				{title: t`Revert to ${snapshot.tag}`, changes: [...diskChanges(snapshot), ...memoryChange(snapshot)]},
			),
			...powerStep(facts, intent.afterwards),
		],
		losses: lossesOf(facts, snapshot),
		warnings: ['If QEMU cannot load it, it leaves the domain paused.'],
		onFailure: 'stop',
		expect: [{kind: 'state', state: intent.afterwards ?? state}, stays(snapshot)],
	};
}
