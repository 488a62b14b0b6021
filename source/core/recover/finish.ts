/** What is still missing of a plan that was interrupted, as a plan of its own. */

import {makePlan} from '../make-plan.ts';
import {type Domain, isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {Outcome, Plan} from '../model/plan.ts';
import type {Receipt} from '../model/receipt.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Step} from '../model/step.ts';
import {basisOf} from '../planning/basis.ts';
import {isInUse} from '../planning/files.ts';
import {foreignChanges} from '../planning/foreign-changes.ts';
import {sourcesOf} from '../planning/sources.ts';
import {isStillThere} from '../planning/verify.ts';
import {saidAgain, withRetentionsOf} from '../revert/retention-kept.ts';
import {asDefinedNow} from '../steps/shared-steps.ts';
import {type Evidence, mergesOf, reachOf, removes} from '../steps/step.ts';
import {enumerate, printable, t} from '../words/text.ts';
import {clonedRefusal, isCopiedAgain} from './clones/clone-rest.ts';
import {hasRevertedImages, revertedAgain} from './half-reverted.ts';
import {endingOf, endJob, mergesLive, type OpenJob} from './open-jobs.ts';
import {renamedOn} from './renamed.ts';

/** What is known of each step: with the word of the receipt, and by what the facts show alone. */
type Known = {readonly evidence: readonly Evidence[]; readonly shown: readonly Evidence[]};

type Left = {
	readonly jobs: readonly OpenJob[];
	/** Files of its own that nothing uses. */
	readonly leftovers: readonly string[];
	/** Targets of the disks that others have changed; see `withoutTaken`. */
	readonly taken: readonly string[];
};

/** What is missing: the steps behind the last one that is done, or the same wish planned anew. */
export function finish(
	receipt: Pick<Receipt, 'id' | 'plan' | 'steps'>,
	{evidence, shown}: Known,
	facts: Facts,
	{jobs, leftovers, taken}: Left,
): Outcome {
	const {plan} = receipt;
	const renamed = renamedOn(plan, facts);
	if (renamed) return renamed;
	if (jobs.length === 0 && hasRevertedImages(receipt)) return revertedAgain(receipt, facts);
	if (jobs.length === 0 && isUnmerged(plan, shown, facts)) {
		if (taken.length === 0) return makePlan(facts, {verb: 'delete', tag: plan.tag!});
		const refusal = alsoChanged(plan, taken, facts);
		if (refusal) return {refusal};
	}

	if (jobs.length === 0 && isMoved(plan, facts))
		return revertedBefore(plan, evidence, facts) ?? plannedAnew(plan, evidence, facts);
	if (jobs.length === 0 && plan.verb === 'delete' && isOvergrown(plan, facts))
		return onOtherOverlays(plan, evidence, facts);
	const last = (plan.verb === 'delete' ? shown : evidence).lastIndexOf('done');
	const rest = plan.steps
		.map((step, index) => ({step, evidence: evidence[index]!}))
		.filter((_, index) => index > last || isCopiedAgain(plan, index, evidence));
	const open = jobs.flatMap(({target}) => target ?? []);
	const concluded = open.map(target => endJob(target, endingOf(plan, target), facts));
	// A merge that is concluded needs no other.
	const remaining = rest.filter(({step}) => !open.some(target => mergesLive(step, target)));
	const half = remaining.find(one => one.evidence === 'half');
	if (half && plan.verb === 'delete' && jobs.length === 0)
		return makePlan(facts, {verb: 'delete', tag: plan.tag ?? ''});
	if (half && jobs.length === 0) {
		return {
			refusal: refuse(
				'unhealthy',
				t`One step is only partly done (${half.step.title}).`,
				'Roll back, then start again.',
			),
		};
	}

	if (plan.verb === 'create' && leftovers.length > 0) {
		return {
			refusal: refuse(
				'file-exists',
				t`Existing files block it: ${enumerate(leftovers.map(printable))}.`,
				'Roll back first.',
			),
		};
	}

	const steps = [...concluded, ...remaining.map(({step}) => asDefinedNow(step, facts))];
	const refusal = memoryRefusal(remaining, taken) ?? clonedRefusal(plan, facts) ?? takenRefusal(steps, facts);
	if (refusal) return {refusal};
	if (steps.length === 0)
		return {refusal: refuse('unhealthy', 'All steps are done, but verification failed.', 'virsnap list')};
	return finishing(plan, facts, {steps});
}

/** With some disks out of it the plan is not made anew: then nothing else may have changed. */
function alsoChanged({basis, steps}: Plan, taken: readonly string[], facts: Facts): Refusal | null {
	const own = [...steps.map(reachOf), {definition: true, disks: taken, snapshots: true}];
	const others = foreignChanges(basis, basisOf(facts), own);
	if (others.length === 0) return null;
	return refuse('disks-changed', others.join(' '), 'Put the disks back on the images of the snapshot first.');
}

function memoryRefusal(remaining: readonly {readonly step: Step}[], taken: readonly string[]): Refusal | null {
	if (taken.length === 0 || !remaining.some(({step}) => step.does.kind === 'restore')) return null;
	return refuse(
		'disks-changed',
		`Somebody else has changed ${enumerate(taken)}, and the memory belongs to the disks as they were planned.`,
		'Roll back.',
	);
}

/**
 * What goes last is a file that the steps before it have put out of use. Where somebody else has done one of these, such as deleted
 * libvirt's record, those before that one count as done as well, and the disks may run on the file still.
 */
function takenRefusal(steps: readonly Step[], facts: Facts): Refusal | null {
	const first = steps.findIndex(one => reachOf(one).disks !== undefined);
	const untouched = first === -1 ? steps : steps.slice(0, first);
	const file = untouched.flatMap(removes).find(one => isInUse(facts, one));
	if (file === undefined) return null;
	return refuse(
		'has-dependants',
		t`${file} is in use, and nothing that is left to do changes that: somebody else has done one of the steps.`,
		'Leave everything as it is.',
	);
}

function finishing(plan: Plan, facts: Facts, rest: Pick<Plan, 'steps'> & Partial<Plan>): Outcome {
	const why = 'Finishes the interrupted operation.';
	return {plan: {...plan, why, onFailure: 'stop', basis: basisOf(facts), ...rest}};
}

/**
 * A delete whose layers are all where they were: a domain that ran since may have written to an overlay that was merged before, so it
 * is merged again, and nothing that was done without being seen counts.
 */
function isUnmerged({verb, tag, steps, expect}: Plan, shown: readonly Evidence[], {domain}: Facts): boolean {
	const alone = expect.filter(({kind}) => kind === 'no-snapshot').length === 1;
	return (
		verb === 'delete' &&
		alone &&
		steps.some(step => mergesOf(step) === 'at once') &&
		!shown.includes('done') &&
		isToGo(expect, tag, domain)
	);
}

/** The snapshot that a delete is about is still there, whatever else has its tag. */
function isToGo(expect: Plan['expect'], tag: string | null, domain: Domain): boolean {
	return expect.some(one => one.kind === 'no-snapshot' && one.tag === tag && isStillThere(one, domain));
}

/** Somebody has taken a snapshot meanwhile: a disk runs on an overlay of theirs. */
function isOvergrown({expect, basis}: Plan, {domain}: Facts): boolean {
	return sourcesOf({expect}).some(({target, file}) => {
		const source = domain.disks.find(disk => disk.target === target)?.source;
		const known = basis[t`disk ${target}`]?.split(' ') ?? [];
		return source !== null && source !== undefined && source !== file && !known.includes(printable(source));
	});
}

/** The delete planned anew under their overlays; where its record is gone already, what is left of it is removed. */
function onOtherOverlays(plan: Plan, evidence: readonly Evidence[], facts: Facts): Outcome {
	const tag = plan.tag ?? '';
	if (isToGo(plan.expect, tag, facts.domain)) return makePlan(facts, {verb: 'delete', tag});
	const steps = plan.steps.filter(
		(step, index) => evidence[index] !== 'done' && removes(step).some(file => !isInUse(facts, file)),
	);
	if (steps.length === 0) return {refusal: refuse('unsupported', 'Nothing of it is left to do.', 'Leave it as it is.')};
	const expect = plan.expect.filter(({kind}) => kind !== 'source');
	return finishing(plan, facts, {steps, expect});
}

/** The domain stopped, or was started: the steps were made for another state. */
function isMoved(plan: Plan, {domain}: Facts): boolean {
	// A snapshot is what it is, whatever the domain does.
	if (plan.verb === 'clone' && plan.tag !== null) return false;
	const before = plan.basis.state as Domain['state'] | undefined;
	return before !== undefined && isActive({state: before}) !== isActive(domain);
}

/**
 * Somebody has stopped or started the domain when libvirt had gone back already: it stays so, and what is left is what the metadata
 * says. Null where more is left.
 */
function revertedBefore(plan: Plan, evidence: readonly Evidence[], facts: Facts): Outcome | null {
	const rest = plan.steps.slice(evidence.lastIndexOf('done') + 1);
	const steps = rest.flatMap(one => saidAgain(facts, one) ?? []);
	if (steps.length === 0 || steps.length < rest.length) return null;
	const expect = plan.expect.filter(({kind}) => kind !== 'state' && kind !== 'active');
	const warnings = [...plan.warnings, `The domain is ${facts.domain.state} now, and stays so.`];
	return finishing(plan, facts, {steps, expect, warnings});
}

/** The same wish, for the state that the domain is in now. */
function plannedAnew(plan: Plan, evidence: readonly Evidence[], facts: Facts): Outcome {
	const tag = plan.tag ?? '';
	if (plan.verb === 'delete') return onOtherOverlays(plan, evidence, facts);
	if (plan.verb !== 'revert')
		return {
			refusal: refuse('wrong-state', `The domain is ${facts.domain.state} now.`, 'Leave it as it is, or start again.'),
		};
	const wanted = plan.expect.find(expectation => expectation.kind === 'state')?.state;
	const afterwards = wanted === 'running' || wanted === 'paused' ? {afterwards: wanted} : {};
	const outcome = makePlan(withRetentionsOf(plan, facts), {verb: 'revert', tag, ...afterwards});
	return 'plan' in outcome ? {plan: {...outcome.plan, basis: basisOf(facts)}} : outcome;
}
