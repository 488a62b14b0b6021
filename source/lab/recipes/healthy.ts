import {hasUefiFirmware} from '../firmware.ts';
import {findGuest} from '../guest.ts';
import {writePattern, writePatternLive} from '../pattern.ts';
import type {Recipe} from './recipe.ts';
import {bringIn, createExternalSnapshot, defineWithDisk, defineWithTwoDisks, snapshotCreateAs, start} from './steps.ts';

// Disks hold 0x11 at the first snapshot, 0x22 at the second and so on: what a revert brought back can be read off them.

/** The domains that nothing is wrong with; all have 64 MiB and no operating system but `counter`. */
export const healthy = {
	Koan: {
		shows: 'running, a snapshot by each internal method',
		async prepare(lab, name) {
			const disk = await defineWithDisk(lab, name);
			await writePattern(lab, disk, 0x11);
			await lab.qemuImg('snapshot', '-c', 'k1-snap', disk);
			await start(lab, name);
			await writePatternLive(lab, name, 'vda', 0x22);
			await lab.monitor(name, 'savevm k2-snap');
			await writePatternLive(lab, name, 'vda', 0x33);
			await snapshotCreateAs(lab, name, 'k3-snap');
			await writePatternLive(lab, name, 'vda', 0x44);
		},
	},
	DBHost: {
		shows: 'running, two disks in each snapshot',
		async prepare(lab, name) {
			await defineWithTwoDisks(lab, name);
			await start(lab, name);
			await writeBoth(0x11);
			await snapshotCreateAs(lab, name, 'before-upgrade', '--description', 'Tables as of release 9');
			await writeBoth(0x22);
			await snapshotCreateAs(lab, name, 'after-upgrade', '--description', 'Release 10, checked');
			await writeBoth(0x33);

			async function writeBoth(byte: number) {
				await writePatternLive(lab, name, 'vda', byte);
				await writePatternLive(lab, name, 'vdb', byte);
			}
		},
	},
	'web-stopped': {
		shows: 'shut off, on an overlay: one external snapshot',
		async prepare(lab, name) {
			const disk = await defineWithDisk(lab, name);
			await writePattern(lab, disk, 0x11);
			const overlay = `vda,snapshot=external,file=${lab.image(`${name}.installed.qcow2`)}`;
			const about = ['--description', 'Fresh after the installation'];
			await snapshotCreateAs(lab, name, 'installed', ...about, '--disk-only', '--diskspec', overlay);
			await writePattern(lab, lab.image(`${name}.installed.qcow2`), 0x22);
		},
	},
	'paused-build': {
		shows: 'paused, with one snapshot',
		async prepare(lab, name) {
			await defineWithDisk(lab, name);
			await start(lab, name, '--paused');
			await writePatternLive(lab, name, 'vda', 0x11);
			await snapshotCreateAs(lab, name, 'halfway');
			await writePatternLive(lab, name, 'vda', 0x22);
		},
	},
	'saved-mail': {
		shows: 'saved: its memory waits in a managed save',
		async prepare(lab, name) {
			const disk = await defineWithDisk(lab, name);
			await writePattern(lab, disk, 0x11);
			await lab.qemuImg('snapshot', '-c', 'before-save', disk);
			await start(lab, name);
			await writePatternLive(lab, name, 'vda', 0x22);
			await lab.virsh('managedsave', '--domain', name);
		},
	},
	'uefi-desk': {
		shows: 'shut off, UEFI whose variables lie in a raw file',
		async missing() {
			return (await hasUefiFirmware()) ? undefined : 'this machine has no UEFI firmware for QEMU';
		},
		async prepare(lab, name) {
			const file = await lab.createImage(`${name}.qcow2`);
			await writePattern(lab, file, 0x11);
			await lab.define({name, uefi: true, disks: [{target: 'vda', file}]});
			// The first start writes the file of variables; no need for the firmware to run.
			await start(lab, name, '--paused');
			await lab.virsh('destroy', '--domain', name);
		},
	},
	'raw-data': {
		shows: 'shut off, a raw disk beside the qcow2 and an empty CD-ROM',
		async prepare(lab, name) {
			const system = await lab.createImage(`${name}.qcow2`);
			const data = await lab.createImage(`${name}.raw`, {format: 'raw'});
			await writePattern(lab, system, 0x11);
			await writePattern(lab, data, 0x11, {format: 'raw'});
			const disks = [
				{target: 'vda', file: system},
				{target: 'vdb', file: data, format: 'raw'} as const,
				{target: 'sda', device: 'cdrom'} as const,
			];
			await lab.define({name, disks});
		},
	},
	'开发 环境 one': {
		shows: 'running, spaces and Chinese in all of its names',
		async prepare(lab, name) {
			const disk = await defineWithDisk(lab, name);
			await writePattern(lab, disk, 0x11);
			await lab.qemuImg('snapshot', '-c', '初始 状态', disk);
			await writePattern(lab, disk, 0x22);
			// While it is shut off: newer libvirt (11.3) fails on a running domain, since it makes the tag part of a QEMU job's name.
			await snapshotCreateAs(lab, name, '升级之前', '--description', '系统升级之前的快照');
			await start(lab, name);
			await writePatternLive(lab, name, 'vda', 0x33);
			await lab.monitor(name, 'savevm "运行 当中"');
			await writePatternLive(lab, name, 'vda', 0x44);
		},
	},
	chain: {
		shows: 'running on three overlays, each snapshot external and with its memory',
		async prepare(lab, name) {
			await defineWithDisk(lab, name);
			await start(lab, name);
			for (const [index, tag] of ['monday', 'tuesday', 'wednesday'].entries()) {
				await writePatternLive(lab, name, 'vda', 0x11 * (index + 1));
				await createExternalSnapshot(lab, name, tag);
			}

			await writePatternLive(lab, name, 'vda', 0x44);
		},
	},
	'base-image': {
		shows: 'shut off: the base of linked clones',
		async prepare(lab, name) {
			const disk = await defineWithDisk(lab, name);
			await writePattern(lab, disk, 0x11);
		},
	},
	node1: {
		shows: 'running, a linked clone of base-image',
		needs: ['base-image'],
		async prepare(lab, name) {
			const file = lab.image(`${name}.qcow2`);
			await lab.qemuImg(
				'create',
				'-q',
				'-f',
				'qcow2',
				'-b',
				lab.image('base-image.qcow2'),
				'-F',
				'qcow2',
				'-o',
				'size=32M',
				file,
			);
			await lab.define({name, disks: [{target: 'vda', file}]});
			await start(lab, name);
			await writePatternLive(lab, name, 'vda', 0x22, {offset: 65_536});
		},
	},
	counter: {
		shows: 'running a Linux that counts, on its console and on its disk',
		async missing() {
			return (await findGuest()) ? undefined : 'its kernel is not on this machine (npm run demo gets it)';
		},
		async prepare(lab, name) {
			const guest = await findGuest();
			if (guest === undefined) return;
			const [image, initrd] = await Promise.all([bringIn(lab, guest.kernel), bringIn(lab, guest.initrd)]);
			await lab.define({
				name,
				memoryMiB: 96,
				kernel: {image, initrd, commandLine: 'console=ttyS0 quiet panic=-1 tsc=reliable no_timer_check'},
				console: lab.consoleFile(name),
				disks: [{target: 'vda', file: await lab.createImage(`${name}.qcow2`)}],
			});
			await start(lab, name);
		},
	},
} satisfies Record<string, Recipe>;
