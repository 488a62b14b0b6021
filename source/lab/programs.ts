/** What a lab starts, and what of it this machine lacks. */
import {access, constants} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

const programs = ['libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'tini'];

/** Where daemons are, which are not on everybody's PATH. */
const systemFolders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** What stands before a lab that is a host of its own. */
export const sshPrograms = ['ssh', 'sshd', 'ssh-keygen'];

/** Names of the programs that are missing; empty where a lab can start. `beside`: folders looked into behind PATH. */
export async function missingPrograms(
	more: readonly string[] = [],
	beside: readonly string[] = systemFolders,
): Promise<readonly string[]> {
	const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...beside];
	const wanted = [...programs, ...more];
	const there = await Promise.all(wanted.map(program => isIn(folders, program)));
	return wanted.filter((_, index) => !there[index]);
}

async function isIn(folders: readonly string[], program: string): Promise<boolean> {
	const found = folders.map(folder => access(path.join(folder, program), constants.X_OK));
	return Promise.any(found).then(
		() => true,
		() => false,
	);
}
