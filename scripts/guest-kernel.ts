import {access, chown, glob, mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {buildGuest, type GuestParts} from '../source/lab/guest.ts';
import {isRoot, type Manager, runAsRoot} from './package-managers.ts';

/** Small kernels for virtual machines, by the names that Debian and Ubuntu have for the newest one. */
const kernelPackages = ['linux-image-cloud-amd64', 'linux-image-virtual'];

/**
 * Get a kernel and a busybox for the lab's one real guest and build it. Nothing is installed: packages are unpacked in a temporary folder
 * (apt), or the system's own kernel is used (other systems).
 */
export async function provideGuest(manager: Manager | undefined, say: (line: string) => void): Promise<void> {
	if (process.arch !== 'x64') throw new Error('its kernel is for x86_64 processors');
	if (manager?.name !== 'apt') return buildGuest(await partsOfSystem());

	const folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-guest-'));
	try {
		await buildGuest(await partsFromDebian(folder, manager, say));
	} finally {
		await rm(folder, {recursive: true});
	}
}

async function partsOfSystem(): Promise<GuestParts> {
	const modules = path.join('/lib/modules', os.release());
	return {
		kernel: await firstReadable([path.join(modules, 'vmlinuz'), `/boot/vmlinuz-${os.release()}`]),
		modules,
		busybox: await firstReadable(['/usr/bin/busybox-static', '/usr/bin/busybox', '/usr/sbin/busybox', '/bin/busybox']),
	};
}

async function firstReadable(files: string[]): Promise<string> {
	for (const file of files) {
		const readable = await access(file).then(
			() => true,
			() => false,
		);
		if (readable) return file;
	}

	throw new Error(`none of these is here: ${files.join(', ')}`);
}

async function partsFromDebian(folder: string, manager: Manager, say: (line: string) => void): Promise<GuestParts> {
	const kernel = (await findKernelPackage()) ?? (await refreshed(manager, findKernelPackage));
	if (kernel === undefined) throw new Error(`apt knows none of ${kernelPackages.join(', ')}`);
	say(`Downloading ${kernel} and busybox-static for the domain that boots a Linux; they are not installed`);
	await download(folder, [kernel, 'busybox-static']);
	return {
		kernel: await only(folder, 'boot/vmlinuz-*'),
		modules: folder,
		busybox: await only(folder, '{usr/,}bin/busybox'),
	};
}

/** The package with the newest kernel itself, on which the one with the lasting name depends. */
async function findKernelPackage(): Promise<string | undefined> {
	for (const name of kernelPackages) {
		const {stdout} = await execa('apt-cache', ['depends', '--important', name], {reject: false});
		const kernel = /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
		if (kernel !== undefined) return kernel;
	}
}

async function refreshed<T>(manager: Manager, ask: () => Promise<T>): Promise<T> {
	if (manager.refresh) await runAsRoot(manager.refresh);
	return ask();
}

async function download(folder: string, packages: string[]): Promise<void> {
	// apt downloads as a user of its own where it can, and complains of a folder that this user may not write to.
	if (isRoot()) await chown(folder, Number((await execa('id', ['-u', '_apt'])).stdout), 0);
	await execa('apt-get', ['download', '-qq', ...packages], {cwd: folder});
	for await (const file of glob('*.deb', {cwd: folder})) await execa('dpkg-deb', ['-x', file, '.'], {cwd: folder});
}

async function only(folder: string, pattern: string): Promise<string> {
	for await (const file of glob(pattern, {cwd: folder})) return path.join(folder, file);
	throw new Error(`the packages hold no ${pattern}`);
}
