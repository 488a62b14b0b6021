/** Snapshots that a merge was broken off into: no fact of libvirt or QEMU shows it, only the receipts remember. */
import type {Domain} from '../model/domain.ts';
import type {Spoiled} from '../model/facts.ts';
import type {Receipt} from '../model/receipt.ts';
import {mergesOf} from '../steps/step.ts';

/** Snapshots of this domain that can no longer be reverted to; a new one of the same tag is not among them. */
export function spoiledIn(
	{uuid, snapshots}: Pick<Domain, 'uuid' | 'snapshots'>,
	receipts: readonly Receipt[],
): Spoiled[] {
	return snapshots.flatMap(({tag, kind, createdAt}): Spoiled[] => {
		const broken = receipts.find(
			receipt =>
				kind === 'external' &&
				receipt.plan.domain.uuid === uuid &&
				receipt.plan.expect.some(expectation => expectation.kind === 'no-snapshot' && expectation.tag === tag) &&
				(createdAt === null || createdAt < receipt.startedAt) &&
				hasBegunMerge(receipt),
		);
		return broken ? [{tag, receipt: broken.id}] : [];
	});
}

function hasBegunMerge({plan, status, steps}: Receipt): boolean {
	if (status === 'verified' || status === 'stale') return false;
	return plan.steps.some((step, index) => {
		if ((steps[index]?.status ?? 'pending') === 'pending') return false;
		const merges = mergesOf(step);
		// libvirt merges only after it has refused what it cannot do, and then everything is as before.
		return merges === 'at once' || (merges === 'after checks' && status !== 'undone');
	});
}
