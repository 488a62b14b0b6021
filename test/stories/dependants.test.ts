/** Files that others stand on, though no disk of a domain shows it now: whoever writes to one spoils what stands there. */

import {chmod, mkdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import {can} from '../../source/core/model/capabilities.ts';
import {hasPattern} from '../../source/lab/pattern.ts';
import {saying} from '../helpers/saying.ts';
import {redefined} from './redefined.ts';
import {type Cast, type Story, test} from './story.ts';

const active = async (domain: Cast) => (await domain.read()).disks[0]!.source!;

const definedOn = (story: Story, name: string, file: string) =>
	redefined(story, name, xml => xml.replace(/<source file='[^']*'/, `<source file='${file}'`));

/** Its health as lists have it. */
async function listed({hypervisor}: Story, {uuid}: Cast, tag: string): Promise<string> {
	await hypervisor.refresh();
	const domain = hypervisor.view().inventory!.domains.find(one => one.uuid === uuid);
	const {health, healthReason} = domain!.snapshots.find(one => one.tag === tag)!;
	return `${health}: ${healthReason}`;
}

async function otherFolder({lab}: Story): Promise<string> {
	const folder = path.join(lab.folder, 'elsewhere');
	await mkdir(folder, {recursive: true});
	await chmod(folder, 0o777);
	return folder;
}

test('a domain that was defined back onto the base of its own snapshot does not start on it', async ({story}) => {
	const domain = await story.domain('back');
	const base = await active(domain);
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'point', method: 'external-offline'});
	const overlay = await active(domain);
	await domain.write(0xb2);
	await definedOn(story, 'back', base);

	expect(await domain.snapshot('point')).toMatchObject({
		health: 'orphaned',
		healthReason: expect.stringContaining(`define vda on ${overlay} again (virsh edit)`),
	});
	expect(await domain.refusal({verb: 'revert', tag: 'point'})).toMatchObject({
		code: 'unhealthy',
		remedy: saying('Put the definition right first'),
	});
	expect(await domain.refusal({verb: 'start'})).toMatchObject({
		code: 'has-dependants',
		reason: `${base} is the base of ${overlay}, which snapshot point of back has: what this domain writes would corrupt it.`,
		remedy: saying(`To keep the snapshot, define vda on ${overlay} again`),
	});
	await definedOn(story, 'back', overlay);
	await domain.does({verb: 'start'});
	await domain.turnOff();
	await domain.holds(0xb2);

	// Without the record nobody knows what that file is for, and the domain may start.
	await definedOn(story, 'back', base);
	await domain.does({verb: 'delete', tag: 'point', metadataOnly: true});
	expect((await domain.plan({verb: 'start'})).warnings.join()).toContain(overlay);
});

test('no memory is loaded that would write to the base of a snapshot', async ({story}) => {
	const {lab} = story;
	const domain = await story.domain('loaded', {running: true});
	const base = await active(domain);
	const file = lab.image('loaded.memory');
	await domain.virsh('suspend');
	const memory = ['--memspec', `file=${file},snapshot=external`, '--diskspec', 'vda,snapshot=no'];
	await domain.virsh('snapshot-create-as', 'm', ...memory);
	await domain.turnOff();
	await domain.does({verb: 'create', tag: 'point', method: 'external-offline'});
	const overlay = await active(domain);
	await definedOn(story, 'loaded', base);
	const used = {
		code: 'has-dependants',
		reason: `${base} is the base of ${overlay}, which snapshot point of loaded has: what this domain writes would corrupt it.`,
		remedy: saying(`To keep the snapshot, define vda on ${overlay} again`),
	};
	expect(await domain.refusal({verb: 'restore', file})).toMatchObject(used);
	expect(await domain.refusal({verb: 'revert', tag: 'm'})).toMatchObject(used);
	// Without the record the file is nothing that somebody is known to need.
	await domain.does({verb: 'delete', tag: 'point', metadataOnly: true});
	for (const intent of [
		{verb: 'restore', file},
		{verb: 'revert', tag: 'm'},
	] as const)
		expect((await domain.plan(intent)).warnings.join()).toContain(`${overlay}, which no disk uses now`);
});

test('a revert that starts the domain leaves no disk on the base of another snapshot', async ({story}) => {
	const domain = await story.domain('beside', {disks: ['beside.qcow2', 'beside-b.qcow2']});
	const base = (await domain.read()).disks[1]!.source!;
	await domain.does({verb: 'create', tag: 'other', method: 'external-offline', disks: ['vdb']});
	const overlay = (await domain.read()).disks[1]!.source!;
	await domain.does({verb: 'create', tag: 'point', method: 'external-offline', disks: ['vda']});
	await redefined(story, 'beside', xml => xml.replace(`'${overlay}'`, `'${base}'`));
	expect(await domain.refusal({verb: 'revert', tag: 'point', afterwards: 'running'})).toMatchObject({
		code: 'has-dependants',
		reason: expect.stringContaining(`${base} is the base of ${overlay}, which snapshot other of beside has`),
	});
	await domain.does({verb: 'revert', tag: 'point'});
});

