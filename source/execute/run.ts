/**
 * Carries out any plan: the facts it stands on are read again, steps run strictly in order, a receipt is written before and after
 * each of them, the first failure stops, and the result is read back. An exit status proves nothing.
 */
import {basisOf, changedBasis} from '../core/basis.ts';
import type {Domain} from '../core/domain.ts';
import type {Plan} from '../core/plan.ts';
import {DONE, type Receipt} from '../core/receipt.ts';
import {evidenceOf} from '../core/recover/evidence.ts';
import {halfMerged} from '../core/step-job.ts';
import {unmetExpectations} from '../core/verify.ts';
import {oneLine} from './complaint.ts';
import {messageOf} from './error-words.ts';
import {readFirst} from './first-reading.ts';
import {newReceipt} from './new-receipt.ts';
import {type Failure, runStep} from './run-step.ts';
import {createScribe, type Scribe} from './scribe.ts';
import {takeBack} from './take-back.ts';
import {readAgain, type World} from './world.ts';

/**
 * Carry a plan out and return its last receipt, which says what happened whatever that was.
 *
 * @throws what `save` rejects with for the very first receipt: then nothing was started. Later receipts that cannot be written
 * stop the plan like a failed step.
 */
export async function carryOut(plan: Plan, world: World, begun = newReceipt(plan, world.now())): Promise<Receipt> {
	const scribe = createScribe(world, begun);
	await scribe.write({});
	const read = await readFirst(plan, world);
	if ('stale' in read) return scribe.end({status: 'stale', ...read.stale});
	const {plan: ready, facts} = read;
	for (const [index, step] of ready.steps.entries()) {
		if (await world.cancelled?.()) return afterCancel(ready, index, scribe, world);
		const failure = await runStep(step, index, scribe, world);
		if (failure !== null) return afterFailure(ready, index, failure, scribe, world);
	}

	const late = (await world.cancelled?.()) ?? false;
	return scribe.end(await verdict(ready, facts.domain, world, late));
}

/** Stopped by a person between two steps. */
async function afterCancel(plan: Plan, next: number, scribe: Scribe, world: World): Promise<Receipt> {
	const what = `Cancelled before step ${next + 1} of ${plan.steps.length} (${plan.steps[next]!.title})`;
	if (next === 0) return scribe.end({status: 'undone', cancelled: true, message: `${what}. Nothing was touched.`});
	return afterStop(plan, next, {what, remedy: null, cancelled: true}, scribe, world);
}

async function afterFailure(
	plan: Plan,
	failed: number,
	failure: Failure,
	scribe: Scribe,
	world: World,
): Promise<Receipt> {
	const {words, remedy, cancelled} = failure;
	const place = `${failed + 1} of ${plan.steps.length}`;
	const how = `(${plan.steps[failed]!.title}): ${oneLine(words)}`;
	const what = cancelled ? `Cancelled in step ${place} ${how}` : `Step ${place} failed ${how}`;
	return afterStop(plan, failed, {what, remedy, cancelled}, scribe, world);
}

type Stop = {readonly what: string; readonly remedy: string | null; readonly cancelled: boolean};

/** Nothing more is done; what was done before step `failed` is taken back where the plan says so. */
async function afterStop(
	plan: Plan,
	failed: number,
	{what, remedy, cancelled}: Stop,
	scribe: Scribe,
	world: World,
): Promise<Receipt> {
	const mark = cancelled ? {cancelled} : {};
	const begun = scribe.receipt().steps[failed]!.status !== 'pending';
	const half = begun ? halfMerged(plan, plan.steps[failed]!) : null;
	const undo =
		plan.onFailure === 'undo' && !(await hasHappened(plan, failed, scribe, world))
			? await takeBack(plan, failed, scribe, world)
			: null;
	const state = await stateOfThings(plan, world);
	// libvirt takes back what it had begun itself when a job is broken off.
	const brokenOff = cancelled && failed === 0 && half === null;
	if ((undo?.complete || brokenOff) && state.unchanged) {
		return scribe.end({...mark, status: 'undone', message: `${what}. Everything is as it was before.`, remedy});
	}

	const done = failed === 0 ? 'No step before it was done.' : `Done before it: ${countSteps(failed)}.`;
	const undone =
		undo === null
			? ''
			: undo.complete
				? ' The finished steps were taken back.'
				: ` Taking them back failed: ${undo.words}.`;
	return scribe.end({
		...mark,
		status: 'failed',
		findings: [...state.findings, ...(half === null ? [] : [half])],
		message: `${what}. ${done}${undone}`,
		remedy: cancelled ? `Go on, or see what else can be done: virsnap recover ${scribe.receipt().id}` : remedy,
	});
}

/**
 * Whether the step that ended the plan was done all the same: its record could not be written, or libvirt went away while it
 * answered. To take back those before it would pull them from under it: a domain that was just started lost its new overlays
 * that way (seen with a full receipt folder). It stays for a person to decide, by what is there.
 */
async function hasHappened(plan: Plan, failed: number, scribe: Scribe, world: World): Promise<boolean> {
	const record = scribe.receipt().steps[failed]!;
	if (record.status === 'done') return true;
	if (record.status === 'pending') return false;
	try {
		return evidenceOf(plan.steps[failed]!, plan, await readAgain(world)) === 'done';
	} catch {
		return true;
	}
}

/** What differs now from before the first step: a failed step may have left things behind, and only reading tells. */
async function stateOfThings(plan: Plan, world: World): Promise<{unchanged: boolean; findings: string[]}> {
	try {
		const findings = changedBasis(plan.basis, basisOf(await readAgain(world)));
		return {unchanged: findings.length === 0, findings};
	} catch (error) {
		return {unchanged: false, findings: [`What is there now could not be read: ${messageOf(error)}`]};
	}
}

/** Every step went well; whether the plan did is read back. */
async function verdict(plan: Plan, before: Domain, world: World, late: boolean): Promise<Partial<Receipt>> {
	try {
		const after = await readAgain(world);
		const unmet = unmetExpectations(plan.expect, after.domain, after);
		const findings = [...unmet, ...newlyUnread(before, after.domain)];
		if (findings.length === 0)
			return {status: 'verified', message: late ? `${DONE} It was asked to stop too late.` : DONE};
		return {
			status: 'failed',
			findings,
			message: `Every command succeeded, but the result is not there: ${findings.join(' ')}`,
			remedy: 'Look at the domain and its images before doing anything else: virsnap list DOMAIN',
		};
	} catch (error) {
		const words = messageOf(error);
		return {
			status: 'failed',
			findings: [words],
			message: `Every command succeeded, but the result could not be read back: ${words}`,
			remedy: world.remedyFor(words),
		};
	}
}

/**
 * Images that could be read before and cannot now: what is in them nobody can tell, so nothing is proven. (libvirt 9.0 deletes an
 * internal snapshot from the images it can open, passes over the others, and reports success: verified.)
 */
function newlyUnread(before: Domain, after: Domain): string[] {
	const known = new Set(before.disks.flatMap(disk => (disk.unreadable ? [disk.target] : [])));
	return after.disks.flatMap(({target, unreadable}) =>
		unreadable && !known.has(target) ? [`${target} cannot be read any more: ${unreadable.reason}`] : [],
	);
}

function countSteps(count: number): string {
	return count === 1 ? '1 step' : `${count} steps`;
}
