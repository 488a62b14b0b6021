/** Receipts: what a test does not name is that of an operation just begun. */
import type {Plan} from '../../source/core/model/plan.ts';
import type {Receipt, ReceiptStatus, StepRecord} from '../../source/core/model/receipt.ts';
import {makes} from '../../source/core/steps/step.ts';
import {newReceipt} from '../../source/execute/receipts/new-receipt.ts';

export function receiptOf(plan: Plan, more: Partial<Receipt> = {}): Receipt {
	return {...newReceipt(plan, '2026-01-02T03:04:05.000Z'), id: '20260102-030405-web', ...more};
}

/** One that was interrupted with its steps at these: `p`ending, `r`unning, `d`one. */
export function cutOff(plan: Plan, at: string): Receipt {
	const words: Record<string, StepRecord['status']> = {p: 'pending', r: 'running', d: 'done'};
	const receipt = receiptOf(plan);
	const steps = receipt.steps.map((step, index) => {
		const status = words[at[index]!]!;
		return {...step, status, startedAt: status === 'pending' ? null : receipt.startedAt};
	});
	const done = plan.steps.filter((_, index) => at[index] === 'd');
	const made = Object.fromEntries(done.flatMap(makes).map(one => [one, `id of ${one}`]));
	return {...receipt, steps, made};
}

/** One that ended this way: all its steps were done, or failed, or never begun. */
export function endedAs(plan: Plan, status: ReceiptStatus): Receipt {
	const records: Partial<Record<ReceiptStatus, Partial<StepRecord>>> = {
		verified: {status: 'done', exitCode: 0},
		stale: {},
		failed: {status: 'failed', exitCode: 1, stderr: 'error: Input/output error\n'},
	};
	const receipt = receiptOf(plan, {status, endedAt: '2026-01-02T03:04:06.000Z'});
	const record = records[status] ?? {status: 'failed', exitCode: 1};
	const message = status === 'verified' ? '' : `It is ${status}.`;
	return {...receipt, message, steps: receipt.steps.map(step => ({...step, ...record}))};
}
