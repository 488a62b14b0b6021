/**
 * What to do about a receipt that was interrupted. What of it is really done is concluded from the facts as they are now, held
 * against what the plan depended on and what it promised; never from what was intended. Of the receipt only this is used: a step
 * that is still pending was never begun, since its record is on disk before it is; and one that is done has ended well.
 */

import type {Facts} from '../model/facts.ts';
import type {Outcome, Plan} from '../model/plan.ts';
import type {Receipt, ReceiptStatus} from '../model/receipt.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Step} from '../model/step.ts';
import {basisOf, changedBasis} from '../planning/basis.ts';
import {foreignChanges} from '../planning/foreign-changes.ts';
import {withoutCheckpoints} from '../planning/refusals/bitmaps.ts';
import {withinProtection} from '../planning/refusals/protected.ts';
import {withinRights} from '../planning/refusals/rights.ts';
import {unmetExpectations} from '../planning/verify.ts';
import {withFiles} from '../steps/files-of-plan.ts';
import {byVirsnap} from '../steps/hints.ts';
import {type Evidence, evidenceOf, makes} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {sentence, t} from '../words/text.ts';
import {finish} from './finish.ts';
import {mixedDisks} from './half-reverted.ts';
import {anotherRefusal} from './meanwhile/another-snapshot.ts';
import {withoutTaken} from './meanwhile/disks.ts';
import type {OpenJob} from './open-jobs.ts';
import {type Leftover, leftOver, leftoverFiles} from './plan-files.ts';
import {miscounts, repairedFirst, repairOnly, repairSteps} from './repair.ts';
import {rollBack} from './roll-back.ts';

/** close: nothing is left to do. go-on: what is missing. way-back: as before. leave: close it, and touch nothing. */
export type ChoiceId = 'close' | 'go-on' | 'way-back' | 'leave';

export type Choice =
	/** Only the receipt is closed, with this status and message. */
	| {readonly id: 'close' | 'leave'; readonly label: string; readonly status: ReceiptStatus; readonly message: string}
	/** A plan of its own, to be reviewed like any other. */
	| {readonly id: 'go-on' | 'way-back'; readonly label: string; readonly plan: Plan};

export type Recovery = {
	/** finished: all that was promised is there. untouched: all is as it was before. partly: something between. */
	readonly verdict: 'finished' | 'untouched' | 'partly';
	/** In one sentence, for a person. */
	readonly summary: string;
	/** What differs from before, and what is missing of what was promised, read just now. */
	readonly findings: readonly string[];
	/** The safest first. */
	readonly choices: readonly Choice[];
	/** Why a choice one might expect is not among them. */
	readonly refusals: readonly {readonly id: ChoiceId; readonly refusal: Refusal}[];
};

/** Why there is nothing to recover: its end is known, and what others have done since is none of its doing. Null where there may be. */
export function endedRefusal({id, status, message}: Receipt): Refusal | null {
	if (status === 'running' || status === 'failed') return null;
	const next = status === 'verified' ? remedy`To return, undo it ${byVirsnap(['undo', id])}.` : 'Nothing to do.';
	return refuse('unchanged', t`There is nothing to recover: ${message}`, next);
}

/** What is there, and what can be done about it. `jobs` are block jobs that nobody waits for any more. */
export function recoveryOf(written: Receipt, facts: Facts, jobs: readonly OpenJob[] = []): Recovery {
	const {plan, taken, words} = withoutTaken(written.plan, facts);
	const receipt = {...written, plan};
	const changed = changedBasis(plan.basis, basisOf(facts));
	const missing = missingOf(plan, facts);
	const leftovers = leftoverFiles(receipt, facts);
	const own = leftovers.filter(({own}) => own).map(({file}) => file);
	const strangers = leftovers.filter(({own}) => !own);
	const shown = plan.steps.map(step => shownOf(step, plan, facts, strangers));
	const evidence = judged(receipt, shown);
	const begun = receipt.steps.some(step => step.status !== 'pending');
	// Of a step that was begun, and of which the facts show nothing, nobody can say that it did nothing.
	const invisible =
		!isTakenBack(receipt) &&
		shown.some((one, index) => one !== 'done' && one !== 'not-done' && receipt.steps[index]?.status !== 'pending');
	const repairs = repairSteps(facts);
	if (jobs.length === 0 && missing.length === 0 && evidence.every(one => one === 'done'))
		return repairs.length === 0 ? finished(words) : onlyMiscounted('go-on', [], receipt, facts);
	// A step that was never begun has done nothing, whatever the facts show: somebody else did, or it was so before.
	const nothing = shown.every((one, index) => one === 'not-done' || receipt.steps[index]?.status === 'pending');
	const asBefore = butFor(taken, plan, facts, changed).length === 0;
	if (jobs.length === 0 && own.length === 0 && !invisible && (asBefore || nothing))
		return repairs.length === 0 || !begun
			? untouched(begun, [...changed, ...strangers.map(leftOver)])
			: onlyMiscounted('way-back', changed, receipt, facts);
	const findings = [
		...[mixedDisks(receipt, facts)].filter(words => words !== null),
		...changed,
		...words,
		...missing,
		...leftovers.map(leftOver),
		...miscounts(facts),
		...jobs.map(({target}) => `A block job on ${target} has not ended.`),
	];
	const offered = (outcome: Outcome) => {
		const allowed = withoutCheckpoints(facts, withinProtection(facts, repairedFirst(outcome, repairs)));
		return withFiles(facts, withinRights(facts, allowed));
	};
	const [stranger] = strangers;
	const another = anotherRefusal(plan, facts);
	const refusal = stranger ? notOurs(stranger.file) : another;
	const rest = refusal ? {refusal} : finish(receipt, {evidence, shown}, facts, {jobs, leftovers: own, taken});
	const back = plan.verb === 'edit' && another ? {refusal: another} : rollBack(receipt, facts, jobs, own);
	return partly('The operation was interrupted and may be partly done.', findings, [
		['go-on', 'Finish: run the remaining steps', offered(rest)],
		['way-back', 'Roll back to the previous state', offered(back)],
	]);
}

