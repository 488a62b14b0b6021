/** Plans that go back to a snapshot. */

import {methodById} from '../create/methods.ts';
import {createPlan} from '../create/plan-create.ts';
import {spoiledMemory} from '../memory/saved-memory.ts';
import {isActive, writableDisks} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {MethodId, RevertIntent} from '../model/intent.ts';
import type {Consistency, Outcome, Plan} from '../model/plan.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {firmwareAfter} from '../planning/firmware-state.ts';
import {planOf} from '../planning/plan-of.ts';
import {bitmapsRefusal} from '../planning/refusals/bitmaps.ts';
import {busyRefusal} from '../planning/refusals/busy.ts';
import {keylessRefusal} from '../planning/refusals/encrypted.ts';
import {unreadableRefusal} from '../planning/refusals/unreadable.ts';
import {pulledWarnings} from '../snapshots/contents/content.ts';
import {dependantsRefusal, filesWritten, inUseRefusal, sharedImageRefusal} from '../snapshots/dependants.ts';
import {keptWarnings, recordedBaseRefusal, unlistedWarnings} from '../snapshots/kept.ts';
import {ambiguity, meantSnapshot, safetyTag} from '../snapshots/tag.ts';
import {t} from '../words/text.ts';
import {beyondLibvirt} from './beyond-libvirt.ts';
import {nativeExternalRevert} from './external-by-libvirt.ts';
import {newOverlayRevert} from './external-by-new-overlays.ts';
import {managedRevert, monitorRevert, qemuImgRevert} from './internal.ts';
import {elsewhereRefusal, elsewhereRevert, lossesElsewhere, placesElsewhere} from './internal-elsewhere.ts';
import {memoryRevert} from './memory-only.ts';
import {recordedRefusal, recordedWarnings, savedDefinitionRefusal} from './recorded.ts';
import {
	healthRefusal,
	isRewritten,
	recordedFiles,
	retargetedRefusal,
	revertStateRefusal,
	rewrittenWarnings,
	sharedBaseRefusal,
	spoiledRefusal,
	strandedRefusal,
	tablesOf,
} from './refusals.ts';
import {sizeWarnings} from './resized.ts';
import {withRetentionsKept} from './retention-kept.ts';
import {exchangedWarnings, leftOutNow, notHeldWarnings, type RevertDraft, stateAfter} from './revert-step.ts';

/** The plan that brings disks, and memory where the snapshot holds it, back to a snapshot. */
export function revertPlan(facts: Facts, intent: RevertIntent): Outcome {
	const snapshot = meantSnapshot(facts.domain, intent);
	if ('refusal' in snapshot) return snapshot;
	const refusal =
		revertStateRefusal(facts) ??
		busyRefusal(facts) ??
		healthRefusal(facts, snapshot) ??
		retargetedRefusal(facts, snapshot) ??
		spoiledRefusal(facts, snapshot) ??
		bitmapsRefusal(facts, snapshot) ??
		unreadableRefusal(facts, snapshot);
	if (refusal) return {refusal};
	const draft = draftFor(facts, snapshot, intent);
	if ('refusal' in draft) return draft;
	const written = writtenBeside(facts, snapshot, draft);
	const unfit = sharedImageRefusal(facts, written) ?? recordedBaseRefusal(facts, written);
	if (unfit) return {refusal: unfit};
	if (!intent.safety || draft.wayBack !== undefined) return {plan: planFrom(facts, snapshot, draft)};
	return withSafety(facts, snapshot, draft, intent.dir);
}

function planFrom(facts: Facts, snapshot: Snapshot, drafted: RevertDraft): Plan {
	const draft = withRetentionsKept(facts, snapshot, drafted);
	const spoiled = snapshot.kind === 'memory' ? [] : spoiledMemory(facts);
	// Overlays that stay as they are fit it again when the plan is undone.
	const losses = draft.wayBack === undefined ? [...draft.losses, ...spoiled] : draft.losses;
	const leftOut = leftOutNow(facts.domain, snapshot);
	return planOf(facts, {
		verb: 'revert',
		tag: snapshot.tag,
		...(leftOut.length === 0 ? {} : {leftOut}),
		consistency: consistencyOf(snapshot),
		confirm:
			isActive(facts.domain) ||
			losses.length > 0 ||
			isRewritten(facts, snapshot) ||
			pulledWarnings(facts, snapshot).length > 0 ||
			mixesMemory(facts, snapshot)
				? snapshot.tag
				: null,
		...draft,
		losses,
		warnings: [
			...(draft.wayBack === undefined ? [] : spoiled),
			...notHeldWarnings(facts, snapshot),
			...exchangedWarnings(facts, snapshot),
			...rewrittenWarnings(facts, snapshot),
			...pulledWarnings(facts, snapshot),
			...draft.warnings,
			...keptWarnings(facts, writtenBeside(facts, snapshot, draft)),
			...sizeWarnings(facts, snapshot),
			...firmwareAfter(facts.domain, consistencyOf(snapshot) === 'full checkpoint', draft.steps),
			...replacedWarning(snapshot),
			...(snapshot.kind === 'internal' ? unlistedWarnings(facts) : []),
		],
	});
}

/** Files of the disks that it does not hold, where it starts the domain: they are written to as they are. */
function writtenBeside({domain}: Facts, {disks}: Snapshot, {expect}: RevertDraft): string[] {
	const starts = expect.some(one => one.kind === 'state' && one.state !== 'shut off');
	if (isActive(domain) || !starts) return [];
	return filesWritten({disks: domain.disks.filter(({target}) => !disks.some(part => part.target === target))});
}

/** Its memory knows other contents of a disk that it does not hold. */
function mixesMemory({domain}: Facts, snapshot: Snapshot): boolean {
	return consistencyOf(snapshot) === 'full checkpoint' && leftOutNow(domain, snapshot).length > 0;
}

