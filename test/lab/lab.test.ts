import {access, readdir, readFile} from 'node:fs/promises';
import {describe, expect, test} from 'vitest';
import {startLab, useLab} from '../helpers/lab.ts';

describe('a lab', () => {
	const story = useLab(['Koan', 'saved-mail']);

	test('has the domains asked for, in their states', async () => {
		expect(await story.state('Koan')).toBe('running');
		expect(await story.state('saved-mail')).toBe('shut off');
		expect(await story.virsh('list', '--all', '--with-managed-save', '--name')).toBe('saved-mail');
	});

	test('has real snapshots, of which libvirt knows its own only', async () => {
		expect(await story.tags(story.image('Koan.qcow2'))).toEqual(['k1-snap', 'k2-snap', 'k3-snap']);
		expect(await story.snapshotNames('Koan')).toEqual(['k3-snap']);
	});

	test('tells disk contents apart, before and after a revert', async () => {
		expect(await story.hasPatternLive('Koan', 'vda', 0x44)).toBe(true);
		expect(await story.hasPatternLive('Koan', 'vda', 0x22)).toBe(false);
		await story.monitor('Koan', 'loadvm k2-snap');
		expect(await story.hasPatternLive('Koan', 'vda', 0x22)).toBe(true);
	});

	test('throws what the monitor only prints', async () => {
		await expect(story.monitor('Koan', 'loadvm nothing')).rejects.toThrow(/nothing/);
	});
});

test('two labs run side by side and leave nothing behind', async () => {
	const [one, two] = await Promise.all([startLab({domains: ['node1']}), startLab({domains: ['paused-build']})]);
	expect((await one.virsh('list', '--name')).trim()).toBe('node1');
	expect((await two.virsh('list', '--name')).trim()).toBe('paused-build');
	expect((await programsOf(one.folder)).sort()).toEqual(['libvirtd', 'qemu-system-x86_64', 'sh', 'tini']);

	await one.stop();
	expect(await programsOf(one.folder)).toEqual([]);
	await expect(access(one.folder)).rejects.toThrow('ENOENT');

	expect((await two.virsh('list', '--name')).trim()).toBe('paused-build');
	await two.stop();
	await two.stop();
	expect(await programsOf(two.folder)).toEqual([]);
});

/** Programs that name a folder on their command line. */
async function programsOf(folder: string): Promise<string[]> {
	const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
	const commands = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
	const ofFolder = commands.filter(command => command.includes(folder));
	return ofFolder.map(command => command.split('\0', 1)[0]?.split('/').at(-1) ?? '');
}
