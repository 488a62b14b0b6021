/** Recovery of what was interrupted: the facts are read, and what core/recover/ offers by them is done. */
import type {Facts} from '../core/model/facts.ts';
import type {Receipt} from '../core/model/receipt.ts';
import {writerRefusal} from '../core/planning/refusals/writers.ts';
import {recoveryWithoutDomain} from '../core/recover/meanwhile/no-domain.ts';
import {madeBy} from '../core/recover/ownership.ts';
import {type ChoiceId, endedRefusal, type Recovery, recoveryOf} from '../core/recover/recovery.ts';
import {byVirsnap} from '../core/steps/hints.ts';
import {RefusalError} from '../core/words/foreseen-error.ts';
import {remedy} from '../core/words/remedy.ts';
import {NoDomainError} from '../libvirt/errors.ts';
import {busyWith, presentHolder} from './busy.ts';
import type {OnReceipt, OperationContext} from './operation-context.ts';
import {closeReceipt, knownReceipt} from './receipts/store.ts';
import {isWorkedOn} from './receipts/unfinished.ts';
import {startOperation} from './start.ts';
import {openJobs} from './steps/open-jobs.ts';

/**
 * A receipt that is open to recovery, and what recovery offers by the facts as they are now.
 *
 * @throws {RefusalError} there is none of this id, its end is known, or something still works on it or on its domain
 * @throws what `OperationContext.facts` rejects with
 */
export async function examine(
	{store, reader, facts}: OperationContext,
	id: string,
): Promise<{receipt: Receipt; recovery: Recovery; made: Receipt['made']}> {
	const receipt = await knownReceipt(store, id);
	const ended = endedRefusal(receipt);
	if (ended) throw new RefusalError(ended);
	const {uuid} = receipt.plan.domain;
	if (receipt.endedAt === null && (await isWorkedOn(receipt))) throw busyWith(id);
	const holder = await presentHolder(store, uuid);
	if (holder !== null) throw busyWith(holder);
	const present = await orGone(facts(receipt.plan, {brokenOff: true}));
	if (present === null) return {receipt, recovery: recoveryWithoutDomain(receipt), made: receipt.made};
	const held = writerRefusal(present);
	if (held) throw new RefusalError(held);
	const jobs = await openJobs(reader, present);
	if (jobs.some(job => job.target === null || !job.ready)) {
		throw new RefusalError({
			code: 'busy',
			reason: 'libvirt is still working on this domain.',
			remedy: 'Wait until it has finished (virsh domjobinfo, virsh blockjob), then try again.',
		});
	}

	return {receipt, recovery: recoveryOf(receipt, present, jobs), made: madeBy(receipt, present)};
}

/** Null where there is no such domain: an operation on it could never be ended else. */
async function orGone(facts: Promise<Facts>): Promise<Facts | null> {
	try {
		return await facts;
	} catch (error) {
		if (error instanceof NoDomainError) return null;
		throw error;
	}
}

/**
 * Do one of the choices that `examine` offers now. Returns the receipt that tells the end: of the plan that was carried out, or
 * the one that was only closed.
 *
 * @throws {RefusalError} it is no choice any more, or as `examine`
 * @throws {ReceiptError} a receipt cannot be written
 */
export async function recover(
	context: OperationContext,
	id: string,
	wanted: ChoiceId,
	onReceipt?: OnReceipt,
): Promise<Receipt> {
	const {receipt, recovery, made} = await examine(context, id);
	const choice = recovery.choices.find(one => one.id === wanted);
	if (!choice) throw noChoice(id, wanted, recovery);
	if (!('plan' in choice)) {
		const {status, message} = choice;
		return closeReceipt(context.store, receipt, {status, message, findings: recovery.findings, remedy: null});
	}

	const done = await startOperation(context, choice.plan, onReceipt, {recovers: id, made});
	if (done.status === 'verified') {
		const words = choice.id === 'go-on' ? 'Finished' : 'Rolled back';
		const status = choice.id === 'go-on' ? 'verified' : 'undone';
		const whole = choice.id === 'go-on' ? {made: done.made} : {};
		const message = `${words} by ${done.id}.`;
		await closeReceipt(context.store, receipt, {...whole, status, message, findings: [], remedy: null});
	}

	return done;
}

function noChoice(id: string, wanted: ChoiceId, {refusals, summary}: Recovery): RefusalError {
	const refusal = refusals.find(one => one.id === wanted)?.refusal;
	const reason = `This choice is not available: ${summary}`;
	return new RefusalError(
		refusal ?? {code: 'unsupported', reason, remedy: remedy`See the choices ${byVirsnap(['recover', id])}.`},
	);
}
