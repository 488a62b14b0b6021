import {access, copyFile, mkdir, readdir, readFile, rename, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {gunzipSync, gzipSync, zstdDecompressSync} from 'node:zlib';
import {execa} from 'execa';
import {type ArchiveEntry, modes, newcArchive} from './newc.ts';

/** The one real guest of the lab: a Linux kernel and a ramdisk which does nothing but count. */
type Guest = {kernel: string; initrd: string};

/** What a guest is made of: a kernel image, the folder of its modules, a statically linked busybox. */
export type GuestParts = {kernel: string; modules: string; busybox: string};

/** Where the guest is kept between runs. */
function guestFolder(): string {
	return path.join(
		[process.env.XDG_CACHE_HOME ?? '', path.join(os.homedir(), '.cache'), os.tmpdir()].find(folder =>
			path.isAbsolute(folder),
		)!,
		'virsnap/guest',
	);
}

/** The guest, or undefined where it is not built on this machine. */
export async function findGuest(): Promise<Guest | undefined> {
	const guest = {kernel: path.join(guestFolder(), 'vmlinuz'), initrd: path.join(guestFolder(), 'initrd')};
	const found = await Promise.all([access(guest.kernel), access(guest.initrd)]).catch(() => undefined);
	return found && guest;
}

/** Build the guest into its folder. The ramdisk comes last and appears complete or not at all: `findGuest` goes by it. */
export async function buildGuest(parts: GuestParts): Promise<void> {
	const folder = guestFolder();
	await mkdir(folder, {recursive: true});
	await copyFile(parts.kernel, path.join(folder, 'vmlinuz'));
	const unfinished = path.join(folder, `initrd.${process.pid}`);
	await writeFile(unfinished, await initialRamdisk(parts));
	await rename(unfinished, path.join(folder, 'initrd'));
}

/** Modules for a virtio disk and the power button; what a kernel lacks it has built in. */
const moduleNames = [
	'virtio',
	'virtio_ring',
	'virtio_pci_legacy_dev',
	'virtio_pci_modern_dev',
	'virtio_pci',
	'virtio_blk',
	'button',
	'evdev',
];

/**
 * Counts on the serial console (memory) and in the first sector of its disk, five times a second; says at boot what the disk holds.
 * That tells apart what came back after a revert: memory, disk, both or neither. The power button turns it off.
 */
const init = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
for round in 1 2 3; do # who needs whom differs between kernels
	for module in /modules/*.ko; do /bin/busybox insmod $module 2>/dev/null; done
done
for device in /dev/input/event*; do
	(/bin/busybox dd if=$device of=/dev/null bs=24 count=1 2>/dev/null && /bin/busybox poweroff -f) &
done
[ ! -b /dev/vda ] || echo "DISK $(/bin/busybox head -c 511 /dev/vda | /bin/busybox tr -cd 'A-Z0-9 ' | /bin/busybox sed 's/ *$//')"
n=0
while :; do
	n=$((n + 1))
	[ ! -b /dev/vda ] || printf '%-511s\\n' "COUNT $n" | /bin/busybox dd of=/dev/vda bs=512 conv=notrunc,fsync 2>/dev/null
	echo "COUNT $n"
	/bin/busybox usleep 200000
done
`;

async function initialRamdisk(parts: GuestParts): Promise<Buffer> {
	const folders: ArchiveEntry[] = ['bin', 'dev', 'modules'].map(name => ({name, mode: modes.folder}));
	const archive = newcArchive([
		...folders,
		{name: 'dev/console', mode: modes.characterDevice, device: {major: 5, minor: 1}},
		{name: 'init', mode: modes.program, content: Buffer.from(init)},
		{name: 'bin/busybox', mode: modes.program, content: await readFile(parts.busybox)},
		...(await moduleEntries(parts)),
	]);
	return gzipSync(archive, {level: 1});
}

async function moduleEntries({modules: folder, busybox}: GuestParts): Promise<ArchiveEntry[]> {
	const files = await readdir(folder, {recursive: true});
	const entries = moduleNames.map(async name => {
		// A module may be called virtio_pci or virtio-pci, and be compressed.
		const pattern = new RegExp(`(^|/)${name.replaceAll('_', '[_-]')}\\.ko(\\.(xz|zst|gz))?$`);
		const file = files.find(candidate => pattern.test(candidate));
		return file === undefined
			? []
			: [{name: `modules/${name}.ko`, mode: modes.file, content: await readModule(path.join(folder, file), busybox)}];
	});
	return (await Promise.all(entries)).flat();
}

/** The kernel takes them plain. Node knows no xz, but the busybox that goes along does. */
async function readModule(file: string, busybox: string): Promise<Uint8Array> {
	const content = await readFile(file);
	switch (path.extname(file)) {
		case '.gz':
			return gunzipSync(content);
		case '.zst':
			return zstdDecompressSync(content);
		case '.xz': {
			const {stdout} = await execa(busybox, ['xz', '-dc'], {
				input: content,
				encoding: 'buffer',
				stripFinalNewline: false,
			});
			return stdout;
		}
		default:
			return content;
	}
}
