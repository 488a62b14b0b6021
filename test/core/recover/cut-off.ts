/** A domain of two disks with a snapshot t on none, one or both of them, and receipts of what was cut off there. */
import type {Domain} from '../../../source/core/model/domain.ts';
import type {Plan} from '../../../source/core/model/plan.ts';
import type {Receipt, StepRecord} from '../../../source/core/model/receipt.ts';
import {makes} from '../../../source/core/steps/step.ts';
import {newReceipt} from '../../../source/execute/receipts/new-receipt.ts';
import {chained, entry, facts, image, snapshot} from '../facts.ts';

/** A receipt cut off with its steps at these: `p`ending, `r`unning, `d`one. */
export function cutOff(plan: Plan, at: string): Receipt {
	const words: Record<string, StepRecord['status']> = {p: 'pending', r: 'running', d: 'done'};
	const receipt = newReceipt(plan, '2026-01-02T03:04:05.000Z');
	const steps = receipt.steps.map((step, index) => {
		const status = words[at[index]!]!;
		return {...step, status, startedAt: status === 'pending' ? null : receipt.startedAt};
	});
	const done = plan.steps.filter((_, index) => at[index] === 'd');
	const made = Object.fromEntries(done.flatMap(makes).map(one => [one, `id of ${one}`]));
	return {...receipt, steps, made};
}

export const file = (target: string) => `/images/${target}.qcow2`;
const holding = (target: string, ...tags: string[]) =>
	chained(
		target,
		image(
			file(target),
			tags.map((tag, index) => entry(tag, {id: String(index + 1)})),
		),
	);
const unmanaged = (tag: string, ...targets: string[]) =>
	snapshot(tag, {
		libvirt: false,
		health: targets.length === 2 ? 'unmanaged' : 'partial',
		disks: targets.map(target => ({
			target,
			kind: 'internal' as const,
			id: '1',
			file: file(target),
			source: file(target),
		})),
	});
export const withDisks = (vda: string[], vdb: string[]): Partial<Domain> => {
	const targets = [...(vda.length > 0 ? ['vda'] : []), ...(vdb.length > 0 ? ['vdb'] : [])];
	return {
		disks: [holding('vda', ...vda), holding('vdb', ...vdb)],
		snapshots: targets.length > 0 ? [unmanaged('t', ...targets)] : [],
	};
};
export const none = facts({domain: withDisks([], [])});
export const half = facts({domain: withDisks(['t'], [])});
export const whole = facts({domain: withDisks(['t'], ['t'])});
