/** What is left of a clone that was interrupted. */
import type {Facts} from '../../model/facts.ts';
import {sameFile} from '../../model/files.ts';
import type {Plan} from '../../model/plan.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import type {Step} from '../../model/step.ts';
import {partsOf} from '../../snapshots/contents/content.ts';
import {t} from '../../words/text.ts';

/**
 * Whether a step that is done is to be done again, by what is known of each: copies belong together, and between two of them the domain may
 * have been started.
 */
export function isCopiedAgain({steps}: Pick<Plan, 'steps'>, index: number, evidence: readonly string[]): boolean {
	const isCopy = (at: number) => steps[at]?.does.kind === 'copy-image';
	return isCopy(index) && evidence.some((one, at) => isCopy(at) && one !== 'done');
}

/** Why its disks cannot be made any more: the snapshot that they are to be like is gone, or is another one. Null where they can. */
export function clonedRefusal({verb, tag, steps}: Plan, facts: Facts): Refusal | null {
	if (verb !== 'clone' || tag === null) return null;
	const gone = steps.some(one => !isHeld(one, tag, facts));
	return gone
		? refuse('not-found', t`The snapshot ${tag} is no longer as it was when this was planned.`, 'Roll back.')
		: null;
}

function isHeld({does}: Step, tag: string, facts: Facts): boolean {
	if (does.kind !== 'overlay' && does.kind !== 'copy-image') return true;
	const parts = facts.domain.snapshots.filter(one => one.tag === tag).flatMap(partsOf);
	const inside = does.kind === 'copy-image' ? does.inside : null;
	const from = does.kind === 'overlay' ? does.base : does.from;
	if (inside !== null) return parts.some(({file, id}) => id === inside.id && sameFile(facts, file, from));
	return parts.some(({source}) => sameFile(facts, source, from));
}