/** The same plan with a snapshot of the present state as its first step, of a kind that the revert leaves alone. */
function withSafety(facts: Facts, snapshot: Snapshot, draft: RevertDraft, dir: string | undefined): Outcome {
	const tag = safetyTag(facts, snapshot.tag);
	const methods: MethodId[] =
		snapshot.kind === 'external'
			? ['external-offline', 'external-full', 'external-live']
			: ['libvirt-internal', 'qemu-img', 'monitor'];
	const intent = {verb: 'create', tag, ...disksOf(facts, snapshot), ...(dir === undefined ? {} : {dir})} as const;
	const usable = methods.find(method => methodById(method).refuse(facts, intent) === null) ?? methods[0]!;
	const outcome = createPlan(facts, {...intent, method: usable});
	if ('refusal' in outcome) return outcome;
	const plan = planFrom(facts, snapshot, {
		...draft,
		steps: [...outcome.plan.steps, ...draft.steps],
		losses: lossesElsewhere(facts, snapshot),
		onFailure: 'stop',
		expect: [...safetyExpected(facts, snapshot, outcome.plan.expect), ...draft.expect],
	});
	return {plan: {...plan, wayBack: t`Revert to ${tag}, which holds the present state.`}};
}

/** libvirt puts a disk that is left out back on the file that it ran on, which an overlay of the safety snapshot would depend on. */
function disksOf({domain}: Facts, snapshot: Snapshot): {disks?: readonly string[]} {
	if (snapshot.kind !== 'external' || leftOutNow(domain, snapshot).length === 0) return {};
	const held = snapshot.disks.map(({target}) => target);
	return {disks: writableDisks(domain).flatMap(({target}) => (held.includes(target) ? [target] : []))};
}

/** Nobody reads the table of an image that the domain leaves for another one. */
function safetyExpected(facts: Facts, snapshot: Snapshot, expected: Plan['expect']): Plan['expect'] {
	const leaves = placesElsewhere(facts, snapshot).length > 0;
	return expected
		.filter(one => one.kind === 'snapshot')
		.map(one => (leaves ? {...one, health: [...one.health, 'unchecked' as const]} : one));
}

function draftFor(facts: Facts, snapshot: Snapshot, intent: RevertIntent): RevertDraft | {refusal: Refusal} {
	if (snapshot.kind === 'memory') return memoryRevert(facts, snapshot, intent);
	if (snapshot.kind === 'external') return externalRevert(facts, snapshot, intent);
	const refusal =
		sharedBaseRefusal(facts, snapshot) ??
		(snapshot.libvirt ? elsewhereRefusal(facts, snapshot) : null) ??
		keylessRefusal(facts, facts.domain.disks) ??
		dependantsRefusal(facts, recordedFiles(snapshot)) ??
		strandedRefusal(facts, snapshot) ??
		ambiguity(tablesOf(facts, snapshot), snapshot.tag, facts.domain);
	if (refusal) return {refusal};
	if (placesElsewhere(facts, snapshot).length > 0) return byLibvirt(facts, snapshot, intent, elsewhereRevert);
	if (snapshot.libvirt && snapshot.health === 'ok') return byLibvirt(facts, snapshot, intent, managedRevert);
	return isActive(facts.domain) ? monitorRevert(facts, snapshot, intent) : qemuImgRevert(facts, snapshot, intent);
}

function externalRevert(facts: Facts, snapshot: Snapshot, intent: RevertIntent): RevertDraft | {refusal: Refusal} {
	if (snapshot.disks.some(part => part.kind === 'internal')) {
		return {
			refusal: refuse(
				'unsupported',
				'It is internal in some disks and external in others, which libvirt does not revert.',
				'Revert by hand, disk by disk.',
			),
		};
	}
	const used = inUseRefusal(
		facts,
		snapshot.disks.flatMap(({source}) => source ?? []),
	);
	if (used) return {refusal: used};
	const beyond = beyondLibvirt(facts, snapshot, intent);
	return beyond === null
		? byLibvirt(facts, snapshot, intent, nativeExternalRevert)
		: newOverlayRevert(facts, snapshot, intent, beyond);
}

/** libvirt starts the domain by the definition of that time, if at all. */
function byLibvirt(facts: Facts, snapshot: Snapshot, intent: RevertIntent, way: Way): RevertDraft | {refusal: Refusal} {
	const starts = isActive(facts.domain) || (intent.afterwards ?? stateAfter(snapshot)) !== 'shut off';
	// Those disks get new overlays on what was looked at with the snapshot's health.
	const overlaid = new Set(snapshot.disks.filter(({kind}) => kind === 'external').map(({target}) => target));
	const refusal = starts
		? (recordedRefusal(facts, snapshot, overlaid) ??
			(snapshot.memoryFile === null ? null : savedDefinitionRefusal(facts, snapshot.memoryFile, overlaid)))
		: null;
	if (refusal) return {refusal};
	const draft = way(facts, snapshot, intent);
	if (starts || 'refusal' in draft) return draft;
	return {...draft, warnings: [...draft.warnings, ...recordedWarnings(facts, snapshot, overlaid)]};
}

type Way = (facts: Facts, snapshot: Snapshot, intent: RevertIntent) => RevertDraft | {refusal: Refusal};

function consistencyOf(snapshot: Snapshot): Consistency {
	if (snapshot.memoryFile !== null || (snapshot.vmSizeBytes ?? 0) > 0) return 'full checkpoint';
	return snapshot.state === 'disk-snapshot' ? 'crash-consistent' : 'shut off';
}

function replacedWarning(snapshot: Snapshot): string[] {
	return snapshot.health === 'replaced' ? [snapshot.healthReason] : [];
}
