/** Dirty bitmaps, by which backups know what has changed: libvirt's checkpoints, or those that an image holds. */

import {isActive} from '../../model/domain.ts';
import type {Facts} from '../../model/facts.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import type {Snapshot} from '../../model/snapshot.ts';
import {byVirsh} from '../../steps/hints.ts';
import {remedy} from '../../words/remedy.ts';
import {enumerate, printable, shellWord, t} from '../../words/text.ts';

/**
 * Why no snapshot is gone back to; null where there are no bitmaps. QEMU loads none ("Device has active dirty bitmaps"), and libvirt has
 * stopped a running domain by then, which stays off (verified on 9.0); nor would the bitmaps be true afterwards.
 */
export function bitmapsRefusal(
	{domain, host, checkpoints}: Pick<Facts, 'domain' | 'host' | 'checkpoints'>,
	snapshot: Snapshot,
): Refusal | null {
	const [checkpoint] = checkpoints;
	if (checkpoint !== undefined) {
		return refuse(
			'unsupported',
			t`This domain has backup checkpoints (${enumerate(checkpoints.map(printable))}), and QEMU cannot load snapshots while they exist: a running domain would be shut off.`,
			remedy`Delete them first ${byVirsh(host, 'checkpoint-delete', domain, checkpoint)}. The next backup is then a full one.`,
		);
	}
	const files = new Set(snapshot.disks.flatMap(part => (part.kind === 'internal' ? (part.file ?? []) : [])));
	const image = domain.disks
		.flatMap(disk => disk.chain)
		.find(({file, bitmaps}) => files.has(file) && bitmaps.length > 0);
	if (!image) return null;
	const [first] = image.bitmaps;
	return refuse(
		'unsupported',
		t`${image.file} holds dirty bitmaps (${enumerate(image.bitmaps.map(printable))}), and QEMU cannot load snapshots while they exist.`,
		remedy`Remove them while the domain is shut off: qemu-img bitmap --remove ${shellWord(image.file)} ${shellWord(first!)}. The next backup is then a full one.`,
	);
}

/**
 * Why qemu-img merges none of these layers while the domain is shut off; null where none of them holds bitmaps. It leaves behind what they
 * tell of, while the layers above still have bitmaps of that name: the next incremental backup lacks it, and nothing says so (verified on
 * 9.0). A QEMU that runs takes them along.
 */
export function mergedBitmapsRefusal(
	{domain, host}: Pick<Facts, 'domain' | 'host'>,
	layers: readonly string[],
): Refusal | null {
	if (isActive(domain)) return null;
	const image = domain.disks
		.flatMap(disk => disk.chain)
		.find(({file, bitmaps}) => layers.includes(file) && bitmaps.length > 0);
	if (!image) return null;
	return refuse(
		'wrong-state',
		t`${image.file} holds dirty bitmaps (${enumerate(image.bitmaps.map(printable))}). Merged while the domain is shut off they would be lost, and the next incremental backup would be incomplete without saying so.`,
		remedy`Start the domain first ${byVirsh(host, 'start', domain)}: then they are taken along. Or delete the checkpoints first; the next backup is then a full one.`,
	);
}
