/** Every step went well; whether the plan did is read back. */
import type {Domain} from '../../core/model/domain.ts';
import type {Plan} from '../../core/model/plan.ts';
import {DONE, type Receipt} from '../../core/model/receipt.ts';
import {unmetExpectations, unmetWithoutDomain} from '../../core/planning/verify.ts';
import {byVirsnap} from '../../core/steps/hints.ts';
import {remedy} from '../../core/words/remedy.ts';
import {NoDomainError} from '../../libvirt/errors.ts';
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
		const {after, findings} = await readBack(plan, before, surroundings);
		if (findings.length === 0) {
			if (after !== null) await surroundings.pictures(plan, after);
			return {status: 'verified', message: late ? `${DONE} The cancel request came too late.` : DONE};
		}
		return {
			status: 'failed',
			findings,
			message: `All commands succeeded, but verification failed: ${findings.join(' ')}`,
			remedy:
				after === null
					? 'libvirt has forgotten the domain: its XML (virsh create) or a file of its memory (virsh restore) brings it back.'
					: remedy`Check the domain and its images before you do anything else ${byVirsnap(['list', plan.domain.name])}.`,
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

/** The domain as it is now, null where it was transient and is forgotten, and what is not as planned. */
async function readBack(
	{expect}: Plan,
	before: Domain,
	surroundings: ExecutorSurroundings,
): Promise<{readonly after: Domain | null; readonly findings: readonly string[]}> {
	try {
		const after = await surroundings.factsAfter();
		const unmet = unmetExpectations(expect, after.domain, after);
		return {after: after.domain, findings: [...unmet, ...newlyUnread(before, after.domain)]};
	} catch (error) {
		if (before.persistent || !(error instanceof NoDomainError)) throw error;
		const files = expect.flatMap(one => (one.kind === 'file' && one.memory ? [one.file] : []));
		const owners = await Promise.all(files.map(surroundings.savedDomain));
		const saved = new Set(files.filter((_, index) => owners[index] === before.uuid));
		return {after: null, findings: unmetWithoutDomain(expect, before, saved)};
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
