/** A host is asked first whether it has a virsnap. */
import type {Hypervisor} from '../../../core/model/hypervisor.ts';
import type {Opening} from '../../late-hypervisor.ts';
import {NoVirsnap, type Over, overSsh} from './over-ssh.ts';
import {openRemote} from './remote-hypervisor.ts';
import type {SshAddress} from './ssh-address.ts';

/** Null where it has none: then libvirt's own way is left, which knows nothing of images. One that is not reached says so later. */
export async function openHost(
	address: SshAddress,
	over: Over,
	{watched, closing}: Opening,
): Promise<Hypervisor | null> {
	const remote = openRemote(overSsh(address, over));
	if (watched) remote.subscribe(() => {});
	// Whoever quits does not wait for a host that hangs.
	closing.addEventListener('abort', () => void remote.close(), {once: true});
	try {
		await remote.machine();
	} catch (error) {
		if (!(error instanceof NoVirsnap)) return remote;
		await remote.close();
		return null;
	}

	return remote;
}
