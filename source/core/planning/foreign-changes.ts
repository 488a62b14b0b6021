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
	const isOwn = (key: string) =>
		isOurs(key, before[key], after[key], reaches) || (reaches.some(movesDisks) && isOfMoved(key, before, after));
	const others = (basis: Basis): Basis => Object.fromEntries(Object.entries(basis).filter(([key]) => !isOwn(key)));
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

const movesDisks = ({disks}: Reach): boolean => disks === 'all' || (disks?.length ?? 0) > 0;

/**
 * What is told of layers that this domain has left, or has come to: another domain's use of them, and snapshots inside them. Nothing has
 * happened to either. A new use of a layer that was there before, or a snapshot that is gone from one that stays, is somebody else's doing.
 */
function isOfMoved(key: string, before: Basis, after: Basis): boolean {
	const [was, is] = [before[key], after[key]];
	if (key.startsWith('used by ')) {
		if (is === undefined) return true;
		return was === undefined && isOnlyIn(after, before, [is.replace(/ \([^()]*\)$/, '')]);
	}
	if (!key.startsWith('snapshot ')) return false;
	if (is === undefined) return isOnlyIn(before, after, filesInside(was ?? ''));
	return was === undefined && isOnlyIn(after, before, filesInside(is));
}

/** Whether these are layers by one basis, and none of them by the other; false where there are none. */
const isOnlyIn = (one: Basis, other: Basis, files: readonly string[]): boolean =>
	files.length > 0 && files.every(file => hasLayer(one, file) && !hasLayer(other, file));

/** The images that a snapshot's line says it is inside of; none where a part of it is elsewhere. */
function filesInside(line: string): string[] {
	const [, ...parts] = line.split(/ (?=[^ :]+:(?:internal|external):)/);
	const files = parts.flatMap(part => /^[^ :]+:internal:[^:]*:(.+)$/s.exec(part)?.[1] ?? []);
	return files.length === parts.length ? files : [];
}

/** By the lines of the disks: their layers come last, each "on" the next. */
const hasLayer = (basis: Basis, file: string): boolean =>
	Object.entries(basis).some(([key, line]) => key.startsWith('disk ') && `${line} on `.includes(` ${file} on `));
