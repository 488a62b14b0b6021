import {access, readdir, readFile} from 'node:fs/promises';
import process from 'node:process';
import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import {sweepLabs} from '../../source/lab/keeper.ts';
import {startLab, useLab, waitUntil} from '../helpers/lab.ts';
import {everyVariant} from '../helpers/variants.ts';

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
	// How many shells keep it is the keeper's business.
	expect([...new Set(await programsOf(one.folder))]).toEqual(['libvirtd', 'qemu-system-x86_64', 'sh', 'tini']);

	await one.stop();
	expect(await programsOf(one.folder)).toEqual([]);
	expect(await exists(one.folder)).toBe(false);

	expect((await two.virsh('list', '--name')).trim()).toBe('paused-build');
	await two.stop();
	await two.stop();
	expect(await programsOf(two.folder)).toEqual([]);
});

describe('domains in bad health', () => {
	const story = useLab(['orphaned', 'partial', 'replaced']);

	test('orphaned: libvirt lists what the disk has no more', async () => {
		expect(await story.snapshotNames('orphaned')).toEqual(['kept', 'lost']);
		expect(await story.tags(story.image('orphaned.qcow2'))).toEqual(['kept']);
	});

	test('partial: one disk has a tag that the other lacks', async () => {
		expect(await story.tags(story.image('partial-vda.qcow2'))).toEqual(['whole', 'half']);
		expect(await story.tags(story.image('partial-vdb.qcow2'))).toEqual(['whole']);
	});

	test('replaced: libvirt and the disk say different times', async () => {
		const xml = await story.virsh('snapshot-dumpxml', '--domain', 'replaced', '--snapshotname', 'nightly');
		const recorded = Number(/<creationTime>(\d+)</.exec(xml)?.[1]);
		const information = JSON.parse(await story.qemuImg('info', '-U', '--output=json', story.image('replaced.qcow2')));
		expect(information.snapshots[0]['date-sec'] - recorded).toBeGreaterThan(2 * 24 * 60 * 60);
	});
});

describe.runIf(everyVariant)('the guest that counts', () => {
	const story = useLab(['counter']);

	test('resumes where its memory was saved', async () => {
		await waitUntil(async () => (await story.count()) >= 3, {seconds: 60});
		await story.monitor('counter', 'savevm early');
		const atSnapshot = await story.count();
		await waitUntil(async () => (await story.count()) >= atSnapshot + 5);

		await story.monitor('counter', 'loadvm early');
		const after = await waitUntil(() => firstAfterReturn('counter'));
		expect(after).toBeLessThanOrEqual(atSnapshot + 1);
	});

	/** The first count that is lower than the one before it. */
	async function firstAfterReturn(domain: string): Promise<number | undefined> {
		const counts = [...(await story.console(domain)).matchAll(/^COUNT (\d+)\r?\n/gm)].map(match => Number(match[1]));
		return counts.find((count, index) => index > 0 && count < counts[index - 1]!);
	}
});

describe('a lab whose owner is gone', () => {
	test('goes as well, however the owner was ended', async () => {
		const {owner, folder} = await startInProcess();
		owner.kill('SIGKILL');
		await waitUntil(async () => !(await exists(folder)));
		// The shell that has removed it ends after that.
		await waitUntil(async () => (await programsOf(folder)).length === 0);
	});

	test('goes in an orderly way on SIGTERM', async () => {
		const {owner, folder} = await startInProcess();
		owner.kill('SIGTERM');
		await owner;
		expect(await exists(folder)).toBe(false);
	});

	test('is swept away when its keeper was killed too', async () => {
		const {owner, folder} = await startInProcess();
		const keeper = (await processesOf(folder)).find(
			process => process.program === 'sh' && process.command.includes('keeper'),
		);
		process.kill(keeper?.pid as number, 'SIGKILL');
		owner.kill('SIGKILL');
		await owner;
		expect(await programsOf(folder)).toContain('libvirtd');

		await sweepLabs();
		expect(await exists(folder)).toBe(false);
		expect(await programsOf(folder)).toEqual([]);
	});
});

/** A lab that belongs to another process of ours. */
async function startInProcess() {
	const owner = execa(process.execPath, ['scripts/lab.ts', 'up', 'node1'], {reject: false, stdin: 'ignore'});
	let output = '';
	owner.stdout.on('data', chunk => {
		output += String(chunk);
	});
	const folder = await waitUntil(() => /^# (.+)\nexport /m.exec(output)?.[1]);
	return {owner, folder};
}

function exists(file: string): Promise<boolean> {
	return access(file).then(
		() => true,
		() => false,
	);
}

/** Programs that name a folder on their command line. */
async function programsOf(folder: string): Promise<string[]> {
	return (await processesOf(folder)).map(({program}) => program).sort();
}

async function processesOf(folder: string) {
	const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
	const processes = pids.map(async pid => {
		const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
		return {pid: Number(pid), command, program: command.split('\0', 1)[0]?.split('/').at(-1) ?? ''};
	});
	return (await Promise.all(processes)).filter(({command}) => command.includes(folder));
}
