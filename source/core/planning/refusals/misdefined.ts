/** Disks of which the definition names other layers than their chains have. */

import type {Disk} from '../../model/disk.ts';
import {type Domain, isActive} from '../../model/domain.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import {t} from '../../words/text.ts';

/**
 * Why no overlay or copy is made of one of these disks; null where their definitions are true. What is made stands on the chain that the
 * images name, and the guest would find other data in it than before: with an empty <backingStore/> QEMU reads nothing below (verified on
 * libvirt 9.0). While the domain is active QEMU's own chain counts.
 */
export function misdefinedRefusal(
	domain: Pick<Domain, 'name' | 'state' | 'id'>,
	disks: readonly Disk[],
): Refusal | null {
	const disk = isActive(domain) ? undefined : disks.find(({misdefined}) => misdefined !== undefined);
	if (!disk) return null;
	return refuse(
		'unsupported-disk',
		t`The definition of ${disk.target} names other layers in its <backingStore> than its images do, or takes one for another format: an overlay could contain other data than the guest reads now.`,
		t`If the images are right, remove the <backingStore> of ${disk.target}: virsh edit ${domain.name}. If the definition is, correct the images: qemu-img rebase -u.`,
	);
}
