/** Disks that have been resized since a snapshot was taken: a revert takes their size back as well. */

import type {Facts} from '../model/facts.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {sizesInWords, sizeThen} from '../snapshots/contents/size-then.ts';

/** One sentence for each disk that has another size now. Sizes that are not known count as the same. */
export function sizeWarnings(facts: Pick<Facts, 'domain' | 'domains'>, {disks}: Snapshot): string[] {
	return disks.flatMap(part => {
		const now = facts.domain.disks.find(disk => disk.target === part.target)?.chain[0]?.virtualSizeBytes ?? null;
		const then = sizeThen(facts, part);
		if (now === null || then === null || now === then) return [];
		const [is, was] = sizesInWords(now, then);
		return [`${part.target} was resized since the snapshot: its size goes back from ${is} to ${was} as well.`];
	});
}
