/** What a plan that fails on its way leaves behind, in words. */
import type {Plan} from '../model/plan.ts';

/** Null where there is nothing to say: one command that nobody would take back. */
export function ifItFails({steps, onFailure}: Pick<Plan, 'steps' | 'onFailure'>): string | null {
	if (onFailure === 'stop' && steps.length <= 1) return null;
	// The last one needs no undo: where it has succeeded nothing comes behind it that could fail.
	const takenBack = onFailure === 'undo' && steps.slice(0, -1).every(step => step.undo !== null);
	return takenBack ? 'the finished steps are rolled back at once' : 'it stops, and you decide';
}
