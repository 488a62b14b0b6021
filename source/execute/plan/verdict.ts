/** Every step went well; whether the plan did is read back. */
import type {Domain} from '../../core/model/domain.ts';
import type {Plan} from '../../core/model/plan.ts';
import {DONE, type Receipt} from '../../core/model/receipt.ts';
import {unmetExpectations} from '../../core/planning/verify.ts';
import {byVirsnap} from '../../core/steps/hints.ts';
import {remedy} from '../../core/words/remedy.ts';
import {messageOf} from '../error-words.ts';
import type {ExecutorSurroundings} from '../surroundings.ts';

/**
 * How the receipt of a plan ends whose every step went well. `before` is the domain before the first of them; `late` says that a
 * person asked to stop when nothing was left to stop. Never rejects: what cannot be read back is not proven.
 */
export async function verdict(
	plan: Plan,
	before: Domain,
	surroundings: ExecutorSurroundings,
	late: boolean,
): Promise<Partial<Receipt>> {
	try {
		const after = await surroundings.factsAfter();
		const unmet = unmetExpectations(plan.expect, after.domain, after);
		const findings = [...unmet, ...newlyUnread(before, after.domain)];
		if (findings.length === 0) {
			await surroundings.pictures(plan, after.domain);
			return {status: 'verified', message: late ? `${DONE} The cancel request came too late.` : DONE};
		}
		return {
			status: 'failed',
			findings,
			message: `All commands succeeded, but verification failed: ${findings.join(' ')}`,
			remedy: remedy`Check the domain and its images before you do anything else ${byVirsnap(['list', plan.domain.name])}.`,
		};
	} catch (error) {
		const words = messageOf(error);
		return {
			status: 'failed',
			findings: [words],
			message: `All commands succeeded, but the result could not be verified: ${words}`,
			remedy: surroundings.remedyFor(words),
		};
	}
}

/**
 * Images that could be read before and cannot now: what is in them nobody can tell, so nothing is proven. (libvirt 9.0 deletes an
 * internal snapshot from the images it can open, passes over the others, and reports success: verified.)
 */
function newlyUnread(before: Domain, after: Domain): string[] {
	const known = new Set(before.disks.flatMap(disk => (disk.unreadable ? [disk.target] : [])));
	return after.disks.flatMap(({target, unreadable}) =>
		unreadable && !known.has(target) ? [`${target} cannot be read any more: ${unreadable.reason}`] : [],
	);
}
