/** One image as two disks of a domain. */
import type {Disk} from '../../model/disk.ts';
import {heldIn, type Identified} from '../../model/files.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import {t} from '../../words/text.ts';

/** Null where each of these disks has an image of its own. Else the snapshot would be taken twice in one image; QEMU starts none such. */
export function sameImageRefusal(facts: Identified, disks: readonly Disk[]): Refusal | null {
	const held = disks.map(({source}) => (source === null ? [] : heldIn(facts, source)));
	for (const [index, disk] of disks.entries()) {
		const other = disks.slice(0, index).find((_, before) => held[before]!.some(id => held[index]!.includes(id)));
		if (!other) continue;
		return refuse(
			'unsupported-disk',
			t`${other.target} and ${disk.target} are the same image, ${disk.source!}: the domain cannot start with it.`,
			'Remove one of the two from the domain XML: virsh edit.',
		);
	}
	return null;
}
