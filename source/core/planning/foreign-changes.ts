/** What somebody else has changed while a plan is carried out: its own steps change facts too, and each says which. */
import type {Basis} from '../model/plan.ts';
import type {Reach} from '../steps/step-kind.ts';
import {t} from '../words/text.ts';
import {changedBasis, isDescription} from './basis.ts';

/**
 * One sentence for each fact that differs from `before` and that none of the steps since then can have changed. What a revert has left,
 * and memory files that nothing of the plan loads, say nothing about the plan.
 */
export function foreignChanges(before: Basis, after: Basis, reaches: readonly Reach[]): string[] {
	const others = (basis: Basis): Basis =>
		Object.fromEntries(Object.entries(basis).filter(([key]) => !isOurs(key, before[key], after[key], reaches)));
	return changedBasis(others(before), others(after));
}

function isOurs(key: string, was: string | undefined, is: string | undefined, reaches: readonly Reach[]): boolean {
	// No step but one that redefines a record depends on it, and that takes the description as it is then.
	if (isDescription(key)) return true;
	if (/^(?:unused overlay|memory in) /.test(key)) return true;
	return reaches.some(reach => {
		if (['state', 'id', 'managed save'].includes(key)) return reach.state === true;
		if (key === 'definition') return reach.definition === true;
		if (key.startsWith('used by ')) return reach.others === true;
		if (key.startsWith('disk ')) return reach.disks === 'all' || reach.disks?.some(one => key === t`disk ${one}`);
		if (!key.startsWith('snapshot ')) return false;
		const named = reach.tags?.some(tag => key === t`snapshot ${tag}` || key.startsWith(t`snapshot ${tag} (`));
		return named || (reach.snapshots === true && was !== undefined && is !== undefined);
	});
}
