/** Disks that the definition names by pool and volume: as good as files to every method, on a directory pool of a real libvirt. */

import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import {can} from '../../source/core/model/capabilities.ts';
import type {MethodId} from '../../source/core/model/intent.ts';
import {hasDriver} from '../helpers/drivers.ts';
import {saying} from '../helpers/saying.ts';
import {variants} from '../helpers/variants.ts';
import {type Cast, type Story, test} from './story.ts';

const pool = 'disks, and more';
/** With a pool of its own in this folder. */
const told = test
	.extend('folder', async ({story}, {onCleanup}) => {
		const folder = story.lab.image('pool');
		onCleanup(() => removePools(story));
		await story.lab.run('mkdir', [folder]);
		await story.lab.virsh('pool-define-as', '--name', pool, '--type', 'dir', '--target', folder);
		await story.lab.virsh('pool-start', '--pool', pool);
		return folder;
	})
	.skipIf(!hasDriver('storage'));

async function removePools({lab}: Story): Promise<void> {
	const names = async (...which: string[]) => {
		const text = await lab.virsh('pool-list', '--name', ...which);
		return text
			.split('\n')
			.map(name => name.trim())
			.filter(name => name !== '');
	};
	for (const name of await names()) await lab.virsh('pool-destroy', '--pool', name);
	for (const name of await names('--all')) await lab.virsh('pool-undefine', '--pool', name);
}

async function onVolume(story: Story, name: string, running = false): Promise<Cast> {
	const volume = {pool, name: `${name}.qcow2`};
	await story.lab.virsh(
		'vol-create-as',
		...['--pool', pool, '--name', volume.name, '--capacity', '16M', '--format', 'qcow2'],
	);
	await story.lab.define({name, disks: [{target: 'vda', volume}]});
	if (running) await story.lab.virsh('start', '--domain', name);
	return story.existing(name);
}

/** Whether this libvirt would leave the definition of a running domain behind, and so is not let: looked at with its remedy. */
async function refusedAsVolume({hypervisor}: Story, domain: Cast, method: MethodId): Promise<boolean> {
	const {domain: now, host} = await hypervisor.facts(domain.uuid);
	const live = now.id !== null && method.startsWith('external');
	if (!live || can(host, 'live-overlays-of-volumes')) return false;
	const reason = expect.stringContaining('storage volume');
	expect(await domain.refusal({verb: 'create', tag: 's', method})).toMatchObject({reason, remedy: saying('shutdown')});
	await domain.turnOff();
	await domain.does({verb: 'create', tag: 's', method: 'external-offline'});
	return true;
}

const xmlOf = (domain: Cast) => domain.virsh('dumpxml', '--inactive');

const methods: readonly [MethodId, boolean][] = [
	['qemu-img', false],
	['external-offline', false],
	['libvirt-internal', true],
	['external-full', true],
];

told.for(variants(methods, ([method]) => method === 'external-offline'))(
	'%s (running: %s): created, reverted to, deleted',
	async ([method, running], {story, folder}) => {
		const domain = await onVolume(story, method, running);
		const file = path.join(folder, `${method}.qcow2`);
		const wantsOff = running && method === 'external-full';
		expect((await domain.read()).disks).toMatchObject([
			{source: file, type: 'file', chain: [{file}], unreadable: null},
		]);
		await domain.write(0xa1);
		if (await refusedAsVolume(story, domain, method)) return;
		await domain.does({verb: 'create', tag: 's', method});
		const own = method === 'qemu-img' ? {health: 'unmanaged'} : {health: 'ok', disks: [{source: file}]};
		expect(await domain.snapshot('s')).toMatchObject(own);
		await domain.write(0xb2);
		if (wantsOff) await domain.turnOff();
		await domain.does({verb: 'revert', tag: 's'});
		await domain.holds(0xa1);
		await domain.write(0xc3);
		if (wantsOff) await domain.turnOff();
		await domain.does({verb: 'delete', tag: 's'});
		expect(await domain.tags()).toEqual([]);
		await domain.holds(0xc3);
		if (!method.startsWith('external')) expect(await xmlOf(domain)).toContain(`volume='${method}.qcow2'`);
	},
);

