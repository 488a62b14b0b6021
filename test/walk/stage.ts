/** One real domain of a walk: set up, written to and read past the product, so that what is compared is not what it says itself. */
import {readdir, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import type {DiskSpec} from '../../source/lab/domain-xml.ts';
import type {Lab} from '../../source/lab/lab.ts';

/** Where in a disk a byte is kept; together they tell one point in time from another. */
export const offsets = [0, 65_536, 524_288, 1_048_576] as const;

const size = '2M';
const length = 4096;

/** What a disk holds at each of the offsets. */
export type Contents = readonly number[];

export const blank: Contents = offsets.map(() => 0);

export type Stage = {
	readonly name: string;
	readonly targets: readonly string[];
	/** Fresh disks and a fresh definition, whatever was there; answers with the UUID. */
	setUp(): Promise<string>;
	/** Past libvirt, with qemu-io, into the image of a domain that is off. */
	write(file: string, slot: number, byte: number): Promise<void>;
	/** By the running domain's QEMU, as if by the guest. */
	writeLive(target: string, slot: number, byte: number): Promise<void>;
	/** Brings the files of an active domain up to date. */
	flush(): Promise<void>;
	contentsOf(file: string): Promise<Contents>;
	/** What an internal snapshot holds. */
	snapshotContents(file: string, tag: string): Promise<Contents>;
	/** How many layers an image stands on, itself included. */
	layersOf(file: string): Promise<number>;
	/** The path of a file beside the disks. */
	file(name: string): string;
	virsh(command: string, ...args: string[]): Promise<string>;
	/** A line for QEMU's monitor; rejects where it answers with an error. */
	monitor(line: string): Promise<string>;
	qemuImg(...args: string[]): Promise<string>;
	/** A linked clone and its overlays. */
	removeClone(clone: string, files: readonly string[]): Promise<void>;
};

/** `files` by their ending: `.raw` is raw, all else qcow2. */
export function createStage(lab: Lab, name: string, files: readonly string[]): Stage {
	const targets = files.map((_, index) => `vd${'abcd'[index]}`);
	const virsh = (command: string, ...args: string[]) => lab.virsh(command, '--domain', name, ...args);
	const live = (target: string, command: string) =>
		lab.monitor(
			name,
			`qemu-io -d /machine/peripheral/virtio-disk${targets.indexOf(target)}/virtio-backend "${command}"`,
		);

	async function createDisk(file: string, index: number): Promise<DiskSpec> {
		const format = formatOf(file);
		return {target: targets[index]!, format, file: await lab.createImage(file, {format, size})};
	}

	return {
		name,
		targets,
		virsh,
		file: file => lab.image(`${name}.${file}`),
		monitor: line => lab.monitor(name, line),
		qemuImg: (...args) => lab.qemuImg(...args),
		async setUp() {
			await virsh('destroy').catch(() => {});
			await virsh('undefine', '--managed-save', '--snapshots-metadata').catch(() => {});
			for (const clone of (await lab.virsh('list', '--all', '--name')).split('\n'))
				if (clone.startsWith(`${name}-`)) await lab.virsh('undefine', '--domain', clone);
			const stems = files.map(file => file.slice(0, file.lastIndexOf('.')));
			const left = (await readdir(lab.image('.'))).filter(
				file => stems.some(stem => file.startsWith(stem)) || file.startsWith(`${name}.`),
			);
			await Promise.all(left.map(file => rm(lab.image(file))));
			await lab.define({name, disks: await Promise.all(files.map(createDisk))});
			return (await virsh('domuuid')).trim();
		},
		async write(file, slot, byte) {
			await qemuIo(lab, [`write -P ${byte} ${offsets[slot]} ${length}`], ['-f', formatOf(file), file]);
		},
		async writeLive(target, slot, byte) {
			await live(target, `write -P ${byte} ${offsets[slot]} ${length}`);
		},
		async flush() {
			for (const target of targets) await live(target, 'flush');
		},
		async contentsOf(file) {
			const reads = offsets.map(offset => `read -v ${offset} 512`);
			return bytesIn(await qemuIo(lab, reads, ['-r', '-U', '-f', formatOf(file), file]));
		},
		async snapshotContents(file, tag) {
			const copy = path.join(lab.folder, 'images', '.copy');
			await rm(copy, {force: true});
			await lab.qemuImg('convert', '-U', '-l', `snapshot.name=${tag}`, '-f', 'qcow2', '-O', 'raw', file, copy);
			const bytes = await readFile(copy);
			return offsets.map(offset => bytes[offset] ?? 0);
		},
		async removeClone(clone, files) {
			await lab.virsh('undefine', '--domain', clone);
			await Promise.all(files.map(file => rm(file)));
		},
		async layersOf(file) {
			const text = await lab.qemuImg('info', '-U', '--backing-chain', '--output=json', '-f', formatOf(file), file);
			return (JSON.parse(text) as unknown[]).length;
		},
	};
}

/** Overlays of raw images are qcow2, and none of their names ends like this. */
function formatOf(file: string): 'qcow2' | 'raw' {
	return file.endsWith('.raw') ? 'raw' : 'qcow2';
}

function qemuIo(lab: Lab, commands: readonly string[], args: readonly string[]): Promise<string> {
	return lab.run('qemu-io', [...commands.flatMap(command => ['-c', command]), ...args]);
}

/** The first byte at each offset, out of qemu-io's hexadecimal dump. */
function bytesIn(dump: string): Contents {
	const bytes = new Map<number, number>();
	for (const [, address, byte] of dump.matchAll(/^([\da-f]{8,}):\s+([\da-f]{2})/gm))
		bytes.set(Number.parseInt(address!, 16), Number.parseInt(byte!, 16));
	return offsets.map(offset => bytes.get(offset) ?? -1);
}
