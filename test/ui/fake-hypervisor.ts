/** Our own port in memory, for screens: views are pushed by the test, plans are carried out by it step by step. */
import type {Facts} from '../../source/core/model/facts.ts';
import type {Hypervisor, LoggedCommand, View} from '../../source/core/model/hypervisor.ts';

import type {Plan} from '../../source/core/model/plan.ts';
import type {Receipt, Unfinished} from '../../source/core/model/receipt.ts';
import type {Recovery} from '../../source/core/recover/recovery.ts';
import {quietHypervisor} from '../facts/hypervisor.ts';
import {receiptOf as receipt} from '../facts/receipt.ts';
import {factsOf, inventory} from './domains.ts';

export type Carried = {
	readonly plan: Plan;
	report(receipt: Receipt): void;
	finish(receipt: Receipt): void;
	fail(error: Error): void;
};

export const connected: View = {connection: {status: 'connected'}, inventory, pending: new Set()};

/** What is on disk when the UI starts, and what recovery says to it. */
export type Past = {
	readonly receipts?: readonly Receipt[];
	readonly unfinished?: readonly Unfinished[];
	readonly recovery?: Recovery;
	/** What is different in the facts of every domain. */
	readonly facts?: Partial<Facts>;
	/** What its images tell of a domain's snapshots. */
	readonly sizes?: Hypervisor['sizes'];
	/** What is kept of a domain's screen. */
	readonly picture?: Hypervisor['picture'];
	/** How its snapshots are opened for reading. */
	readonly serve?: Hypervisor['serve'];
};

export function fakeHypervisor(first: View = connected, past: Past = {}) {
	let view = first;
	let refreshed = 0;
	const listeners = new Set<() => void>();
	const carried: Carried[] = [];
	const log: LoggedCommand[] = [];
	const cancelled: string[] = [];
	/** Folders that were asked for beside the usual ones. */
	const looked: string[] = [];
	const recovered: string[] = [];
	let unfinished = past.unfinished ?? [];
	/** What the person answers when ssh asks. */
	const answers: Pick<Hypervisor, 'answer'> = {answer: async () => {}};
	const hypervisor = quietHypervisor({
		answer: lent => answers.answer(lent),
		view: () => view,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		async refresh() {
			refreshed++;
		},
		...(past.serve === undefined ? {} : {serve: past.serve}),
		...(past.picture === undefined ? {} : {picture: past.picture}),
		...(past.sizes === undefined ? {} : {sizes: past.sizes}),
		async facts(uuid, folders = []): Promise<Facts> {
			looked.push(...folders);
			return {...factsOf(uuid, view.inventory?.domains), ...past.facts};
		},
		carryOut(plan, onReceipt) {
			return new Promise((resolve, reject) => {
				carried.push({plan, report: receipt => onReceipt?.(receipt), finish: resolve, fail: reject});
			});
		},
		receipts: async () => [...unfinished.map(({receipt}) => receipt), ...(past.receipts ?? [])],
		unfinished: async () => unfinished,
		follow(id, onReceipt) {
			const {plan} = unfinished.find(({receipt}) => receipt.id === id)!.receipt;
			return new Promise((resolve, reject) => {
				carried.push({plan, report: receipt => onReceipt?.(receipt), finish: resolve, fail: reject});
			});
		},
		async cancel(id) {
			cancelled.push(id);
		},
		...(past.recovery && {recovery: async () => past.recovery!}),
		recover(id, choice, onReceipt) {
			recovered.push(choice);
			const {receipt} = unfinished.find(one => one.receipt.id === id)!;
			const chosen = past.recovery!.choices.find(one => one.id === choice)!;
			unfinished = unfinished.filter(one => one.receipt.id !== id);
			if (!('plan' in chosen))
				return Promise.resolve({
					...receipt,
					status: chosen.status,
					message: chosen.message,
					endedAt: receipt.startedAt,
				});
			return new Promise((resolve, reject) => {
				carried.push({plan: chosen.plan, report: one => onReceipt?.(one), finish: resolve, fail: reject});
			});
		},
		commandLog: () => log,
	});
	return {
		hypervisor,
		answers,
		carried,
		cancelled,
		looked,
		recovered,
		log,
		refreshes: () => refreshed,
		show(next: View) {
			view = next;
			for (const listener of listeners) listener();
		},
	};
}

export function receiptOf(plan: Plan, more: Partial<Receipt> = {}): Receipt {
	return receipt(plan, {id: '20261123-143000-web', startedAt: '2026-11-23T14:30:00Z', ...more});
}
