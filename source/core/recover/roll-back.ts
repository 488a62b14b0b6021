/** Rolling back what a plan that was interrupted has left, as a plan of its own. */

import {editBack} from '../create/edit-back.ts';
import {makePlan} from '../make-plan.ts';
import type {Disk} from '../model/disk.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {Outcome} from '../model/plan.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Step} from '../model/step.ts';
import {basisOf} from '../planning/basis.ts';
import {fileExists} from '../planning/files.ts';
import {pendingRefusal} from '../planning/refusals/misdefined.ts';
import {isPutOn, sourcesOf} from '../planning/sources.ts';
import {byDelete} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {defineStep, removeStep} from '../steps/shared-steps.ts';
import {step} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {t} from '../words/text.ts';
import {cloneBack} from './clones/undo-clone.ts';
import {createdSinceRefusal} from './meanwhile/another-snapshot.ts';
import {endJob, type OpenJob} from './open-jobs.ts';
import {isOwn, type Told} from './ownership.ts';
import {renamedBack} from './renamed.ts';
import {finishedSteps, oldOverlaysBack} from './undo.ts';

/** As it was before, as far as that is still possible. */
export function rollBack(receipt: Told, facts: Facts, jobs: readonly OpenJob[], leftovers: readonly string[]): Outcome {
	const {plan} = receipt;
	switch (plan.verb) {
		case 'create':
			return createdBack(receipt, facts, leftovers);
		case 'revert':
			return oldOverlaysBack(receipt, finishedSteps(plan, facts), facts);
		case 'clone':
			return cloneBack(receipt, facts);
		case 'save':
			return savedBack(receipt, facts);
		case 'edit':
			return renamedBack(plan, facts) ?? makePlan(facts, editBack(plan));
		case 'delete': {
			const steps = jobs.flatMap(({target}) => (target === null ? [] : [endJob(target, 'abort', facts)]));
			if (steps.length === 0)
				return {refusal: refuse('unsupported', 'Deleted data cannot be restored.', 'Finish it, or leave it as it is.')};
			const why = 'The domain keeps its present overlays.';
			return {plan: {...plan, why, steps, losses: [], confirm: null, basis: basisOf(facts), expect: []}};
		}

		default:
			return {
				refusal: refuse(
					'unsupported',
					`A ${plan.verb} cannot be rolled back from here.`,
					'See how the domain is: virsnap list.',
				),
			};
	}
}

/** What stands in the file is no memory that libvirt can read: nothing was written into it yet, or only part. */
function savedBack(receipt: Told, facts: Facts): Outcome {
	const {plan} = receipt;
	const {file} = plan;
	if (file === undefined || !fileExists(facts, file) || facts.saveImages[file])
		return {
			refusal: refuse('unsupported', 'A save cannot be rolled back from here.', 'See how the domain is: virsnap list.'),
		};
	if (!isOwn(receipt, file, facts))
		return {refusal: refuse('file-exists', t`${file} was not made by this operation.`, 'Leave it as it is.')};
	return {
		plan: {
			...plan,
			why: t`The file holds no memory that can be restored; the domain is ${facts.domain.state}.`,
			pause: 'none',
			steps: [removeStep(file)],
			onFailure: 'stop',
			losses: [],
			warnings: [],
			wayBack: '',
			confirm: null,
			basis: basisOf(facts),
			expect: [{kind: 'file', file, present: false}],
		},
	};
}

/** What a create left: a snapshot, overlays that libvirt has no record of, or only files. */
function createdBack(receipt: Told, facts: Facts, leftovers: readonly string[]): Outcome {
	const {plan} = receipt;
	const tag = plan.tag ?? '';
	if (facts.domain.snapshots.some(snapshot => snapshot.tag === tag)) {
		const another = createdSinceRefusal(receipt, facts);
		if (another) return {refusal: another};
		const outcome = makePlan(facts, {verb: 'delete', tag});
		if ('refusal' in outcome) return outcome;
		// What is rolled back was never whole: no more need to type its name than for the create.
		const steps = [...outcome.plan.steps, ...leftovers.map(removeStep)];
		return {plan: {...outcome.plan, confirm: null, steps}};
	}

	const moved = sourcesOf(plan)
		.filter(source => isPutOn(facts, source))
		.map(source => facts.domain.disks.find(disk => disk.target === source.target)!);
	const baseless = moved.find(disk => disk.chain.length < 2);
	if (baseless)
		return {
			refusal: refuse(
				'unreadable-image',
				`The base of ${baseless.target} cannot be read.`,
				'Check it with qemu-img info.',
			),
		};
	const bases = moved.map(({target, chain}) => ({kind: 'source' as const, target, file: chain[1]!.file}));
	const refusal = ownedRefusal(facts, moved) ?? pendingRefusal(facts, bases);
	if (refusal) return {refusal};
	const steps = [...(moved.length > 0 ? committed(moved, facts) : []), ...leftovers.map(removeStep)];
	if (steps.length === 0)
		return {refusal: refuse('unsupported', 'There is nothing to roll back.', 'Leave it as it is.')};
	return {
		plan: {
			...plan,
			why: 'Removes what the operation created; data written since stays.',
			pause: 'none',
			steps,
			losses: [],
			warnings: moved.map(disk => t`${disk.source!} stays on disk; nothing uses it any more.`),
			wayBack: '',
			onFailure: 'stop',
			basis: basisOf(facts),
			expect: [{kind: 'no-snapshot', tag}, ...bases],
		},
	};
}

/** Somebody has given the snapshot another tag meanwhile: what its overlays hold must not go into what it goes back to. */
function ownedRefusal({domain}: Facts, moved: readonly Disk[]): Refusal | null {
	const overlays = moved.map(({source}) => source);
	const owner = domain.snapshots.find(({disks}) =>
		disks.some(({kind, file}) => kind === 'external' && overlays.includes(file)),
	);
	if (!owner) return null;
	return refuse(
		'method-mismatch',
		t`The snapshot ${owner.tag} has the overlays that the operation created.`,
		remedy`Leave everything as it is, or delete that snapshot by itself ${byDelete(domain, owner.tag)}.`,
	);
}

/** Overlays without a record: each is committed into its base, so that nothing written since is lost. */
function committed(disks: readonly Disk[], facts: Facts): Step[] {
	return isActive(facts.domain) ? disks.map(disk => committedLive(disk, facts)) : committedOffline(disks, facts);
}

function committedLive(disk: Disk, facts: Facts): Step {
	const [top, base] = disk.chain.map(({file}) => file);
	return step(
		{
			kind: 'live-merge',
			on: addressOf(facts),
			target: disk.target,
			top: top ?? null,
			base: base ?? null,
			range: 'one',
		},
		{title: commitTitle(disk)},
	);
}

function committedOffline(disks: readonly Disk[], facts: Facts): Step[] {
	const bases = disks.map(({target, chain}) => ({target, file: chain[1]!.file, format: chain[1]!.format}));
	return [
		...disks.map(disk =>
			step(
				{
					kind: 'merge',
					overlay: disk.source!,
					format: disk.format,
					base: disk.chain[1]!.file,
					through: false,
				},
				{title: commitTitle(disk)},
			),
		),
		defineStep(facts, 'Define the domain with the bases', bases, {stays: true}),
	];
}

function commitTitle({target}: Disk): string {
	return `Commit the active layer of ${target} into its base`;
}
