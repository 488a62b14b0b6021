/** Drivers of libvirt: Debian 12 has all of them in libvirt-daemon, later ones many in a package each. */
import {globSync} from 'node:fs';

/** Whether libvirt can do this here: `storage`, `secret` … */
export const hasDriver = (name: string): boolean =>
	globSync(`/usr/{lib,lib64,lib/*}/libvirt/connection-driver/libvirt_driver_${name}.so`).length > 0;
