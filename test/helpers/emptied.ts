/** A lab that several tests use, one after another, and that each of them finds empty. */
import {readdir, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import type {Lab} from './lab.ts';

/** Take stock of what an empty lab has in its folder. @returns what takes away everything that has come since */
export async function emptied(lab: Lab): Promise<() => Promise<void>> {
	const own = new Set(await readdir(lab.folder));
	return async () => {
		await removeDomains(lab);
		const left = (await readdir(lab.folder)).filter(name => !own.has(name));
		await unmountAll(lab.folder);
		await Promise.all(left.map(name => rm(path.join(lab.folder, name), {recursive: true, force: true})));
		await Promise.all(['images', 'files'].map(folder => emptyFolder(path.join(lab.folder, folder))));
	};
}

async function removeDomains(lab: Lab): Promise<void> {
	const names = async (...which: string[]) => {
		const text = await lab.virsh('list', '--name', ...which);
		return text.split('\n').filter(name => name !== '');
	};
	await Promise.all((await names()).map(name => lab.virsh('destroy', '--domain', name)));
	const everything = ['--managed-save', '--snapshots-metadata', '--checkpoints-metadata', '--nvram'];
	await Promise.all((await names('--all')).map(name => lab.virsh('undefine', '--domain', name, ...everything)));
}

/** File systems that a test has mounted in the lab; root's alone. */
async function unmountAll(folder: string): Promise<void> {
	const points = (await readFile('/proc/mounts', 'utf8')).split('\n').map(line => line.split(' ')[1] ?? '');
	for (const point of points.filter(one => one.startsWith(`${folder}/`))) await execa('umount', ['-l', point]);
}

async function emptyFolder(folder: string): Promise<void> {
	const names = await readdir(folder);
	await Promise.all(names.map(name => rm(path.join(folder, name), {recursive: true, force: true})));
}
