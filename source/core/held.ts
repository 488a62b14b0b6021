/** A paused domain whose memory was written to a file: QEMU has let go of its images until it runs again. */
import {hint} from './argv.ts';
import type {Domain, Facts} from './domain.ts';
import type {Refusal} from './plan.ts';
import type {Snapshot} from './snapshot.ts';
import {printable} from './text.ts';

/** The snapshot with a memory file that was taken while the domain was paused, and that it still stands on; null where there is none. */
function takenWhilePaused({disks, snapshots}: Domain): Snapshot | null {
	const inUse = new Set(disks.flatMap(disk => disk.chain.map(image => image.file)));
	const stands = (snapshot: Snapshot) => snapshot.disks.some(part => part.file !== null && inUse.has(part.file));
	return (
		snapshots.find(snapshot => snapshot.memoryFile !== null && snapshot.state === 'paused' && stands(snapshot)) ?? null
	);
}

/**
 * Why memory cannot be taken and nothing be deleted here; null where it can. QEMU calls the state `postmigrate`: memory cannot be
 * written twice ("Can't migrate the vm that was paused due to previous migration"), and with QEMU 10 no image can be written to
 * ("is writable but does not support snapshots", "Inactive … can't be a backing child"; verified on QEMU 7.2 and 10.0). libvirt
 * says `paused (user)` of it as of any other, so that one which ran and was paused again since is refused as well.
 */
export function heldRefusal({domain, host}: Pick<Facts, 'domain' | 'host'>): Refusal | null {
	const snapshot = domain.state === 'paused' ? takenWhilePaused(domain) : null;
	if (!snapshot) return null;
	return {
		code: 'wrong-state',
		reason: `Its memory was written to a file for ${printable(snapshot.tag)} while it was paused; QEMU holds its images until it runs again.`,
		remedy: `Resume it first (p): ${hint(host, 'resume', domain)}.`,
	};
}
