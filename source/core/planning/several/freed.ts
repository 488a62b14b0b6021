/** What deleting several snapshots together frees, as far as that is known. */
import type {Plan} from '../../model/plan.ts';
import type {Snapshot, SnapshotSizes} from '../../model/snapshot.ts';
import {sizesOfSnapshot, type Together} from '../../snapshots/contents/sizes.ts';
import {formatBytes} from '../../words/text.ts';

/** `all`: whether nothing is left out. `about`: whether running guests may have changed it since. */
export type Freed = {readonly bytes: number; readonly all: boolean; readonly about: boolean};

/** Those of one domain that are deleted, each with its plan. */
export type FreedDomain = {
	readonly planned: readonly {readonly snapshot: Snapshot; readonly plan: Plan}[];
	/** Of its snapshots, as far as they were read. */
	readonly sizes: readonly SnapshotSizes[];
	/** What all of `planned` free together; null while it is not known. */
	readonly together: Together | null;
};

export function freedBy(domains: readonly FreedDomain[]): Freed {
	const parts = domains.map(freedIn);
	return {
		bytes: parts.reduce((sum, {bytes}) => sum + bytes, 0),
		all: parts.every(({all}) => all),
		about: parts.some(({about}) => about),
	};
}

/** Several that share what no other has free more than the sum of what each holds alone. */
function freedIn({planned, sizes, together}: FreedDomain): Freed {
	// A record takes no room to speak of.
	const held = planned.filter(({plan}) => plan.steps.some(({does}) => does.kind !== 'forget-snapshot'));
	const own = held.map(({snapshot}) => sizesOfSnapshot(sizes, snapshot));
	const about = own.some(one => one?.about);
	if (held.length > 1 && together !== null && together.bytes !== null) return {bytes: together.bytes, all: true, about};
	const known = own.flatMap(one => one?.ownBytes ?? []);
	const bytes = known.reduce((sum, one) => sum + one, 0);
	return {bytes, all: known.length === held.length && held.length < 2, about};
}

/** "about 12 MiB", "at least 1.2 GiB"; null where nothing is known. */
export function freedWords({bytes, all, about}: Freed): string | null {
	if (bytes === 0 && !all) return null;
	return `${all ? (about ? 'about ' : '') : 'at least '}${formatBytes(bytes)}`;
}
