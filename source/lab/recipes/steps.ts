import {chown, copyFile} from 'node:fs/promises';
import path from 'node:path';
import type {Lab} from '../lab.ts';

/** Define a domain with one qcow2 disk of its own, vda; answers with its file. */
export async function defineWithDisk(lab: Lab, name: string): Promise<string> {
	const file = await lab.createImage(`${name}.qcow2`);
	await lab.define({name, disks: [{target: 'vda', file}]});
	return file;
}

/** The same with two disks, vda and vdb. */
export async function defineWithTwoDisks(lab: Lab, name: string): Promise<[string, string]> {
	const first = await lab.createImage(`${name}-vda.qcow2`);
	const second = await lab.createImage(`${name}-vdb.qcow2`);
	await lab.define({
		name,
		disks: [
			{target: 'vda', file: first},
			{target: 'vdb', file: second},
		],
	});
	return [first, second];
}

export async function start(lab: Lab, name: string, ...flags: string[]): Promise<void> {
	await lab.virsh('start', '--domain', name, ...flags);
}

/** A snapshot by libvirt: internal, with memory where the domain runs, unless flags say otherwise. */
export async function snapshotCreateAs(lab: Lab, name: string, tag: string, ...flags: string[]): Promise<void> {
	await lab.virsh('snapshot-create-as', '--domain', name, `--name=${tag}`, ...flags);
}

/** An external snapshot of a running domain with one disk: an overlay for vda and a file for the memory. */
export async function createExternalSnapshot(
	lab: Lab,
	name: string,
	tag: string,
): Promise<{overlay: string; memory: string}> {
	const overlay = lab.image(`${name}.${tag}.qcow2`);
	const memory = lab.image(`${name}.${tag}.memory`);
	const disk = `vda,snapshot=external,file=${overlay}`;
	await snapshotCreateAs(
		lab,
		name,
		tag,
		'--atomic',
		'--memspec',
		`file=${memory},snapshot=external`,
		'--diskspec',
		disk,
	);
	return {overlay, memory};
}

/** Give libvirt's idea of when a snapshot was made another value, in seconds since 1970. */
export async function redefineCreationTime(lab: Lab, name: string, tag: string, seconds: number): Promise<void> {
	const xml = await lab.virsh('snapshot-dumpxml', '--domain', name, `--snapshotname=${tag}`, '--security-info');
	const changed = xml.replace(/<creationTime>\d+<\/creationTime>/, `<creationTime>${seconds}</creationTime>`);
	const file = await lab.writeFile(`${name}.${tag}.snapshot.xml`, changed);
	await lab.virsh('snapshot-create', '--domain', name, '--xmlfile', file, '--redefine');
}

/** A copy in the lab's folder that the lab's user can read. */
export async function bringIn(lab: Lab, file: string): Promise<string> {
	const copy = path.join(lab.folder, 'files', path.basename(file));
	await copyFile(file, copy);
	if (lab.user) await chown(copy, lab.user.uid, lab.user.gid);
	return copy;
}
