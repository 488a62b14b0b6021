import {rm} from 'node:fs/promises';
import {writePattern, writePatternLive} from '../pattern.ts';
import type {Recipe} from './recipe.ts';
import {
	createExternalSnapshot,
	defineWithDisk,
	defineWithTwoDisks,
	redefineCreationTime,
	snapshotCreateAs,
	start,
} from './steps.ts';

const day = 24 * 60 * 60;

/** Domains whose snapshots are not what one of libvirt and qcow2 says they are, or whose tags are traps. */
export const unhealthy = {
	orphaned: {
		shows: 'running, libvirt still lists a snapshot that the disk no longer has',
		async prepare(lab, name) {
			await defineWithDisk(lab, name);
			await start(lab, name);
			await writePatternLive(lab, name, 'vda', 0x11);
			await snapshotCreateAs(lab, name, 'lost');
			await writePatternLive(lab, name, 'vda', 0x22);
			await snapshotCreateAs(lab, name, 'kept');
			await lab.monitor(name, 'delvm lost');
		},
	},
	partial: {
		shows: 'shut off, a tag on the first of two disks only',
		async prepare(lab, name) {
			const [first, second] = await defineWithTwoDisks(lab, name);
			await writePattern(lab, first, 0x11);
			await writePattern(lab, second, 0x11);
			await lab.qemuImg('snapshot', '-c', 'whole', first);
			await lab.qemuImg('snapshot', '-c', 'whole', second);
			await writePattern(lab, first, 0x22);
			await lab.qemuImg('snapshot', '-c', 'half', first);
		},
	},
	replaced: {
		shows: 'running, savevm wrote over a snapshot of libvirt’s',
		async prepare(lab, name) {
			await defineWithDisk(lab, name);
			await start(lab, name);
			await writePatternLive(lab, name, 'vda', 0x11);
			await snapshotCreateAs(lab, name, 'nightly');
			// Both happen within a second here; three days lie between them where people do it.
			await redefineCreationTime(lab, name, 'nightly', Math.floor(Date.now() / 1000) - 3 * day);
			await writePatternLive(lab, name, 'vda', 0x22);
			await lab.monitor(name, 'savevm nightly');
		},
	},
	'missing-files': {
		shows: 'running, the memory file of its external snapshot was deleted',
		async prepare(lab, name) {
			await defineWithDisk(lab, name);
			await start(lab, name);
			await writePatternLive(lab, name, 'vda', 0x11);
			const {memory} = await createExternalSnapshot(lab, name, 'cleaned-up');
			await rm(memory);
		},
	},
	numeric: {
		shows: 'shut off, the tag of one snapshot is the number of another',
		async prepare(lab, name) {
			const disk = await defineWithDisk(lab, name);
			await writePattern(lab, disk, 0x11);
			await lab.qemuImg('snapshot', '-c', '2', disk);
			await writePattern(lab, disk, 0x22);
			await lab.qemuImg('snapshot', '-c', 'x', disk);
		},
	},
	'odd "names"': {
		shows: 'shut off, tags with escape sequences, quotes, newlines and dashes',
		async prepare(lab, name) {
			const disk = await defineWithDisk(lab, name);
			await snapshotCreateAs(lab, name, '--force');
			await snapshotCreateAs(lab, name, '<b>&amp; "quoted" \'it\'');
			for (const tag of ['\u001B]0;owned\u0007title', '\u001B[31mred\u001B[0m', 'two\nlines', '; quit']) {
				await lab.qemuImg('snapshot', '-c', tag, disk);
			}
		},
	},
} satisfies Record<string, Recipe>;
