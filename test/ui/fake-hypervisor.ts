/** Our own port in memory, for screens: views are pushed by the test, plans are carried out by it step by step. */
import type {Facts} from '../../source/core/domain.ts';
import type {Hypervisor, LoggedCommand, View} from '../../source/core/hypervisor.ts';
import type {Plan} from '../../source/core/plan.ts';
import type {Receipt, StepRecord} from '../../source/core/receipt.ts';
import {factsOf, inventory} from './facts.ts';

export type Carried = {
	readonly plan: Plan;
	report(receipt: Receipt): void;
	finish(receipt: Receipt): void;
	fail(error: Error): void;
};

export const connected: View = {connection: {status: 'connected'}, inventory, pending: new Set()};

export function fakeHypervisor(first: View = connected) {
	let view = first;
	let refreshed = 0;
	const listeners = new Set<() => void>();
	const carried: Carried[] = [];
	const log: LoggedCommand[] = [];
	const hypervisor: Hypervisor = {
		view: () => view,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		async refresh() {
			refreshed++;
		},
		savedDomain: async () => null,
		async facts(uuid): Promise<Facts> {
			return factsOf(uuid, view.inventory?.domains);
		},
		carryOut(plan, onReceipt) {
			return new Promise((resolve, reject) => {
				carried.push({plan, report: receipt => onReceipt?.(receipt), finish: resolve, fail: reject});
			});
		},
		receipts: async () => [],
		unfinished: async () => [],
		follow: async () => {
			throw new Error('nothing to follow');
		},
		cancel: async () => {},
		recovery: async () => {
			throw new Error('nothing to recover');
		},
		recover: async () => {
			throw new Error('nothing to recover');
		},
		commandLog: () => log,
		async close() {},
	};
	return {
		hypervisor,
		carried,
		log,
		refreshes: () => refreshed,
		show(next: View) {
			view = next;
			for (const listener of listeners) listener();
		},
	};
}

const pending = (argv: readonly string[]): StepRecord => ({
	argv,
	status: 'pending',
	startedAt: null,
	endedAt: null,
	exitCode: null,
	stdout: '',
	stderr: '',
});

export function receiptOf(plan: Plan, values: Partial<Receipt> = {}): Receipt {
	return {
		version: 1,
		id: '20261123-143000-web',
		plan,
		status: 'running',
		startedAt: '2026-11-23T14:30:00Z',
		endedAt: null,
		steps: plan.steps.map(({argv}) => pending(argv)),
		undone: [],
		findings: [],
		message: '',
		remedy: null,
		...values,
	};
}
