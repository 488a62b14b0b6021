/** What libvirt's records know is used: disks, overlays and snapshots that the present definition does not name. */
import {expect} from 'vitest';
import {can} from '../../source/core/model/capabilities.ts';
import {hasPattern, writePatternLive} from '../../source/lab/pattern.ts';
import {everyVariant, variants} from '../helpers/variants.ts';
import {asSata, redefined} from './redefined.ts';
import {type Story, test} from './story.ts';

/** Of a domain whose vdb was attached while it ran, and is not in its definition. */
async function withLiveDisk(story: Story, name: string) {
	const domain = await story.domain(name, {running: true});
	await domain.does({verb: 'create', tag: 's1', method: 'external-live'});
	const file = await story.lab.createImage(`${name}-data.qcow2`);
	await domain.virsh('attach-disk', file, 'vdb', '--subdriver', 'qcow2', '--live');
	await domain.write(0xa1);
	return domain;
}

test.for(variants(['external-full', 'external-live'] as const, method => method === 'external-live'))(
	'a disk that was attached live only comes back with the snapshot that recorded it: %s',
	async (method, {story}) => {
		const domain = await withLiveDisk(story, `hotplug-${method}`);
		await domain.does({verb: 'create', tag: 's2', method});
		await domain.write(0xb2);
		await domain.turnOff();
		expect((await domain.read()).disks.map(({target}) => target)).toEqual(['vda']);
		await domain.does({verb: 'revert', tag: 's1'});
		const plan = await domain.does({verb: 'revert', tag: 's2'});
		expect(plan.warnings.join(' ')).toContain('vdb');
		expect((await domain.read()).disks.map(({target}) => target)).toEqual(['vda', 'vdb']);
		await domain.holds(0xa1);
		if (method === 'external-full') return;
		await domain.undoes();
		expect((await domain.read()).disks.map(({target}) => target)).toEqual(['vda']);
	},
);

test.runIf(everyVariant)(
	'a snapshot with a disk that was detached since is deleted, and that disk keeps what it holds',
	async ({story}) => {
		const domain = await withLiveDisk(story, 'unplugged');
		await domain.does({verb: 'create', tag: 's2', method: 'external-live'});
		await writePatternLive(story.lab, 'unplugged', 'vdb', 0xb2);
		const overlay = (await domain.read()).disks.find(({target}) => target === 'vdb')!.source!;
		// What was attached live only is gone with the power; a guest without a system lets go of no disk before.
		await domain.turnOff();
		const plan = await domain.does({verb: 'delete', tag: 's2'});
		expect(plan.warnings.join(' ')).toContain(overlay);
		expect(await hasPattern(story.lab, overlay, 0xb2, {format: 'qcow2'})).toBe(true);
		await domain.holds(0xa1);
	},
);

test.for(variants([true, false], running => running))(
	'after blockpull by hand the image that stands alone is left alone; running: %s',
	async (running, {story}) => {
		const domain = await story.domain(`pulled-${running}`, {running: true});
		await domain.write(0xa1);
		await domain.does({verb: 'create', tag: 's1', method: 'external-live'});
		await domain.does({verb: 'create', tag: 's2', method: 'external-live'});
		await domain.write(0xb2);
		await domain.virsh('blockpull', 'vda', '--wait');
		if (!running) await domain.turnOff();
		const active = (await domain.read()).disks[0]!.source;
		await domain.does({verb: 'delete', tag: 's1'});
		await domain.holds(0xb2);
		expect((await domain.read()).disks[0]!.chain.map(({file}) => file)).toEqual([active]);
		await domain.does({verb: 'delete', tag: 's2'});
		await domain.holds(0xb2);
		if (running) await domain.turnOff();
		await domain.virsh('start');
		await domain.holds(0xb2);
	},
);

test('undo takes a disk that only the revert has brought back out again', async ({story, skip}) => {
	const domain = await story.domain('returned', {disks: ['returned-1.qcow2', 'returned-2.qcow2']});
	const {host} = await story.hypervisor.facts(domain.uuid);
	if (can(host, 'external-revert')) return skip('libvirt reverts it, and leaves no overlay');
	const targets = async () => (await domain.read()).disks.map(({target}) => target);
	await domain.does({verb: 'create', tag: 's1', method: 'external-offline', disks: ['vdb']});
	await domain.virsh('detach-disk', '--target', 'vdb', '--config');
	await domain.does({verb: 'revert', tag: 's1'});
	expect(await targets()).toEqual(['vda', 'vdb']);
	await domain.undoes();
	expect(await targets()).toEqual(['vda']);
});

test.for(variants(['detached', 'renamed'], how => how === 'detached'))(
	'an internal snapshot with a disk that is %s stays while the domain runs, and is deleted from all its images once it is off',
	async (how, {story}) => {
		const {lab} = story;
		const images = ['absent-1.qcow2', 'absent-2.qcow2'];
		const domain = await story.domain(`absent-${how}`, {disks: images});
		await domain.does({verb: 'create', tag: 'i1', method: 'libvirt-internal'});
		if (how === 'detached') await domain.virsh('detach-disk', '--target', 'vdb', '--config');
		else await redefined(story, domain.name, xml => asSata(xml, 'vdb'));
		await domain.does({verb: 'start'});
		const refusal = await domain.refusal({verb: 'delete', tag: 'i1'});
		expect(refusal).toMatchObject({code: 'wrong-state', reason: expect.stringContaining('vdb')});
		await domain.turnOff();
		await domain.does({verb: 'delete', tag: 'i1'});
		for (const image of images) expect(await lab.qemuImg('snapshot', '-l', lab.image(image))).not.toContain('i1');
	},
);
