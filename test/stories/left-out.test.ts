/** Snapshots that hold some of the disks: the others keep what they hold, whatever the snapshot goes through. */

import {stat} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import {can} from '../../source/core/model/capabilities.ts';
import {saying} from '../helpers/saying.ts';
import {everyVariant, variants} from '../helpers/variants.ts';
import {type Cast, type Story, test} from './story.ts';

const states: readonly [string, boolean][] = [
	['shut off', false],
	['running', true],
];
const onRunning = variants(states, ([, running]) => running);
const onShutOff = variants(states, ([, running]) => !running);

const byMethod = (running: boolean) => (running ? 'external-live' : 'external-offline');

const two = (name: string) => [`${name}-1.qcow2`, `${name}-2.qcow2`];

const begin = (story: Story, name: string, running: boolean) => story.domain(name, {disks: two(name), running});

const depths = async (domain: Cast) => (await domain.read()).disks.map(disk => disk.chain.length);

/** Reverts that virsnap does itself want the domain shut off. */
async function goesBack(domain: Cast, tag: string): Promise<void> {
	if ((await domain.read()).id !== null) await domain.turnOff();
	await domain.does({verb: 'revert', tag});
}

test.for(states)(
	'%s: a disk that is left out keeps what it holds when the other goes back',
	async ([, running], {story}) => {
		const domain = await begin(story, `out-${running ? 'on' : 'off'}`, running);
		await domain.write(0x11);
		const plan = await domain.does({verb: 'create', tag: 'a', disks: ['vda']});
		expect(plan).toMatchObject({method: running ? 'external-live' : 'external-offline', leftOut: ['vdb']});
		expect(await domain.snapshot('a')).toMatchObject({
			health: 'ok',
			healthReason: '',
			disks: [{target: 'vda'}],
			leftOut: [{target: 'vdb', source: story.lab.image(two(domain.name)[1]!)}],
		});
		expect(await depths(domain)).toEqual([2, 1]);
		await domain.write(0x22);

		await goesBack(domain, 'a');
		await domain.holds(0x11, 'vda');
		await domain.holds(0x22, 'vdb');
		await domain.does({verb: 'delete', tag: 'a'});
		await domain.holds(0x11, 'vda');
		await domain.holds(0x22, 'vdb');
		expect(await depths(domain)).toEqual([1, 1]);
	},
);

test('a snapshot of the present that a revert takes first leaves the same disk out', async ({story}) => {
	const domain = await begin(story, 'safe', false);
	await domain.write(0x11);
	await domain.does({verb: 'create', tag: 'a', disks: ['vda']});
	await domain.write(0x22);
	await domain.does({verb: 'revert', tag: 'a', safety: true});
	await domain.holds(0x11, 'vda');
	await domain.holds(0x22, 'vdb');
	await domain.write(0x33, 'vdb');
	await domain.undoes();
	await domain.holds(0x22, 'vda');
	await domain.holds(0x33, 'vdb');
});

test.for(onShutOff)('%s: its creation is undone: what both hold by then stays', async ([, running], {story}) => {
	const domain = await begin(story, `undone-${running ? 'on' : 'off'}`, running);
	await domain.does({verb: 'create', tag: 'a', disks: ['vdb'], method: byMethod(running)});
	await domain.write(0x33);
	await domain.undoes();
	await domain.holds(0x33);
	expect(await depths(domain)).toEqual([1, 1]);
	expect(await domain.tags()).toEqual([]);
});

test.for(onRunning)(
	'%s: one of both disks above it: the left-out disk stays on its overlay, and the newer one stays whole',
	async ([, running], {story}) => {
		const domain = await begin(story, `above-${running ? 'on' : 'off'}`, running);
		await domain.write(0x11);
		await domain.does({verb: 'create', tag: 'a', disks: ['vda'], method: byMethod(running)});
		await domain.write(0x22);
		const method = byMethod(running);
		await domain.does({verb: 'create', tag: 'b', method});
		await domain.write(0x33);

		await goesBack(domain, 'a');
		await domain.holds(0x11, 'vda');
		await domain.holds(0x33, 'vdb');
		await domain.write(0x44);
		const dir = path.dirname(story.lab.image('x'));
		const {host} = await story.hypervisor.facts(domain.uuid);
		if (can(host, 'external-revert'))
			expect((await domain.refusal({verb: 'revert', tag: 'b'})).remedy).toEqual(saying('--dir'));
		await domain.does({verb: 'revert', tag: 'b', dir});
		await domain.holds(0x22);
	},
);

test('one of both disks is deleted when one disk went back and the other did not', async ({story}) => {
	const domain = await begin(story, 'apart', false);
	await domain.write(0x11);
	await domain.does({verb: 'create', tag: 'a', disks: ['vda']});
	await domain.write(0x22);
	await domain.does({verb: 'create', tag: 'b', method: 'external-offline'});
	const {disks} = await domain.read();
	await domain.write(0x33);
	await domain.does({verb: 'revert', tag: 'a'});
	await domain.write(0x44);
	await domain.does({verb: 'delete', tag: 'b'});
	await domain.holds(0x44);
	expect(await depths(domain)).toEqual([2, 1]);
	for (const {source} of disks) await expect(stat(source!)).rejects.toThrow('ENOENT');
	await domain.does({verb: 'revert', tag: 'a'});
	await domain.holds(0x11, 'vda');
	await domain.holds(0x44, 'vdb');
});

