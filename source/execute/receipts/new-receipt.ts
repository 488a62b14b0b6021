/** What a receipt, and the record of a command in it, start from. */
import type {Plan} from '../../core/model/plan.ts';
import type {Receipt, StepRecord} from '../../core/model/receipt.ts';

/**
 * The first state of a receipt: nothing is begun.
 *
 * @param now ISO 8601; the receipt's id is made of it and of the domain's UUID.
 */
export function newReceipt(plan: Plan, now: string): Receipt {
	const steps = plan.steps.map(step => blankRecord(step.argv));
	return {
		version: 2,
		id: `${now.replaceAll(/[-:]/g, '').replace('.', '-')}-${plan.domain.uuid.slice(0, 8)}`,
		plan,
		status: 'running',
		startedAt: now,
		endedAt: null,
		steps,
		made: {},
		undone: [],
		findings: [],
		message: '',
		remedy: null,
	};
}

/** The record of a command that was not run yet. */
export function blankRecord(argv: readonly string[]): StepRecord {
	return {argv, status: 'pending', startedAt: null, endedAt: null, exitCode: null, stdout: '', stderr: ''};
}
