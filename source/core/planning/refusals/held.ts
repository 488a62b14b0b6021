/** A paused domain whose images QEMU has let go of, as after a migration; it takes them again when it runs. */

import type {Facts, Held} from '../../model/facts.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import {byVirsh} from '../../steps/hints.ts';
import {remedy} from '../../words/remedy.ts';

const reasons: Readonly<Record<Held, string>> = {
	'memory written':
		'Its memory was written to a file while it was paused; QEMU has released the images until the domain resumes.',
	'images inactive': 'It was paused when its memory was loaded; QEMU does not use its images until it resumes.',
};

/**
 * Why memory cannot be taken or the images not be written to here; null where they can. After its memory was written to a file
 * while it was paused (QEMU: `postmigrate`) memory cannot be written twice ("Can't migrate the vm that was paused due to previous
 * migration"). Where images are inactive, as also after memory was loaded into a domain that stays paused, nothing can be written
 * to them ("is writable but does not support snapshots", "Inactive … can't be a backing child"); new overlays and memory files
 * can still be made. Verified on QEMU 7.2 and 10.0; libvirt says `paused` of it as of any other.
 */
export function heldRefusal(
	{domain, host, held}: Pick<Facts, 'domain' | 'host' | 'held'>,
	needed: 'memory' | 'images',
): Refusal | null {
	if (held === null || (needed === 'memory' && held !== 'memory written')) return null;
	return refuse('wrong-state', reasons[held], remedy`Resume it first ${byVirsh(host, 'resume', domain)}.`);
}
