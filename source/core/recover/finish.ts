/** What is still missing of a plan that was interrupted, as a plan of its own. */

import {makePlan} from '../make-plan.ts';
import {type Domain, type Facts, isActive} from '../model/domain.ts';
import type {Outcome, Plan} from '../model/plan.ts';
import type {Receipt} from '../model/receipt.ts';
import {refuse} from '../model/refusal.ts';
import {basisOf} from '../planning/basis.ts';
import {isInUse} from '../planning/files.ts';
import {sourcesOf} from '../planning/sources.ts';
import {asDefinedNow} from '../steps/shared-steps.ts';
import {type Evidence, mergesOf, removes} from '../steps/step.ts';
import {enumerate, printable, t} from '../words/text.ts';
import {hasRevertedImages, revertedAgain} from './half-reverted.ts';
import {endingOf, endJob, mergesLive, type OpenJob} from './open-jobs.ts';

/** What is known of each step: with the word of the receipt, and by what the facts show alone. */
type Known = {readonly evidence: readonly Evidence[]; readonly shown: readonly Evidence[]};

/** What is missing: the steps behind the last one that is done, or the same wish planned anew. */
export function finish(
	receipt: Pick<Receipt, 'id' | 'plan' | 'steps'>,
	{evidence, shown}: Known,
	facts: Facts,
	jobs: readonly OpenJob[],
	leftovers: readonly string[],
): Outcome {
	const {plan} = receipt;
	if (jobs.length === 0 && hasRevertedImages(receipt)) return revertedAgain(receipt, facts);
	if (jobs.length === 0 && isUnmerged(plan, shown, facts)) return makePlan(facts, {verb: 'delete', tag: plan.tag!});
	if (jobs.length === 0 && isMoved(plan, facts)) return plannedAnew(plan, evidence, facts);
	if (jobs.length === 0 && plan.verb === 'delete' && isOvergrown(plan, facts))
		return onOtherOverlays(plan, evidence, facts);
	const last = (plan.verb === 'delete' ? shown : evidence).lastIndexOf('done');
	const rest = plan.steps.map((step, index) => ({step, evidence: evidence[index]!})).slice(last + 1);
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
	if (steps.length === 0)
		return {refusal: refuse('unhealthy', 'All steps are done, but verification failed.', 'virsnap list')};
	return finishing(plan, facts, {steps, ...withoutDetached(plan, facts)});
}

function finishing(plan: Plan, facts: Facts, rest: Pick<Plan, 'steps' | 'expect'> & Partial<Plan>): Outcome {
	const why = 'Finishes the interrupted operation.';
	return {plan: {...plan, why, onFailure: 'stop', basis: basisOf(facts), ...rest}};
}

/** Nobody can ask any more of a disk that somebody has detached meanwhile than that it is named. */
function withoutDetached({basis, expect, warnings}: Plan, {domain}: Facts): Pick<Plan, 'expect' | 'warnings'> {
	const detached = sourcesOf({expect})
		.map(({target}) => target)
		.filter(target => basis[t`disk ${target}`] !== undefined && !domain.disks.some(disk => disk.target === target));
	if (detached.length === 0) return {expect, warnings};
	const names = enumerate(detached);
	return {
		expect: expect.filter(one => one.kind !== 'source' || !detached.includes(one.target)),
		warnings: [...warnings, t`Detached meanwhile, so left out: ${names}. Attach it with the image that it is to have.`],
	};
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
		domain.snapshots.some(snapshot => snapshot.tag === tag)
	);
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
	if (facts.domain.snapshots.some(snapshot => snapshot.tag === tag)) return makePlan(facts, {verb: 'delete', tag});
	const steps = plan.steps.filter(
		(step, index) => evidence[index] !== 'done' && removes(step).some(file => !isInUse(facts, file)),
	);
	if (steps.length === 0) return {refusal: refuse('unsupported', 'Nothing of it is left to do.', 'Leave it as it is.')};
	const expect = plan.expect.filter(({kind}) => kind !== 'source');
	return finishing(plan, facts, {steps, expect});
}

/** The domain stopped, or was started: the steps were made for another state. */
function isMoved(plan: Plan, {domain}: Facts): boolean {
	const before = plan.basis.state as Domain['state'] | undefined;
	return before !== undefined && isActive({state: before}) !== isActive(domain);
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
	return makePlan(facts, {verb: 'revert', tag, ...afterwards});
}