test('a base that only a snapshot of another domain names is not started', async ({story}) => {
	const domain = await story.domain('named');
	const base = await active(domain);
	await domain.does({verb: 'create', tag: 'point', method: 'external-offline'});
	await definedOn(story, 'named', await story.lab.createImage('named-anew.qcow2'));
	await story.lab.define({name: 'named-other', disks: [{target: 'vda', file: base}]});
	const other = await story.existing('named-other');
	expect(await other.refusal({verb: 'start'})).toMatchObject({
		code: 'has-dependants',
		reason: expect.stringContaining('which snapshot point of named has'),
		remedy: saying('give it a base of its own first'),
	});
});

test('a clone elsewhere that only its own snapshot still names is kept from a merge below it', async ({story}) => {
	const origin = await story.domain('origin');
	await origin.write(0xa1);
	await origin.does({verb: 'create', tag: 'point', method: 'external-offline'});
	await origin.does({verb: 'clone', name: 'origin-clone', tag: 'point', dir: await otherFolder(story)});
	const clone = await story.existing('origin-clone');
	const file = await active(clone);
	await clone.does({verb: 'create', tag: 'later', method: 'external-offline'});
	await definedOn(story, 'origin-clone', await story.lab.createImage('origin-anew.qcow2'));
	await origin.write(0xb2);
	expect(await origin.refusal({verb: 'delete', tag: 'point'})).toMatchObject({
		code: 'has-dependants',
		reason: expect.stringContaining('origin-clone.later.qcow2, which no disk uses now'),
	});
	expect(await hasPattern(story.lab, file, 0xa1)).toBe(true);
});

test('an overlay in another folder is seen though its receipt alone names it', async ({story}) => {
	const domain = await story.domain('hidden');
	const base = await active(domain);
	await domain.does({verb: 'create', tag: 'inner', method: 'qemu-img'});
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'point', method: 'external-offline'});
	const beside = await active(domain);
	await domain.does({verb: 'revert', tag: 'point', dir: await otherFolder(story)});
	const overlay = await active(domain);
	await domain.write(0xb2);
	await rm(beside);
	await domain.virsh('snapshot-delete', '--snapshotname', 'point', '--metadata');
	await definedOn(story, 'hidden', base);

	expect(await domain.refusal({verb: 'revert', tag: 'inner'})).toMatchObject({
		code: 'has-dependants',
		reason: `${overlay}, which no disk uses now, depends on ${base}: writing to that would corrupt it.`,
	});
	expect((await domain.plan({verb: 'start'})).warnings.join()).toContain(overlay);
	expect((await domain.leftBehind()).map(({file}) => file)).toEqual([overlay]);
	await domain.does({verb: 'reclaim', overlay});
	await domain.does({verb: 'revert', tag: 'inner'});
});

test('an overlay that was created in another folder goes over to the base of a layer that is merged', async ({
	story,
}) => {
	const domain = await story.domain('moved');
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'one', method: 'external-offline'});
	const layer = await active(domain);
	await domain.write(0xb2);
	await domain.does({verb: 'create', tag: 'two', method: 'external-offline', dir: await otherFolder(story)});
	const overlay = await active(domain);
	await domain.virsh('snapshot-delete', '--snapshotname', 'two', '--metadata');
	await definedOn(story, 'moved', layer);
	await domain.does({verb: 'delete', tag: 'one'});
	expect(await hasPattern(story.lab, overlay, 0xb2, {format: 'qcow2'})).toBe(true);
});

test('the disk of a clone in another folder is seen though the clone is undefined', async ({story}) => {
	const origin = await story.domain('left');
	await origin.does({verb: 'create', tag: 'inner', method: 'qemu-img'});
	await origin.does({verb: 'clone', name: 'left-clone', dir: await otherFolder(story)});
	const clone = await story.existing('left-clone');
	const file = await active(clone);
	await clone.virsh('undefine');
	expect(await origin.refusal({verb: 'revert', tag: 'inner'})).toMatchObject({
		code: 'has-dependants',
		reason: expect.stringContaining(`${file}, which no disk uses now`),
	});
});

