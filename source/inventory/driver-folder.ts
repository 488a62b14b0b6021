/** Folders in which libvirt's QEMU driver keeps what it does not say the place of. */
import os from 'node:os';
import path from 'node:path';
import type {Libvirt} from '../libvirt/virsh/ask.ts';

/** `nvram`: UEFI variables. `save`: managed saves. As libvirt is built by default. */
export function driverFolder({uri, env}: Libvirt, name: 'nvram' | 'save'): string {
	const session = uri === null ? os.userInfo().uid !== 0 : /\/session\b/.test(uri);
	const config = env?.XDG_CONFIG_HOME ?? path.join(os.homedir(), '.config');
	return path.join(session ? path.join(config, 'libvirt') : '/var/lib/libvirt', 'qemu', name);
}
