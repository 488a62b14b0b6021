/** Undo of what was done: a plan like any other, from the receipt and the facts as they are now. */

import {editBack, renamedBy} from '../create/edit-back.ts';
import {asking, makePlan} from '../make-plan.ts';
import type {DoesOf, PlacedDisk} from '../model/does.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {Intent} from '../model/intent.ts';
import type {Expectation, Outcome, Plan, Verb} from '../model/plan.ts';
import type {Receipt} from '../model/receipt.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Remedy} from '../model/remedy.ts';
import type {Step} from '../model/step.ts';
import {basisOf} from '../planning/basis.ts';
import {fileExists, isInUse} from '../planning/files.ts';
import {withoutCheckpoints} from '../planning/refusals/bitmaps.ts';
import {withinProtection} from '../planning/refusals/protected.ts';
import {withinRights} from '../planning/refusals/rights.ts';
import {isPutOn, type Source, sourcesOf} from '../planning/sources.ts';
import {unmetExpectations} from '../planning/verify.ts';
import {keptOn} from '../snapshots/kept.ts';
import {findSnapshot} from '../snapshots/tag.ts';
import {withFiles} from '../steps/files-of-plan.ts';
import {byDelete, byVirsh, byVirsnap} from '../steps/hints.ts';
import {defineStep, leavingBy} from '../steps/shared-steps.ts';
import {evidenceOf, isPower, madeFile, step, undoOf} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {formatDate, t} from '../words/text.ts';
import {cloneBack} from './clones/undo-clone.ts';
import {isOwn, type Told} from './ownership.ts';

/** What takes these back as a wish like any other. */
const opposites: Readonly<Partial<Record<Verb, (plan: Plan) => Intent>>> = {
	create: ({tag}) => ({verb: 'delete', tag: tag ?? ''}),
	edit: editBack,
	save: ({file}) => ({verb: 'restore', ...(file === undefined ? {} : {file})}),
	shutdown: () => ({verb: 'start'}),
	suspend: () => ({verb: 'resume'}),
	resume: () => ({verb: 'suspend'}),
};

/** True where `undoPlan` may have a plan for it, by the receipt alone; else in one sentence why not. */
export function undoable({plan, status}: Pick<Receipt, 'plan' | 'status'>): true | Remedy {
	if (status === 'undone' || status === 'stale') return 'The operation left no changes, so there is nothing to undo.';
	if (status !== 'verified') return 'The operation did not finish.';
	if (plan.wayBack === '') return 'This operation cannot be undone.';
	// Without its domain nothing can be planned.
	if (plan.expect.some(one => one.kind === 'no-domain' && one.uuid === plan.domain.uuid)) return plan.wayBack;
	return opposites[plan.verb] !== undefined || plan.verb === 'clone' || plan.verb === 'revert' || plan.wayBack;
}

/**
 * The plan that takes back what a finished receipt did, or the reason why nothing can. The facts have to know the file that the
 * plan names, where it names one.
 */
export function undoPlan(receipt: Receipt, facts: Facts): Outcome {
	return asking({verb: 'undo', receipt: receipt.id}, outcomeOf(receipt, facts));
}

/** Why nothing can take it back, by the receipt alone; null where the facts decide. */
export function undoRefusal({id, plan, status}: Receipt): Refusal | null {
	const whether = undoable({plan, status});
	if (whether === true) return null;
	if (typeof whether !== 'string' || whether === plan.wayBack)
		return refuse('unsupported', 'virsnap has no undo for this operation.', whether);
	const next =
		status === 'failed'
			? remedy`Finish it or roll it back ${byVirsnap(['recover', id], 'recover')}.`
			: 'Nothing to do.';
	return refuse('unsupported', whether, next);
}