test('what a running domain gets at its next start counts as its own', async ({story}) => {
	const domain = await story.domain('below');
	const base = await active(domain);
	const other = await story.domain('below-other', {running: true});
	const overlay = story.lab.image('below-extra.qcow2');
	await story.lab.qemuImg('create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', overlay);
	await other.virsh('attach-disk', '--source', overlay, '--target', 'vdb', '--config', '--subdriver', 'qcow2');
	for (const intent of [{verb: 'start'}, {verb: 'create', tag: 'in', method: 'qemu-img'}] as const) {
		expect(await domain.refusal(intent)).toMatchObject({
			code: 'has-dependants',
			reason: expect.stringContaining(`${base} is the base of below-other, from its next start on`),
		});
	}
});

test('nothing is put on an image that another domain writes to', async ({story}) => {
	const domain = await story.domain('shared');
	const base = await active(domain);
	await story.lab.define({name: 'shared-other', disks: [{target: 'vda', file: base}]});
	const other = await story.existing('shared-other');
	const used = {code: 'has-dependants', reason: `${base} is in use by shared-other, which runs.`};

	await other.virsh('start');
	expect(await domain.refusal({verb: 'create', tag: 'point', method: 'external-offline'})).toMatchObject(used);
	await other.turnOff();
	await domain.does({verb: 'create', tag: 'point', method: 'external-offline'});
	await other.virsh('start');
	expect(await listed(story, domain, 'point')).toEqual(`in-use: ${used.reason} Shut shared-other down first.`);
	expect(await domain.refusal({verb: 'revert', tag: 'point'})).toMatchObject(used);
	await other.turnOff();
	expect(await listed(story, domain, 'point')).toEqual('ok: ');
	await domain.does({verb: 'revert', tag: 'point'});
});

test.for([false, true])(
	'a clone that an overlay of somebody else depends on is not undone (full: %s)',
	async (full, {story}) => {
		const domain = await story.domain('undone');
		await domain.does({verb: 'clone', name: 'undone-clone', full});
		const file = await active(await story.existing('undone-clone'));
		const overlay = story.lab.image('undone-own.qcow2');
		await story.lab.qemuImg('create', '-q', '-f', 'qcow2', '-b', file, '-F', 'qcow2', overlay);
		expect(await domain.undoRefusal()).toMatchObject({
			code: 'has-dependants',
			reason: `${overlay}, which no disk uses now, depends on ${file}: writing to that would corrupt it.`,
		});
		await rm(overlay);
		await domain.undoes();
	},
);

test('a snapshot that has lost a layer below its base is not called sound', async ({story}) => {
	const domain = await story.domain('deep');
	const layers: string[] = [];
	for (const tag of ['one', 'two', 'three']) {
		await domain.does({verb: 'create', tag, method: 'external-offline'});
		layers.push(await active(domain));
	}
	await domain.does({verb: 'revert', tag: 'one'});
	await rm(layers[0]!);
	expect(await domain.snapshot('three')).toMatchObject({
		health: 'missing-files',
		healthReason: expect.stringContaining(layers[0]!),
	});
	expect(await domain.snapshot('one')).toMatchObject({health: 'ok'});
});

test('between the plan and its first step: another domain starts on what is gone back to', async ({story, skip}) => {
	const domain = await story.domain('branched');
	const {host} = await story.hypervisor.facts(domain.uuid);
	if (can(host, 'external-revert')) return skip('libvirt reverts it, and leaves no base outside the chain');
	for (const tag of ['first', 'second']) await domain.does({verb: 'create', tag, method: 'external-offline'});
	const base = (await domain.read()).disks[0]!.chain[1]!.file;
	await domain.does({verb: 'revert', tag: 'first'});
	const plan = await domain.plan({verb: 'revert', tag: 'second'});
	await story.lab.define({name: 'intruder', disks: [{target: 'vda', file: base}]});
	await story.lab.virsh('start', '--domain', 'intruder');
	const {status, findings} = await domain.carryOut(plan);
	expect(status).toBe('stale');
	expect(findings?.join()).toContain('used by intruder vda');
	expect(await domain.refusal({verb: 'revert', tag: 'second'})).toMatchObject({
		code: 'has-dependants',
		reason: `${base} is in use by intruder, which runs.`,
	});
});

test('between the plan and its first step: the definition gets another target for the disk', async ({story}) => {
	const domain = await story.domain('edited', {running: true});
	const plan = await domain.plan({verb: 'create', tag: 'late', method: 'external-live'});
	await redefined(story, 'edited', xml =>
		xml.replace(/<target dev='vda' bus='virtio'\/>/, "<target dev='vdb' bus='virtio'/>"),
	);
	expect(await domain.carryOut(plan)).toMatchObject({status: 'stale'});
	expect(await domain.tags()).toEqual([]);
});