const taken = [
	['running', 'external-live'],
	['shut off', 'external-offline'],
] as const;

told.for(variants(taken, ([state]) => state === 'running'))(
	'taken while %s and deleted live: the domain is on its volume again',
	async ([state, method], {story, folder}) => {
		const name = `live-${method}`;
		const domain = await onVolume(story, name, state === 'running');
		await domain.write(0xa1);
		if (await refusedAsVolume(story, domain, method)) return;
		await domain.does({verb: 'create', tag: 's', method});
		expect(await xmlOf(domain)).toContain(`${name}.s.qcow2`);
		if (state === 'shut off') await domain.does({verb: 'start'});
		await domain.write(0xb2);
		await domain.does({verb: 'delete', tag: 's'});
		expect((await domain.read()).disks[0]!.source).toBe(path.join(folder, `${name}.qcow2`));
		await domain.holds(0xb2);
	},
);

told('a clone stands beside the volume; saved memory knows its disk again', async ({story, folder}) => {
	const domain = await onVolume(story, 'base', true);
	await domain.write(0xa1);
	const file = path.join(folder, 'base.save');
	await domain.does({verb: 'save', file});
	await domain.does({verb: 'restore', file});
	await domain.holds(0xa1);
	await domain.turnOff();
	await domain.does({verb: 'clone', name: 'base-2'});
	const clone = await story.existing('base-2');
	await clone.holds(0xa1);
	expect((await clone.read()).disks[0]!.source).toBe(path.join(folder, 'base-2.qcow2'));
	expect((await domain.refusal({verb: 'start'})).code).toBe('has-dependants');
});

told('what libvirt cannot find is said, with the command that helps', async ({story}) => {
	const other = story.lab.image('other');
	await story.lab.run('mkdir', [other]);
	await story.lab.virsh('pool-define-as', '--name', 'other', '--type', 'dir', '--target', other);
	await story.lab.define({name: 'lost', disks: [{target: 'vda', volume: {pool: 'other', name: 'lost.qcow2'}}]});
	const domain = await story.existing('lost');
	const code = 'unreadable-image';
	expect(await domain.refusal({verb: 'create', tag: 's'})).toMatchObject({
		code,
		remedy: saying('pool-start'),
	});
	await story.lab.virsh('pool-start', '--pool', 'other');
	await story.lab.createImage('other/lost.qcow2');
	expect(await domain.refusal({verb: 'create', tag: 's'})).toMatchObject({
		code,
		remedy: saying('pool-refresh'),
	});
	await story.lab.virsh('pool-refresh', '--pool', 'other');
	await domain.does({verb: 'create', tag: 's', method: 'external-offline'});
	expect(await readdir(other)).toEqual(['lost.qcow2', 'lost.s.qcow2']);
});

told(
	'a clone on a volume whose pool is not started still keeps its base from being started, and is no leftover',
	async ({story}) => {
		const {lab} = story;
		await lab.virsh('pool-define-as', '--name', 'late', '--type', 'dir', '--target', lab.image('.'));
		const base = await story.domain('late-base');
		const overlay = lab.image('late.clone.qcow2');
		await lab.qemuImg('create', '-q', '-f', 'qcow2', '-b', lab.image('late-base.qcow2'), '-F', 'qcow2', overlay);
		await lab.define({name: 'late-clone', disks: [{target: 'vda', volume: {pool: 'late', name: 'late.clone.qcow2'}}]});
		const clone = await story.existing('late-clone');
		expect(await clone.refusal({verb: 'create', tag: 's'})).toMatchObject({remedy: saying('pool-start')});
		expect((await base.refusal({verb: 'start'})).reason).toContain('late-clone');
		expect(await base.leftBehind()).toEqual([]);
	},
);
