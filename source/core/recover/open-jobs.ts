/** Jobs that nobody waits for any more. */

import type {Facts} from '../model/facts.ts';
import type {Plan} from '../model/plan.ts';
import type {Step} from '../model/step.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';

/** A job that libvirt or QEMU has open: of the whole domain (`target` null), or a block job that has not ended. */
export type OpenJob = {readonly target: string | null; readonly ready: boolean};

/** Whether the step merges layers of this disk while the domain runs. */
export function mergesLive({does}: Pick<Step, 'does'>, target: string): boolean {
	return does.kind === 'live-merge' && does.target === target;
}

/** How an open block job ends: a commit that the plan itself made is concluded; one of libvirt's own is given up, and libvirt begins it anew. */
export function endingOf(plan: Pick<Plan, 'steps'>, target: string): 'pivot' | 'abort' {
	return plan.steps.some(one => mergesLive(one, target)) ? 'pivot' : 'abort';
}

/** The step that ends a block job, one way or the other. */
export function endJob(target: string, how: 'pivot' | 'abort', facts: Facts): Step {
	return step(
		{kind: 'end-block-job', on: addressOf(facts), target, how},
		{title: `${how === 'pivot' ? 'Finish' : 'Abort'} the block job on ${target}`},
	);
}
