/** What a cancel does to a step, and what a merge leaves that was broken off. */
import type {Plan} from '../model/plan.ts';
import type {Step} from '../model/step.ts';
import {printable, t} from '../words/text.ts';
import {jobOf, mergesOf} from './step.ts';

/**
 * What a cancel does. breaks-off: the step ends at once. before-next: it goes on to its end, and nothing behind it begins.
 * too-late: it is the last one, and goes on to its end.
 */
export type Stop = 'breaks-off' | 'before-next' | 'too-late';

/** What a cancel does while the step at `index` runs. */
export function stopAt(plan: Pick<Plan, 'expect' | 'steps'>, index: number): Stop {
	const step = plan.steps[index];
	if (step && jobOf(plan, step)?.abort) return 'breaks-off';
	return index < plan.steps.length - 1 ? 'before-next' : 'too-late';
}

/** What a merge leaves that did not come to its end, in a sentence; null for other steps. */
export function halfMerged({tag, domain}: Pick<Plan, 'tag' | 'domain'>, step: Pick<Step, 'does'>): string | null {
	if (mergesOf(step) !== 'at once') return null;
	const snapshot = tag === null ? 'the snapshot' : printable(tag);
	return t`Part of the overlay may have been merged into its base: ${domain.name} reads the same as before, but you can no longer revert to ${snapshot}.`;
}