test.for(onShutOff)(
	'%s: the older one is deleted below one of both disks: only its own disk is merged',
	async ([, running], {story}) => {
		const domain = await begin(story, `below-${running ? 'on' : 'off'}`, running);
		await domain.write(0x11);
		const method = byMethod(running);
		await domain.does({verb: 'create', tag: 'a', disks: ['vda'], method});
		await domain.write(0x22);
		await domain.does({verb: 'create', tag: 'b', method});
		await domain.write(0x33);
		expect(await depths(domain)).toEqual([3, 2]);
		await domain.does({verb: 'delete', tag: 'a'});
		await domain.holds(0x33);
		expect(await depths(domain)).toEqual([2, 2]);
		await goesBack(domain, 'b');
		await domain.holds(0x22);
	},
);

test.for(onShutOff)(
	'%s: the newer one leaves out the other disk, and is deleted above',
	async ([, running], {story}) => {
		const domain = await begin(story, `newer-${running ? 'on' : 'off'}`, running);
		const method = byMethod(running);
		await domain.write(0x11);
		await domain.does({verb: 'create', tag: 'a', method});
		await domain.write(0x22);
		await domain.does({verb: 'create', tag: 'b', disks: ['vdb'], method});
		await domain.write(0x33);
		await domain.does({verb: 'delete', tag: 'b'});
		await domain.holds(0x33);
		expect(await depths(domain)).toEqual([2, 2]);
		await goesBack(domain, 'a');
		await domain.holds(0x11);
	},
);

test('a snapshot that somebody took by hand is told the same way, also renamed, and no clone is made of it', async ({
	story,
}) => {
	const domain = await begin(story, 'hand', false);
	await domain.write(0x11);
	const specs = ['--diskspec=vda,snapshot=external', '--diskspec=vdb,snapshot=no'];
	await domain.virsh('snapshot-create-as', '--name=by-hand', '--disk-only', ...specs);
	await domain.does({verb: 'edit', tag: 'by-hand', newTag: 'renamed', description: 'without vdb'});
	expect(await domain.snapshot('renamed')).toMatchObject({health: 'ok', leftOut: [{target: 'vdb'}]});
	await domain.write(0x22);
	const plan = await domain.plan({verb: 'revert', tag: 'renamed'});
	expect(plan.warnings.join()).toContain(
		'Not in the snapshot: vdb. What it holds stays as it is now, while vda goes back.',
	);
	const refusal = await domain.refusal({verb: 'clone', name: 'twin', tag: 'renamed'});
	expect(refusal).toMatchObject({code: 'unsupported-disk', reason: expect.stringContaining('vdb is not in renamed')});
	await domain.carryOut(plan);
	await domain.holds(0x11, 'vda');
	await domain.holds(0x22, 'vdb');
});

test('overlays and memory go where they are wanted, and go with the snapshot', async ({story}) => {
	const domain = await begin(story, 'placed', true);
	const folder = path.dirname(story.lab.image('x'));
	const [vda, memory] = [path.join(folder, 'fast.overlay'), path.join(folder, 'guest.memory')];
	await domain.write(0x11);
	const overlays = [
		{target: 'vda', path: vda},
		{target: 'vdb', path: `${folder}/`},
	];
	const plan = await domain.does({verb: 'create', tag: 'a', overlays, memoryFile: memory});
	expect(plan).toMatchObject({method: 'external-full', consistency: 'full checkpoint'});
	const {disks} = await domain.read();
	expect(disks.map(({source}) => source)).toEqual([vda, path.join(folder, 'placed-2.a.qcow2')]);
	expect(await domain.snapshot('a')).toMatchObject({memoryFile: memory, health: 'ok', leftOut: []});
	for (const one of [vda, memory]) expect((await stat(one)).mode & 0o777).toBe(0o600);
	for (const wrong of [vda, memory, story.lab.image('placed-2.qcow2')]) {
		const intent = {verb: 'create', tag: 'b', overlays: [{target: 'vda', path: wrong}]} as const;
		expect(await domain.refusal(intent)).toMatchObject({code: 'file-exists', reason: `${wrong} already exists.`});
	}
	await domain.write(0x22);
	await domain.does({verb: 'delete', tag: 'a'});
	await domain.holds(0x22);
	for (const one of [vda, memory]) await expect(stat(one)).rejects.toThrow('ENOENT');
});

test.runIf(everyVariant)('memory that was taken by hand without a disk is loaded only on purpose', async ({story}) => {
	const domain = await begin(story, 'mixed', true);
	const file = story.lab.image('mixed.memory');
	await domain.virsh(
		'snapshot-create-as',
		'--name=m',
		'--live',
		`--memspec=file=${file},snapshot=external`,
		'--diskspec=vda,snapshot=external',
		'--diskspec=vdb,snapshot=no',
	);
	await domain.turnOff();
	const plan = await domain.plan({verb: 'revert', tag: 'm'});
	expect(plan.confirm).toBe('m');
	expect(plan.warnings.join()).toContain('The memory knows what vdb held then');
});

test('memory loaded without a disk that has an overlay by now leaves that disk on it', async ({story}) => {
	const domain = await begin(story, 'on-overlay', true);
	await domain.write(0x11);
	const memory = ['--live', `--memspec=file=${story.lab.image('on-overlay.memory')},snapshot=external`];
	const disks = ['--diskspec=vda,snapshot=external', '--diskspec=vdb,snapshot=no'];
	await domain.virsh('snapshot-create-as', '--name=m', ...memory, ...disks);
	await domain.does({verb: 'create', tag: 'both', method: 'external-live'});
	const overlay = (await domain.read()).disks[1]!.source!;
	await domain.turnOff();
	await domain.write(0x22, 'vdb');
	await domain.does({verb: 'revert', tag: 'm'});
	expect((await domain.read()).disks[1]).toMatchObject({source: overlay});
	await domain.turnOff();
	await domain.holds(0x11, 'vda');
	await domain.holds(0x22, 'vdb');
	expect((await domain.read()).disks[1]).toMatchObject({source: overlay});
});
