/** Folders in which libvirt's QEMU driver keeps what it does not say the place of. */
import path from 'node:path';
import {userFolder} from '../libvirt/home-folder.ts';
import {daemonAddress, type Surroundings} from '../libvirt/wire/address.ts';

/** `definitions`: of domains, a file for each. `nvram`: UEFI variables. `save`: managed saves. `snapshot`: metadata. */
export type DriverFolder = 'definitions' | 'nvram' | 'save' | 'snapshot';

/** As libvirt is built by default. `uri`: as it was given; null: libvirt's own default. */
export function driverFolder(uri: string | null, surroundings: Surroundings, name: DriverFolder): string {
	const {env, uid} = surroundings;
	const {uri: resolved} = daemonAddress(uri, surroundings);
	const session = resolved === null ? uid !== 0 : /\/session\b/.test(resolved);
	const config = session ? userFolder(env.XDG_CONFIG_HOME, '.config') : null;
	const own = config === null ? null : path.join(config, 'libvirt', 'qemu');
	if (name === 'definitions') return own ?? '/etc/libvirt/qemu';
	return path.join(own ?? '/var/lib/libvirt/qemu', name);
}
