/** What follows where a plan stops before its end: what may be rolled back is, and the receipt says in what state things are. */

import type {Plan} from '../../core/model/plan.ts';
import type {Receipt} from '../../core/model/receipt.ts';
import type {Remedy} from '../../core/model/remedy.ts';
import {basisOf, changedBasis} from '../../core/planning/basis.ts';
import {leftOver, leftoverFiles} from '../../core/recover/plan-files.ts';
import {miscounts} from '../../core/recover/repair.ts';
import {byVirsnap} from '../../core/steps/hints.ts';
import {evidenceOf} from '../../core/steps/step.ts';
import {halfMerged} from '../../core/steps/stopping.ts';
import {remedy} from '../../core/words/remedy.ts';
import {counted} from '../../core/words/text.ts';
import {messageOf} from '../error-words.ts';
import type {Scribe} from '../receipts/scribe.ts';
import {inSentence} from '../steps/command-failure.ts';
import {takeBack} from '../steps/roll-back.ts';
import type {Failure} from '../steps/run-step.ts';
import type {ExecutorSurroundings} from '../surroundings.ts';

/** Stopped by a person before step `next` (counted from 0) began. Returns the receipt as it was ended. */
export async function afterCancel(
	plan: Plan,
	next: number,
	scribe: Scribe,
	surroundings: ExecutorSurroundings,
): Promise<Receipt> {
	const what = `Cancelled before step ${next + 1} of ${plan.steps.length} (${plan.steps[next]!.title})`;
	if (next === 0) return scribe.end({status: 'undone', cancelled: true, message: `${what}. Nothing was touched.`});
	return afterStop(plan, next, {what, remedy: null, cancelled: true}, scribe, surroundings);
}

/** Step `failed` (counted from 0) failed or was broken off. Returns the receipt as it was ended. */
export async function afterFailure(
	plan: Plan,
	failed: number,
	failure: Failure,
	scribe: Scribe,
	surroundings: ExecutorSurroundings,
): Promise<Receipt> {
	const {words, cancelled} = failure;
	const place = `${failed + 1} of ${plan.steps.length}`;
	const how = `(${plan.steps[failed]!.title}): ${inSentence(words)}`;
	const what = cancelled ? `Cancelled in step ${place} ${how}` : `Step ${place} failed ${how}`;
	return afterStop(plan, failed, {what, remedy: failure.remedy, cancelled}, scribe, surroundings);
}

/** Step `next` (counted from 0) was not begun, since something has changed that is none of the plan's doing. */
export async function afterForeignChange(
	plan: Plan,
	next: number,
	findings: readonly string[],
	scribe: Scribe,
	surroundings: ExecutorSurroundings,
): Promise<Receipt> {
	const place = `${next + 1} of ${plan.steps.length} (${plan.steps[next]!.title})`;
	const what = `Stopped before step ${place}: something has changed meanwhile. ${findings.join(' ')}`;
	if (next === 0) {
		const message = `Nothing was touched: the domain changed since the plan was made. ${findings.join(' ')}`;
		const remedy = ['Make a new plan and check what is different.'];
		return scribe.end({status: 'stale', findings, message, remedy});
	}

	return afterStop(plan, next, {what: what.replace(/\.$/, ''), remedy: null, cancelled: false}, scribe, surroundings);
}

type Stop = {readonly what: string; readonly remedy: Remedy | null; readonly cancelled: boolean};

/** Nothing more is done; what was done before step `failed` is rolled back where the plan says so. */
async function afterStop(
	plan: Plan,
	failed: number,
	{what, remedy: known, cancelled}: Stop,
	scribe: Scribe,
	surroundings: ExecutorSurroundings,
): Promise<Receipt> {
	const mark = cancelled ? {cancelled} : {};
	const begun = scribe.receipt().steps[failed]!.status !== 'pending';
	const half = begun ? halfMerged(plan, plan.steps[failed]!) : null;
	const undo =
		plan.onFailure === 'undo' && !(await hasHappened(plan, failed, scribe, surroundings))
			? await takeBack(plan, failed, scribe, surroundings)
			: null;
	const state = await stateOfThings(scribe.receipt(), surroundings);
	// libvirt takes back what it had begun itself when a job is broken off.
	const brokenOff = cancelled && failed === 0 && half === null;
	if ((undo?.complete || brokenOff) && state.unchanged) {
		return scribe.end({...mark, status: 'undone', message: `${what}. Everything is as it was before.`, remedy: known});
	}

	const done = failed === 0 ? 'No step before it was done.' : `Done before it: ${counted(failed, 'step')}.`;
	const undone =
		undo === null
			? ''
			: undo.complete
				? ' The finished steps were rolled back.'
				: ` Rolling them back failed: ${undo.words}.`;
	return scribe.end({
		...mark,
		status: 'failed',
		findings: [...state.findings, ...(half === null ? [] : [half])],
		message: `${what}. ${done}${undone}`,
		remedy: state.unchanged && half === null && !cancelled ? known : withRecovery(known, scribe.receipt()),
	});
}

/** What to do about the failure, and about the state it left. */
function withRecovery(first: Remedy | null, {id}: Receipt): Remedy {
	const recover = remedy`Finish or roll back the operation ${byVirsnap(['recover', id], 'recover')}.`;
	return first === null ? recover : remedy`${first} ${recover}`;
}

/**
 * Whether the step that ended the plan was done all the same: its record could not be written, or libvirt went away while it
 * answered. To take back those before it would pull them from under it: a domain that was just started lost its new overlays
 * that way (seen with a full receipt folder). It stays for a person to decide, by what is there.
 */
async function hasHappened(
	plan: Plan,
	failed: number,
	scribe: Scribe,
	surroundings: ExecutorSurroundings,
): Promise<boolean> {
	const record = scribe.receipt().steps[failed]!;
	if (record.status === 'done') return true;
	if (record.status === 'pending') return false;
	try {
		return evidenceOf(plan.steps[failed]!, plan, await surroundings.factsAfter()) === 'done';
	} catch {
		return true;
	}
}

/** What differs now from before the first step: a failed step may have left things behind, and only reading tells. */
async function stateOfThings(
	receipt: Receipt,
	surroundings: ExecutorSurroundings,
): Promise<{unchanged: boolean; findings: string[]}> {
	try {
		const facts = await surroundings.factsBrokenOff();
		const findings = [
			...changedBasis(receipt.plan.basis, basisOf(facts)),
			// libvirt may have died before it could clear away what it had begun (seen: the memory file of an external checkpoint).
			...leftoverFiles(receipt, facts).map(leftOver),
			...miscounts(facts),
		];
		return {unchanged: findings.length === 0, findings};
	} catch (error) {
		return {unchanged: false, findings: [`The present state could not be read: ${messageOf(error)}`]};
	}
}
