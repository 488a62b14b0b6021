/** Folders in which libvirt's QEMU driver keeps what it does not say the place of. */
import os from 'node:os';
import path from 'node:path';
import {userFolder} from '../libvirt/home-folder.ts';
import type {Libvirt} from '../libvirt/virsh/ask.ts';

/** `nvram`: UEFI variables. `save`: managed saves. `snapshot`: metadata. As libvirt is built by default. */
export function driverFolder({uri, env}: Libvirt, name: 'nvram' | 'save' | 'snapshot'): string {
	const session = uri === null ? os.userInfo().uid !== 0 : /\/session\b/.test(uri);
	const config = session ? userFolder(env?.XDG_CONFIG_HOME, '.config') : null;
	return path.join(config === null ? '/var/lib/libvirt' : path.join(config, 'libvirt'), 'qemu', name);
}
