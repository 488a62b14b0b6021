/**
 * Putting images right that were left in the middle of a snapshot. QEMU and qemu-img count the clusters of a snapshot before they
 * name it in the table, and take them out after it is gone from there. Killed in between they leave an image that reads as before,
 * but whose counts are wrong (`qemu-img check`: leaked clusters, OFLAG_COPIED; seen on 7.2 at each of their writes).
 */

import type {Facts, Miscount} from '../model/facts.ts';
import type {Outcome, Plan} from '../model/plan.ts';
import type {Step} from '../model/step.ts';
import {basisOf} from '../planning/basis.ts';
import {step} from '../steps/step.ts';
import {counted, t} from '../words/text.ts';

/** Whether a plan writes to the snapshot tables of images. */
export function writesTables({method}: Pick<Plan, 'method'>): boolean {
	return method === 'qemu-img' || method === 'monitor' || method === 'libvirt-internal';
}

/** One sentence for each image whose counts are wrong. */
export function miscounts({miscounted}: Pick<Facts, 'miscounted'>): string[] {
	return miscounted.map(one => t`${one.file} has wrong cluster counts: ${inWords(one)} (qemu-img check).`);
}

/** Empty where no counts are wrong, and where saved memory would find its images written to. */
export function repairSteps({miscounted, domain}: Pick<Facts, 'miscounted' | 'domain'>): Step[] {
	if (domain.managedSave) return [];
	return miscounted.map(one =>
		step(
			{kind: 'repair', file: one.file, what: one.errors > 0 ? 'all' : 'leaks'},
			{
				title: t`Repair cluster counts in ${one.file}`,
				changes: [{sign: '~', what: t`${one.file}: ${inWords(one)} repaired; its contents stay`}],
			},
		),
	);
}

/** The same plan with the images put right before anything else is done to them. */
export function repairedFirst(outcome: Outcome, repairs: readonly Step[]): Outcome {
	if ('refusal' in outcome || repairs.length === 0) return outcome;
	return {plan: {...outcome.plan, steps: [...repairs, ...outcome.plan.steps]}};
}

/** All else of the plan is as it has to be, or as it was. */
export function repairOnly(plan: Plan, facts: Facts, repairs: readonly Step[]): Plan {
	return {
		...plan,
		why: 'Only the cluster counts of the images are wrong; their data is not affected.',
		pause: 'none: it is shut off',
		steps: repairs,
		losses: [],
		warnings: [],
		wayBack: '',
		onFailure: 'stop',
		confirm: null,
		basis: basisOf(facts),
		expect: [],
	};
}

function inWords({errors, leaks}: Miscount): string {
	const wrong = [[errors, 'error'] as const, [leaks, 'leaked cluster'] as const].filter(([count]) => count > 0);
	return wrong.map(([count, word]) => counted(count, word)).join(', ');
}
