/** Operations from start to end, across processes: who starts one, who carries it out, who watches, and what stays of a broken one. */
import type {Plan} from '../core/plan.ts';
import type {Receipt, Unfinished} from '../core/receipt.ts';
import {type ChoiceId, type Recovery, recoveryOf} from '../core/recover/recovery.ts';
import {begin} from './begin.ts';
import {BusyError, busyWith} from './busy-error.ts';
import {requestCancel} from './cancel-request.ts';
import {carryOutById} from './carry-out-here.ts';
import {holderOf} from './claims.ts';
import {followReceipt} from './follow.ts';
import type {Means, OnReceipt} from './means.ts';
import {openJobs} from './open-jobs.ts';
import {closeReceipt, createReceiptStore, knownReceipt} from './receipts.ts';
import {isWorkedOn, unfinishedReceipts} from './unfinished.ts';

export type Operations = {
	carryOut(plan: Plan, onReceipt?: OnReceipt): Promise<Receipt>;
	/** Carry out, in this very process, a receipt that another one has written. */
	runHere(id: string): Promise<Receipt>;
	receipts(): Promise<readonly Receipt[]>;
	unfinished(): Promise<readonly Unfinished[]>;
	follow(id: string, onReceipt?: OnReceipt): Promise<Receipt>;
	cancel(id: string): Promise<void>;
	recovery(id: string): Promise<Recovery>;
	recover(id: string, choice: ChoiceId, onReceipt?: OnReceipt): Promise<Receipt>;
};

export type OperationsOptions = Omit<Means, 'store'> & {
	/** Folder of receipts; claims and requests to cancel lie beside them. */
	readonly folder: string;
};

export function createOperations({folder, ...rest}: OperationsOptions): Operations {
	const store = createReceiptStore(folder);
	const means: Means = {...rest, store};
	const {libvirt, facts} = means;

	async function follow(id: string, onReceipt?: OnReceipt): Promise<Receipt> {
		return followReceipt(means, await knownReceipt(store, id), onReceipt);
	}

	async function cancel(id: string): Promise<void> {
		const receipt = await knownReceipt(store, id);
		if (receipt.endedAt === null) await requestCancel(folder, id);
	}

	/** A receipt that is open to recovery, and what recovery offers. Rejects where something still works on it. */
	async function examine(id: string): Promise<{receipt: Receipt; recovery: Recovery}> {
		const receipt = await knownReceipt(store, id);
		const {uuid} = receipt.plan.domain;
		if (receipt.endedAt === null && (await isWorkedOn(receipt))) throw busyWith(id);
		const holder = await holderOf(folder, uuid);
		if (holder !== null) throw busyWith(holder);
		const present = await facts(uuid);
		const jobs = await openJobs(libvirt, present);
		if (jobs.some(job => job.target === null || !job.ready)) {
			throw new BusyError(
				'libvirt itself still works on this domain.',
				'Wait until it is done (virsh domjobinfo, virsh blockjob), then look again.',
			);
		}

		return {receipt, recovery: recoveryOf(receipt, present, jobs)};
	}

	async function recover(id: string, wanted: ChoiceId, onReceipt?: OnReceipt): Promise<Receipt> {
		const {receipt, recovery} = await examine(id);
		const choice = recovery.choices.find(one => one.id === wanted);
		if (!choice) {
			const refusal = recovery.refusals.find(one => one.id === wanted)?.refusal;
			throw new BusyError(
				refusal?.reason ?? `That is no choice here: ${recovery.summary}`,
				refusal?.remedy ?? `See what is: virsnap recover ${id}`,
			);
		}

		if (!('plan' in choice)) {
			const {status, message} = choice;
			return closeReceipt(store, receipt, {status, message, findings: recovery.findings, remedy: null});
		}

		const done = await begin(means, choice.plan, onReceipt, id);
		if (done.status === 'verified') {
			const words = choice.id === 'go-on' ? 'Finished' : 'Taken back';
			const status = choice.id === 'go-on' ? 'verified' : 'undone';
			await closeReceipt(store, receipt, {status, message: `${words} by ${done.id}.`, findings: [], remedy: null});
		}

		return done;
	}

	return {
		carryOut: (plan, onReceipt) => begin(means, plan, onReceipt),
		runHere: id => carryOutById(means, id),
		receipts: store.list,
		unfinished: () => unfinishedReceipts(store),
		follow,
		cancel,
		recovery: async id => (await examine(id)).recovery,
		recover,
	};
}