function outcomeOf(receipt: Receipt, facts: Facts): Outcome {
	const {plan} = receipt;
	const refusal = undoRefusal(receipt);
	if (refusal) return {refusal};
	if (plan.verb === 'clone') return cloneBack(receipt, facts);
	const gone = unmetExpectations(lasting(plan), facts.domain, facts);
	if (gone.length > 0)
		return {
			refusal: refuse(
				'not-found',
				`The domain has changed since: ${gone.join(' ')}`,
				'See its present state: virsnap list.',
			),
		};
	const safety = plan.expect.find(one => one.kind === 'snapshot' && one.tag !== plan.tag);
	const other = laterRefusal(receipt, facts, safety?.kind === 'snapshot' ? safety.tag : plan.tag);
	if (other) return {refusal: other};
	const opposite = opposites[plan.verb];
	if (opposite) return makePlan(facts, opposite(plan));
	if (safety?.kind === 'snapshot') return makePlan(facts, {verb: 'revert', tag: safety.tag});
	const back = withinProtection(facts, oldOverlaysBack(receipt, plan.steps, facts));
	return withFiles(facts, withinRights(facts, withoutCheckpoints(facts, back)));
}

/** What has to be so still. Since a snapshot was renamed its children may be gone, another one current, and it protected. */
function lasting(plan: Plan): readonly Expectation[] {
	if (renamedBy(plan) === null) return plan.expect;
	const {protect, expires} = editBack(plan);
	return plan.expect.flatMap((one): Expectation[] => {
		if (one.kind === 'current' || (one.kind === 'snapshot' && one.parent !== undefined)) return [];
		if (one.kind !== 'snapshot') return [one];
		const {protected: kept, expiresAt, ...rest} = one;
		return [
			{...rest, ...(protect === undefined ? {} : {protected: kept}), ...(expires === undefined ? {} : {expiresAt})},
		];
	});
}

/** libvirt dates in whole seconds; another machine's clock may be some way off. */
const slackMilliseconds = {local: 1000, remote: 300_000};

/** The snapshot that the plan made or edited is gone, and one of the same name was taken after it: that is not the receipt's to touch. */
function laterRefusal({plan, endedAt}: Receipt, {domain, host}: Facts, tag: string | null): Refusal | null {
	const made = plan.expect.some(one => one.kind === 'snapshot' && one.tag === tag && tag !== plan.tag);
	const edited = plan.verb === 'edit';
	const found = plan.verb === 'create' || edited || made ? findSnapshot(domain, tag ?? '') : null;
	if (found === null || 'refusal' in found) return null;
	const slack = host.elsewhere !== null ? slackMilliseconds.remote : slackMilliseconds.local;
	const later = Date.parse(found.createdAt ?? '') > Date.parse(endedAt ?? '') + slack;
	if (!later) return null;
	return refuse(
		'not-found',
		t`The snapshot ${found.tag} that it ${edited ? 'edited' : 'created'} no longer exists; another one of this name was created on ${formatDate(found.createdAt)}.`,
		edited
			? 'If you want to edit that one, do so by itself.'
			: remedy`If you want to delete that one, do so by itself ${byDelete(domain, found.tag)}.`,
	);
}

/**
 * Take these finished steps back, the last first: the old overlays are put under the domain again. New overlays stay on disk where
 * the domain may have written to them.
 */
