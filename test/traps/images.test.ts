/** Traps about formats, firmware, room and files, provoked on a real libvirt. */

import {rename, writeFile} from 'node:fs/promises';
import {execa} from 'execa';
import {expect} from 'vitest';
import type {Intent, MethodId} from '../../source/core/model/intent.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import {hasUefiFirmware} from '../../source/lab/firmware.ts';
import {planFor} from '../facts/plan.ts';
import {type Cast, type Story, test} from '../stories/story.ts';
import {refusedUntouched} from './untouched.ts';

/** A domain that the story has not defined itself. */
async function defined({lab}: Story, name: string): Promise<Pick<Cast, 'uuid'>> {
	return {uuid: (await lab.virsh('domuuid', '--domain', name)).trim()};
}

test.skipIf(!(await hasUefiFirmware()))(
	'trap 11: UEFI whose variables lie in a raw file takes no internal snapshot while it runs',
	async ({story}) => {
		const file = await story.lab.createImage('uefi.qcow2');
		await story.lab.define({name: 'uefi', uefi: true, disks: [{target: 'vda', file}]});
		await story.lab.virsh('start', '--domain', 'uefi', '--paused');
		const domain = await defined(story, 'uefi');
		for (const method of ['libvirt-internal', 'monitor'] as const)
			await refusedUntouched(story, domain, {verb: 'create', tag: 'x', method}, 'uefi-nvram');
		await expect(story.lab.monitor('uefi', 'savevm x')).rejects.toThrow('does not support snapshots');
	},
);

test('trap 12: a raw disk has no place for a snapshot inside; another way is found by itself', async ({story}) => {
	const domain = await story.domain('raw', {disks: ['raw-system.qcow2', 'raw-data.raw']});
	const off: MethodId[] = ['libvirt-internal', 'qemu-img'];
	for (const method of off) await refusedUntouched(story, domain, {verb: 'create', tag: 'x', method}, 'raw-disk');
	await domain.virsh('start');
	const on: MethodId[] = ['libvirt-internal', 'monitor'];
	for (const method of on) await refusedUntouched(story, domain, {verb: 'create', tag: 'x', method}, 'raw-disk');
	expect((await domain.plan({verb: 'create', tag: 'x'})).why).toContain('vdb is raw');
});

test('trap 13: too little room is said beforehand; room that goes meanwhile fails and leaves nothing', async ({
	story,
}) => {
	const {lab} = story;
	const folder = await lab.mountTmpfs('small', '96M');
	const file = `${folder}/full.qcow2`;
	await lab.qemuImg('create', '-q', '-f', 'qcow2', file, '16M');
	await lab.define({name: 'full', disks: [{target: 'vda', file}]});
	await lab.virsh('start', '--domain', 'full');
	const domain = await defined(story, 'full');
	const intent = {verb: 'create', tag: 'x', method: 'monitor'} as const;
	const plan = await planOf(story, domain.uuid, intent);
	await fill(folder);
	const receipt = await story.hypervisor.carryOut(plan);
	expect(receipt.steps[0]).toMatchObject({exitCode: 0, status: 'failed'});
	expect(receipt.status).toBe('undone');
	expect(await lab.virsh('domstate', '--domain', 'full')).toContain('running');
	expect(await lab.qemuImg('info', '-U', '--output=json', file)).not.toContain('"snapshots"');
	await refusedUntouched(story, domain, intent, 'no-space');
	await refusedUntouched(story, domain, {verb: 'create', tag: 'x', method: 'external-full'}, 'no-space');
	await refusedUntouched(story, domain, {verb: 'create', tag: 'x', method: 'external-live'}, 'no-space');
	await lab.virsh('destroy', '--domain', 'full');
});

async function planOf({hypervisor}: Story, uuid: string, intent: Intent): Promise<Plan> {
	return planFor(await hypervisor.facts(uuid), intent);
}

/** To the last block, whatever error that ends with. */
async function fill(folder: string): Promise<void> {
	await execa('dd', ['if=/dev/zero', `of=${folder}/filler`, 'bs=4k'], {reject: false});
}

test('trap 17: what stands in a table is read from JSON, whose words no version changes', async ({story}) => {
	const domain = await story.domain('tables', {running: true});
	await domain.does({verb: 'create', tag: 'clocked', method: 'monitor'});
	const info = JSON.parse(await story.lab.qemuImg('info', '-U', '--output=json', story.lab.image('tables.qcow2'))) as {
		snapshots: {name: string; 'vm-state-size': number; 'vm-clock-sec': number; 'vm-clock-nsec': number}[];
	};
	const [entry] = info.snapshots;
	expect(await domain.snapshot('clocked')).toMatchObject({
		vmSizeBytes: entry!['vm-state-size'],
		vmClockNs: entry!['vm-clock-sec'] * 1e9 + entry!['vm-clock-nsec'],
	});
});

test('trap 22: a missing backing file is named, and no snapshot is taken on top of it', async ({story}) => {
	const domain = await story.domain('baseless');
	await domain.does({verb: 'create', tag: 'x', method: 'external-offline'});
	await rename(story.lab.image('baseless.qcow2'), story.lab.image('elsewhere.qcow2'));
	const {reason} = await refusedUntouched(story, domain, {verb: 'create', tag: 'y'}, 'unreadable-image');
	expect(reason).toContain('baseless.qcow2');
	expect((await domain.snapshot('x'))?.health).toBe('missing-files');
	await refusedUntouched(story, domain, {verb: 'revert', tag: 'x'}, 'unhealthy');
});

test('trap 22: an image that cannot be read is refused for that', async ({story}) => {
	const domain = await story.domain('garbage');
	await writeFile(story.lab.image('garbage.qcow2'), 'no image at all\n'.repeat(64));
	await refusedUntouched(story, domain, {verb: 'create', tag: 'x'}, 'unreadable-image');
});

test('trap 22: a folder that cannot be written to takes no overlay', async ({story}) => {
	const {lab} = story;
	const folder = await lab.mountTmpfs('sealed', '8M');
	const file = `${folder}/sealed.qcow2`;
	await lab.qemuImg('create', '-q', '-f', 'qcow2', file, '1M');
	await lab.define({name: 'sealed', disks: [{target: 'vda', file}]});
	await execa('mount', ['-o', 'remount,ro', folder]);
	const intent = {verb: 'create', tag: 'x', method: 'external-offline'} as const;
	await refusedUntouched(story, await defined(story, 'sealed'), intent, 'not-writable');
});

test('trap 22: an overlay file that is there already is not written over', async ({story}) => {
	const domain = await story.domain('occupied', {running: true});
	await story.lab.createImage('occupied.x.qcow2');
	for (const method of ['external-live', 'external-full'] as const)
		await refusedUntouched(story, domain, {verb: 'create', tag: 'x', method}, 'file-exists');
});
