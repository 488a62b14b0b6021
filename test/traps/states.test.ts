/** Traps about what a domain is doing and who else uses its images, provoked on a real libvirt. */

import {describe, expect} from 'vitest';
import type {MethodId} from '../../source/core/model/intent.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import {waitUntil} from '../helpers/lab.ts';
import {said} from '../helpers/saying.ts';
import {variants} from '../helpers/variants.ts';
import {test} from '../stories/story.ts';
import {refusedUntouched} from './untouched.ts';

test('trap 1: the monitor exits 0 on an error; its words make it a failure', async ({story}) => {
	const domain = await story.domain('monitor', {running: true});
	await domain.does({verb: 'create', tag: 'here', method: 'monitor'});
	const plan = await domain.plan({verb: 'revert', tag: 'here'});
	const [step] = plan.steps;
	const elsewhere: Plan = {
		...plan,
		steps: [{...step!, argv: step!.argv.map(word => word.replace('loadvm "here"', 'loadvm "elsewhere"'))}],
	};
	const receipt = await domain.carryOutAltered(elsewhere);
	expect(receipt.steps[0]).toMatchObject({exitCode: 0, status: 'failed', stdout: expect.stringContaining('Error')});
	expect(receipt.status).toBe('failed');
	expect(receipt.message).toContain('elsewhere');
});

test('trap 5: a snapshot whose data is gone is not gone back to, and the domain stays up', async ({story}) => {
	const domain = await story.domain('orphan', {running: true});
	await domain.does({verb: 'create', tag: 'lost', method: 'libvirt-internal'});
	await story.lab.monitor(domain.name, 'delvm lost');
	expect(await domain.snapshot('lost')).toMatchObject({health: 'orphaned'});
	await refusedUntouched(story, domain, {verb: 'revert', tag: 'lost'}, 'unhealthy');
	expect((await domain.read()).state).toBe('running');
	const plan = await domain.does({verb: 'delete', tag: 'lost'});
	expect(plan.steps.map(({argv}) => argv.includes('--metadata'))).toEqual([true]);
	expect(await domain.tags()).toEqual([]);
	expect((await domain.read()).state).toBe('running');
});

test('trap 8: images of a running domain are read past its lock and never written to', async ({story}) => {
	const domain = await story.domain('locked', {running: true});
	expect((await domain.read()).disks[0]).toMatchObject({unreadable: null, chain: [{format: 'qcow2'}]});
	await refusedUntouched(story, domain, {verb: 'create', tag: 'x', method: 'qemu-img'}, 'wrong-state');
	await expect(story.lab.qemuImg('snapshot', '-c', 'x', story.lab.image('locked.qcow2'))).rejects.toThrow('lock');
});

test('trap 9: saved memory takes no lock, so nothing changes the disks under it', async ({story}) => {
	const domain = await story.domain('saved', {running: true});
	await domain.does({verb: 'create', tag: 'before', method: 'monitor'});
	await domain.virsh('managedsave');
	const methods: MethodId[] = ['qemu-img', 'libvirt-internal', 'external-offline', 'monitor', 'external-live'];
	for (const method of methods)
		await refusedUntouched(story, domain, {verb: 'create', tag: 'x', method}, 'saved-memory');
	const {remedy} = await refusedUntouched(story, domain, {verb: 'revert', tag: 'before'}, 'saved-memory');
	expect(said(remedy)).toContain('managedsave-remove');
});

describe('trap 10: nothing guards a base from who writes to it', () => {
	test.for(variants([true, false], running => running))(
		'trap 10: with its clone running: %s',
		async (running, {story}) => {
			const name = `base-${running ? 'on' : 'off'}`;
			const base = await story.domain(name);
			await base.does({verb: 'create', tag: 'gold', method: 'libvirt-internal'});
			const file = story.lab.image(`${name}-clone.qcow2`);
			const backing = story.lab.image(`${name}.qcow2`);
			await story.lab.qemuImg('create', '-q', '-f', 'qcow2', '-b', backing, '-F', 'qcow2', file);
			await story.lab.define({name: `${name}-clone`, disks: [{target: 'vda', file}]});
			if (running) await story.lab.virsh('start', '--domain', `${name}-clone`);
			await refusedUntouched(story, base, {verb: 'start'}, 'has-dependants');
			await refusedUntouched(story, base, {verb: 'revert', tag: 'gold'}, 'has-dependants');
			await refusedUntouched(story, base, {verb: 'create', tag: 'x', method: 'qemu-img'}, 'has-dependants');
			const {reason} = await refusedUntouched(story, base, {verb: 'delete', tag: 'gold'}, 'has-dependants');
			expect(reason).toContain(`${name}-clone`);
		},
	);
});

test('trap 18: a snapshot of a shut-off domain sends no event, and is seen all the same', async ({story}) => {
	const domain = await story.domain('quiet');
	await story.hypervisor.refresh();
	const stop = story.hypervisor.subscribe(() => {});
	try {
		await domain.virsh('snapshot-create-as', '--name', 'by-hand');
		await waitUntil(() => {
			const seen = story.hypervisor.view().inventory?.domains.find(({uuid}) => uuid === domain.uuid);
			return seen?.snapshots.some(({tag}) => tag === 'by-hand');
		});
	} finally {
		stop();
	}
});

test('trap 22: nothing is taken or deleted while a block job works on a disk', async ({story}) => {
	const domain = await story.domain('mirrored', {running: true});
	await domain.does({verb: 'create', tag: 'point', method: 'external-live'});
	await domain.virsh('blockcopy', 'vda', story.lab.image('mirror.qcow2'), '--transient-job', '--wait');
	await refusedUntouched(story, domain, {verb: 'delete', tag: 'point'}, 'busy');
	await refusedUntouched(story, domain, {verb: 'create', tag: 'next'}, 'busy');
	await domain.virsh('blockjob', 'vda', '--abort');
	await domain.does({verb: 'delete', tag: 'point'});
});
