import {readdir} from 'node:fs/promises';

/** Whether QEMU has UEFI firmware here: packages of it describe themselves in this folder, from which libvirt picks (QEMU's firmware.json). */
export async function hasUefiFirmware(): Promise<boolean> {
	const descriptions = await readdir('/usr/share/qemu/firmware').catch(() => []);
	return descriptions.some(name => /(edk2|ovmf).*x86_64.*\.json$/i.test(name));
}
