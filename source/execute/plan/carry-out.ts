/**
 * Carries out any plan: the facts it depends on are read again before each step, steps run strictly in order, a receipt is written
 * before and after each of them, the first failure stops, and the result is verified by reading. An exit status proves nothing.
 */
import type {Plan} from '../../core/model/plan.ts';
import type {Receipt} from '../../core/model/receipt.ts';
import {asDefinedNow} from '../../core/steps/shared-steps.ts';
import {newReceipt} from '../receipts/new-receipt.ts';
import {createScribe} from '../receipts/scribe.ts';
import {createGuard} from '../steps/guard.ts';
import {runStep} from '../steps/run-step.ts';
import type {ExecutorSurroundings} from '../surroundings.ts';
import {afterCancel, afterFailure, afterForeignChange} from './after-stop.ts';
import {readFirst} from './first-reading.ts';
import {verdict} from './verdict.ts';

/**
 * Carry a plan out and return its last receipt, which says what happened whatever that was.
 *
 * @throws what `save` rejects with for the very first receipt: then nothing was started. Later receipts that cannot be written
 * stop the plan like a failed step.
 */
export async function carryOut(
	plan: Plan,
	surroundings: ExecutorSurroundings,
	begun = newReceipt(plan, surroundings.now()),
): Promise<Receipt> {
	const scribe = createScribe(surroundings, begun);
	await scribe.write({});
	const read = await readFirst(plan, surroundings);
	if ('stale' in read) return scribe.end({status: 'stale', ...read.stale});
	const {plan: ready, facts} = read;
	const guard = createGuard(ready, facts, surroundings);
	for (const [index, planned] of ready.steps.entries()) {
		if (await surroundings.cancelled()) return afterCancel(ready, index, scribe, surroundings);
		// From here on, and for the first step from the reading of the facts on, whoever else writes the definition is seen.
		if (index > 0) await surroundings.definition.written();
		const {findings, facts: now} = await guard.before(planned, scribe.receipt().made ?? {});
		if (findings.length > 0) return afterForeignChange(ready, index, findings, scribe, surroundings);
		const step = asDefinedNow(planned, now);
		const failure = await runStep(step, index, scribe, surroundings);
		await guard.after(step);
		if (failure !== null) return afterFailure(ready, index, failure, scribe, surroundings);
	}

	const late = await surroundings.cancelled();
	return scribe.end(await verdict(ready, facts.domain, surroundings, late));
}