export function oldOverlaysBack(receipt: Told, done: readonly Step[], facts: Facts): Outcome {
	const {plan} = receipt;
	const lasting = done.find(one => one.undo === null && !isPower(one));
	if (lasting)
		return {refusal: refuse('unsupported', t`A step cannot be undone (${lasting.title}).`, 'Nothing to do.')};
	if (isActive(facts.domain))
		return {
			refusal: refuse(
				'wrong-state',
				'The domain is active; its disks cannot be exchanged now.',
				remedy`Shut it down first ${byVirsh(facts.host, 'shutdown', facts.domain)}.`,
			),
		};
	if (facts.domain.managedSave)
		return {
			refusal: refuse(
				'saved-memory',
				'The domain has a managed save, which would resume with other disks.',
				'Start it, then shut it down.',
			),
		};
	const taken = done.filter(step => step.undo !== null).toReversed();
	const defined = taken.map(({does}) => does).find(does => does.kind === 'define') ?? null;
	const old = defined?.before ?? [];
	const missing = old.find(({file}) => !fileExists(facts, file));
	if (missing)
		return {
			refusal: refuse('unhealthy', t`${missing.file} is missing.`, 'Put the file back where it was, then try again.'),
		};
	const hollow = facts.reclaimable.find(one => one.broken && old.some(({file}) => file === one.file));
	if (hollow)
		return {
			refusal: refuse(
				'unhealthy',
				t`${hollow.base}, on which ${hollow.file} depends, is missing.`,
				'Put the file back where it was, then try again.',
			),
		};
	const made = taken.flatMap(step => madeFile(step) ?? []);
	const kept = new Set(made.filter(file => isInUse(facts, file) || keptOn(facts, [file]).length > 0));
	const steps = withoutRepeats(taken.flatMap(one => undoSteps(one, kept, receipt, facts)));
	if (steps.length === 0) return {refusal: refuse('unsupported', 'There is nothing to roll back.', 'Nothing to do.')};
	return {
		plan: {
			...plan,
			why: 'Each finished step is undone, the last one first.',
			pause: 'none: it is shut off',
			steps,
			losses: [],
			warnings: [...kept].map(file => t`${file} stays on disk, with all later writes.`),
			wayBack: '',
			onFailure: 'stop',
			confirm: null,
			basis: basisOf(facts),
			expect: defined ? sourcesBefore(defined) : restOf(plan, facts),
		},
	};
}

/** Where the definition was not touched the disks run on what they ran on. */
function restOf(plan: Plan, facts: Facts): Expectation[] {
	return sourcesOf(plan).flatMap(({target}): Expectation[] => {
		const source = facts.domain.disks.find(disk => disk.target === target)?.source;
		return source ? [{kind: 'source', target, file: source}] : [];
	});
}

function sourcesBefore({before}: DoesOf<'define'>): Source[] {
	return before.map(asSource);
}

const asSource = ({target, file}: PlacedDisk): Source => ({kind: 'source', target, file});

/** What takes the step back. The definition is the one that there is now, with the old files: what else was changed in it stays. */
function undoSteps(done: Step, kept: ReadonlySet<string>, receipt: Told, facts: Facts): Step[] {
	const undo = undoOf(done);
	if (undo === null) return [];
	// The snapshot that was the current one may have been deleted since.
	if (undo.kind === 'current-snapshot' && !facts.domain.snapshots.some(({tag, libvirt}) => libvirt && tag === undo.tag))
		return [];
	const title = `Undo: ${done.title}`;
	if (undo.kind === 'define') {
		const leaving = leavingBy(undo).filter(target => facts.domain.disks.some(disk => disk.target === target));
		if (leaving.length === 0 && undo.disks.every(disk => isPutOn(facts, asSource(disk)))) return [];
		return [defineStep(facts, title, undo.disks, {stays: true, leaving})];
	}

	if (undo.kind === 'remove-file') {
		if (kept.has(undo.file) || !fileExists(facts, undo.file) || !isOwn(receipt, undo.file, facts)) return [];
		return [step(undo, {title})];
	}

	const changes = done.changes.map(({what}) => ({sign: '~' as const, what: `as before: ${what}`}));
	return [step(undo, {title, changes, stays: true})];
}

function withoutRepeats(steps: readonly Step[]): Step[] {
	const seen = new Set<string>();
	return steps.filter(({argv}) => {
		const key = JSON.stringify(argv);
		const first = !seen.has(key);
		seen.add(key);
		return first;
	});
}

/** Steps of a plan that have happened, in their order. */
export function finishedSteps(plan: Plan, facts: Facts): Step[] {
	const last = plan.steps.findLastIndex(step => evidenceOf(step, plan, facts) === 'done');
	return plan.steps.slice(0, last + 1);
}
