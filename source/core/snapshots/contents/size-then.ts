/** How large the disks of a snapshot were. */
import type {Facts} from '../../model/facts.ts';
import type {SnapshotDisk} from '../../model/snapshot.ts';
import {formatBytes} from '../../words/text.ts';

/** QEMU resizes an image to the size that its table has for the snapshot; a new overlay has the size of its base (verified on 7.2). */
export function sizeThen({domains}: Pick<Facts, 'domains'>, {kind, file, id, source}: SnapshotDisk): number | null {
	const images = domains.flatMap(({disks}) => disks.flatMap(({chain}) => chain));
	if (kind === 'external') return images.find(image => image.file === source)?.virtualSizeBytes ?? null;
	const image = kind === 'internal' ? images.find(one => one.file === file) : undefined;
	return image?.snapshots.find(entry => entry.id === id)?.diskBytes ?? null;
}

/** Sizes that look alike are told in bytes. */
export function sizesInWords(now: number, then: number): [string, string] {
	const [is, was] = [formatBytes(now), formatBytes(then)];
	return is === was ? [`${now} bytes`, `${then} bytes`] : [is, was];
}
