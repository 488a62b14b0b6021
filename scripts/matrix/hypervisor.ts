/** A Debian in a folder that is a hypervisor: its own libvirtd, QEMU, virsh and qemu-img; only Node and the project come from here. */
import path from 'node:path';
import {type DebianFolder, debianFolder, type EnterOptions, enter} from '../debian-folder.ts';
import type {Release} from './releases.ts';

const project = path.dirname(path.dirname(import.meta.dirname));
const packages = [
	'qemu-system-x86',
	'qemu-utils',
	'libvirt-daemon',
	'libvirt-daemon-driver-qemu',
	'libvirt-clients',
	'tini',
	'ovmf',
	'busybox-static',
	'cpio',
	'strace',
];

/** To be reached as another host; in a folder beside the usual one, which stays as it is. */
const behindSsh = {name: 'libvirt-ssh', packages: ['openssh-server', 'openssh-client']};

/** Made once, then cached. `remote`: with an sshd. Rejects where it cannot be made: no mirror has it any more, say. */
export async function hypervisor(release: Release, {remote = false} = {}): Promise<DebianFolder> {
	const {name, packages: more} = remote ? behindSsh : {name: 'libvirt', packages: []};
	return debianFolder(release.suite, {name, packages: [...packages, ...release.packages, ...more]});
}

/** Runs a command of the project inside; rejects where it fails. */
export async function enterHypervisor(
	folder: DebianFolder,
	argv: readonly string[],
	env: NonNullable<EnterOptions['env']> = {},
): Promise<void> {
	await enter(folder, argv, {cwd: project, binds: {[project]: project, ...guestKernel()}, env});
}

/** The guest's kernel, fetched once, serves all. */
function guestKernel(): Record<string, string> {
	const folder = path.join(
		process.env.XDG_CACHE_HOME || path.join(process.env.HOME ?? '/root', '.cache'),
		'virsnap/guest',
	);
	return {[folder]: '/root/.cache/virsnap/guest'};
}