/** Every step that was begun has been taken back again, and each of these commands ended well. */
function isTakenBack({steps, undone}: Receipt): boolean {
	const begun = steps.filter(({status}) => status !== 'pending');
	return undone.length === begun.length && undone.every(({status}) => status === 'done');
}

/** What differs from before, without the disks that others have changed, and what follows from that. */
function butFor(taken: readonly string[], {basis}: Plan, facts: Facts, changed: readonly string[]): readonly string[] {
	if (taken.length === 0) return changed;
	return foreignChanges(basis, basisOf(facts), [{definition: true, disks: taken, snapshots: true}]);
}

/** A file of the planned name that somebody else has put there says nothing of the step that was to make it. */
function shownOf(step: Step, plan: Plan, facts: Facts, strangers: readonly Leftover[]): Evidence {
	const taken = makes(step).some(file => strangers.some(stranger => stranger.file === file));
	return taken ? 'not-done' : evidenceOf(step, plan, facts);
}

function notOurs(file: string): Refusal {
	return refuse(
		'file-exists',
		t`${file} is there, but this operation did not make it.`,
		'Move it away first, or roll back.',
	);
}

/** What was promised and is not there; and what cannot be read, of which nobody knows whether it is. */
function missingOf(plan: Plan, facts: Facts): string[] {
	return [
		...unmetExpectations(plan.expect, facts.domain, facts),
		...facts.domain.disks.flatMap(({target, unreadable}) =>
			unreadable ? [`${target} cannot be read: ${sentence(unreadable.reason)} ${unreadable.remedy}`] : [],
		),
	];
}

type Offer = readonly [ChoiceId & ('go-on' | 'way-back'), string, Outcome];

function partly(summary: string, findings: readonly string[], outcomes: readonly Offer[]): Recovery {
	return {
		verdict: 'partly',
		summary,
		findings,
		choices: [
			...outcomes.flatMap(([id, label, outcome]) => ('plan' in outcome ? [{id, label, plan: outcome.plan}] : [])),
			leave,
		],
		refusals: outcomes.flatMap(([id, , outcome]) => ('refusal' in outcome ? [{id, refusal: outcome.refusal}] : [])),
	};
}

/** Possible in every state. */
export const leave: Choice = {
	id: 'leave',
	label: 'Leave everything as it is and close the record',
	status: 'failed',
	message: 'The operation was interrupted and left as it was found.',
};

function finished(findings: readonly string[]): Recovery {
	const summary = 'The operation was interrupted, but all of its steps are done.';
	return {
		verdict: 'finished',
		summary,
		findings,
		choices: [{id: 'close', label: 'Close the receipt: done', status: 'verified', message: `${summary} Verified.`}],
		refusals: [],
	};
}

/** All of it is done (`go-on`) or nothing (`way-back`), but for the counts in the images that it was at. */
function onlyMiscounted(id: 'go-on' | 'way-back', changed: readonly string[], {plan}: Receipt, facts: Facts): Recovery {
	const summary =
		id === 'go-on'
			? 'The operation was interrupted; all of its steps are done, but an image has wrong cluster counts.'
			: 'The operation was interrupted; none of its steps is done, but an image has wrong cluster counts.';
	const repair = {plan: repairOnly(plan, facts, repairSteps(facts))};
	return partly(
		summary,
		[...changed, ...miscounts(facts)],
		[[id, 'Repair the cluster counts', withinRights(facts, repair)]],
	);
}

/** Nothing of it is there. What else has changed is none of its doing, but worth knowing. */
function untouched(begun: boolean, changed: readonly string[]): Recovery {
	const summary = !begun
		? 'The operation was interrupted before its first step: nothing was changed.'
		: changed.length === 0
			? 'The operation was interrupted, and everything is as it was before.'
			: 'The operation was interrupted before it changed anything; something else has changed since.';
	return {
		verdict: 'untouched',
		summary,
		findings: changed,
		choices: [{id: 'close', label: 'Close the receipt: not done', status: 'undone', message: summary}],
		refusals: [],
	};
}

/**
 * What is known of each step: what the facts show of it. Where they show nothing the receipt's word counts, but not behind a step that is certainly not
 * there: it was rolled back, and that could not be written down (seen with a full receipt folder).
 */
function judged({steps}: Receipt, shown: readonly Evidence[]): Evidence[] {
	const gone = shown.indexOf('not-done');
	return shown.map((evidence, index) => {
		const told = steps[index]?.status === 'done' && (gone === -1 || index < gone);
		return evidence === 'repeatable' && told ? 'done' : evidence;
	});
}
