/** Disks whose images are encrypted (LUKS): only QEMU gets the key, from libvirt, while the domain is active. */

import type {Disk} from '../../model/disk.ts';
import {isActive} from '../../model/domain.ts';
import type {Facts} from '../../model/facts.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import {byVirsh} from '../../steps/hints.ts';
import {remedy} from '../../words/remedy.ts';

const isEncrypted = (disk: Disk): boolean => disk.encrypted || disk.chain.some(image => image.encrypted);

const instead = "Copy the image while the domain is shut off, or use the storage's own snapshots (LVM, ZFS, btrfs).";

/**
 * Why no overlay is made of one of these disks; null where none is encrypted. libvirt and qemu-img make overlays without encryption, and of
 * a domain that is shut off libvirt loses the key of the base as well: it does not start any more, nor is the snapshot deleted
 * ("Unexpected enum value 0 for virStorageEncryptionEngine", verified on 9.0).
 */
export function openOverlayRefusal(disks: readonly Disk[]): Refusal | null {
	const disk = disks.find(isEncrypted);
	if (!disk) return null;
	const reason = `${disk.target} is encrypted, but its overlay would not be: anyone with that file could read all later writes.`;
	return refuse('unsupported-disk', reason, instead);
}

/**
 * Why nothing is taken inside one of these images; null where none is encrypted. QEMU dies as it writes memory into one, and the guest with
 * it ("qcow2_co_encdec: Assertion `QEMU_IS_ALIGNED(len, sector_size)' failed", verified on 7.2); qemu-img has not the key.
 */
export function encryptedInsideRefusal({domain}: Pick<Facts, 'domain'>, disks: readonly Disk[]): Refusal | null {
	const disk = disks.find(isEncrypted);
	if (!disk) return null;
	const cause = isActive(domain)
		? 'QEMU can crash as it writes memory into such an image'
		: 'qemu-img has no access to the key';
	return refuse('unsupported-disk', `${disk.target} is encrypted, and ${cause}.`, instead);
}

/** Why the images of a domain that is shut off cannot be worked on; null where none of these disks is encrypted, or it is active. */
export function keylessRefusal({domain, host}: Facts, disks: readonly Disk[]): Refusal | null {
	const disk = isActive(domain) ? undefined : disks.find(isEncrypted);
	if (!disk) return null;
	return refuse(
		'unsupported-disk',
		`${disk.target} is encrypted, and qemu-img has no access to the key while the domain is ${domain.state}.`,
		remedy`Start it first ${byVirsh(host, 'start', domain)}, or work on the image with its key: qemu-img --object secret,….`,
	);
}
