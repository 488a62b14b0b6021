import {constants} from 'node:fs';
import {access} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';

/** How a package manager refreshes its lists and installs, without asking back. */
export type Manager = {name: ManagerName; refresh?: string[]; install: string[]};

export type ManagerName = 'apt' | 'dnf' | 'zypper';

const managers: Array<Manager & {program: string}> = [
	{
		name: 'apt',
		program: 'apt-get',
		refresh: ['apt-get', 'update', '-qq'],
		install: ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'],
	},
	{name: 'dnf', program: 'dnf', install: ['dnf', 'install', '-y', '--setopt=install_weak_deps=False']},
	{name: 'zypper', program: 'zypper', install: ['zypper', '--non-interactive', 'install', '--no-recommends']},
];

/** The package manager of this system, where we know it. */
export async function findManager(): Promise<Manager | undefined> {
	for (const manager of managers) {
		if (await hasCommand(manager.program)) return manager;
	}
}

/** Whether a program is there; those for administrators count even where an ordinary PATH leaves them out. */
export async function hasCommand(name: string): Promise<boolean> {
	const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
	const found = await Promise.all(folders.map(folder => isExecutable(path.join(folder, name))));
	return found.includes(true);
}

/** Whether we are root or can become it. */
export async function canBecomeRoot(): Promise<boolean> {
	return isRoot() || (await hasCommand('sudo'));
}

/** Run a package manager's command as root; what it prints comes out only where it fails, with execa's error. */
export async function runAsRoot(argv: readonly string[]): Promise<void> {
	const settings = ['env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C.UTF-8'];
	const [program, ...args] = isRoot() ? [...settings, ...argv] : ['sudo', ...settings, ...argv];
	await execa(program as string, args, {stdin: 'inherit', all: true});
}

export function isRoot(): boolean {
	return process.getuid?.() === 0;
}

function isExecutable(file: string): Promise<boolean> {
	return access(file, constants.X_OK).then(
		() => true,
		() => false,
	);
}
