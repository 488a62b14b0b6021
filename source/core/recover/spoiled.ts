/** Snapshots that a merge was broken off into: no fact of libvirt or QEMU shows it, only the receipts remember. */
import type {Domain, Spoiled} from '../model/domain.ts';
import type {Receipt} from '../model/receipt.ts';
import {commandOf} from '../steps/step-job.ts';

/** Snapshots of this domain that are no way back any more; a new one of the same tag is not among them. */
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
	return plan.steps.some(({argv}, index) => {
		if ((steps[index]?.status ?? 'pending') === 'pending') return false;
		if (argv[0] === 'qemu-img') return argv[1] === 'commit';
		const [command, ...words] = commandOf({argv});
		// libvirt merges only after it has refused what it cannot do, and then everything is as before.
		if (command === 'snapshot-delete') return !words.includes('--metadata') && status !== 'undone';
		return command === 'blockcommit';
	});
}
