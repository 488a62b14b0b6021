/** Disks that have been resized since a snapshot was taken: a revert takes their size back as well. */

import type {Facts} from '../model/facts.ts';
import type {Snapshot, SnapshotDisk} from '../model/snapshot.ts';
import {formatBytes} from '../words/text.ts';

/** One sentence for each disk that has another size now. Sizes that are not known count as the same. */
export function sizeWarnings(facts: Pick<Facts, 'domain' | 'domains'>, {disks}: Snapshot): string[] {
	return disks.flatMap(part => {
		const now = facts.domain.disks.find(disk => disk.target === part.target)?.chain[0]?.virtualSizeBytes ?? null;
		const then = sizeThen(facts, part);
		if (now === null || then === null || now === then) return [];
		const [is, was] = inWords(now, then);
		return [`${part.target} was resized since the snapshot: its size goes back from ${is} to ${was} as well.`];
	});
}

/** QEMU resizes an image to the size that its table has for the snapshot; a new overlay has the size of its base (verified on 7.2). */
function sizeThen({domains}: Pick<Facts, 'domains'>, {kind, file, id, source}: SnapshotDisk): number | null {
	const images = domains.flatMap(({disks}) => disks.flatMap(({chain}) => chain));
	if (kind === 'external') return images.find(image => image.file === source)?.virtualSizeBytes ?? null;
	const image = kind === 'internal' ? images.find(one => one.file === file) : undefined;
	return image?.snapshots.find(entry => entry.id === id)?.diskBytes ?? null;
}

/** Sizes that look alike are told in bytes. */
function inWords(now: number, then: number): [string, string] {
	const [is, was] = [formatBytes(now), formatBytes(then)];
	return is === was ? [`${now} bytes`, `${then} bytes`] : [is, was];
}
