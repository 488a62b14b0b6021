/** Memory alone: saved, gone back to, thrown away; and never loaded into disks that have moved on. */
import {rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect} from 'vitest';
import {can} from '../../source/core/model/capabilities.ts';
import type {Intent} from '../../source/core/model/intent.ts';
import {cellsOf, listedOf} from '../../source/core/snapshots/listed.ts';
import {writePattern} from '../../source/lab/pattern.ts';
import {waitUntil} from '../helpers/lab.ts';
import {said, saying} from '../helpers/saying.ts';
import {everyVariant} from '../helpers/variants.ts';
import {follows} from './follow.ts';
import {test} from './story.ts';

describe('managed save', () => {
	test('is made, seen, and gone on from', async ({story}) => {
		const domain = await story.domain('managed', {running: true});
		await domain.write(0xa1);
		await domain.does({verb: 'save'});
		const saved = await domain.read();
		expect(saved).toMatchObject({state: 'saved', managedSave: true, snapshots: []});
		const {size, mtime} = await stat(saved.savedMemory!.file);
		expect(listedOf(saved).map(cellsOf)).toMatchObject([
			{kind: 'memory', vmSizeBytes: size, createdAt: mtime.toISOString()},
		]);
		expect(size).toBeGreaterThan(100_000);
		await domain.does({verb: 'restore'});
		expect(listedOf(await domain.read())).toEqual([]);
		expect(await domain.read()).toMatchObject({state: 'running', managedSave: false});
		await domain.holds(0xa1);
	});

	test('is not resumed on disks that somebody has written to meanwhile, and what to do instead works', async ({
		story,
	}) => {
		const domain = await story.domain('saved-stale', {running: true});
		await domain.write(0xa1);
		await domain.does({verb: 'save'});
		// As guestfish or fsck do: no lock keeps them out.
		await writePattern(story.lab, story.lab.image('saved-stale.qcow2'), 0x22);
		await story.lab.run('touch', ['-d', '1 minute', story.lab.image('saved-stale.qcow2')]);
		const refused = {code: 'disks-changed', reason: expect.stringContaining('saved-stale.qcow2 changed after')};
		expect(await domain.refusal({verb: 'start'})).toMatchObject(refused);
		const refusal = await domain.refusal({verb: 'restore'});
		expect(refusal).toMatchObject(refused);
		await follows(story, domain, refusal.remedy);
		await follows(story, domain, refusal.remedy, 1);
		expect(await domain.read()).toMatchObject({state: 'running', managedSave: false});
		await domain.holds(0x22);
	});

	test('is not resumed where a layer below was written to either', async ({story}) => {
		const domain = await story.domain('saved-below');
		await domain.does({verb: 'create', tag: 's', method: 'external-offline'});
		await domain.does({verb: 'start'});
		await domain.does({verb: 'save'});
		await story.lab.run('touch', ['-d', '1 minute', story.lab.image('saved-below.qcow2')]);
		expect(await domain.refusal({verb: 'restore'})).toMatchObject({
			code: 'disks-changed',
			reason: expect.stringContaining('saved-below.qcow2 changed after'),
		});
	});

	test('is undone: the domain resumes from the managed save or the file', async ({story}) => {
		const domain = await story.domain('taken-back', {running: true});
		await domain.write(0xa1);
		await domain.does({verb: 'save'});
		expect(await domain.undoes()).toMatchObject({verb: 'restore'});
		const file = story.lab.image('taken-back.save');
		await domain.does({verb: 'save', file});
		expect(await domain.undoes()).toMatchObject({verb: 'restore', file});
		expect(await domain.read()).toMatchObject({state: 'running', managedSave: false});
		await domain.holds(0xa1);
		expect(await domain.undoRefusal()).toMatchObject({code: 'unsupported'});
	});

	test.runIf(everyVariant)('of a paused domain: start finds it paused, and that is no failure', async ({story}) => {
		const domain = await story.domain('paused', {running: true});
		await domain.virsh('suspend');
		await domain.does({verb: 'save'});
		await domain.does({verb: 'start'});
		expect((await domain.read()).state).toBe('paused');
	});

	test('is dropped, with its loss named', async ({story}) => {
		const domain = await story.domain('dropped', {running: true});
		expect((await domain.refusal({verb: 'drop'})).code).toBe('not-found');
		await domain.does({verb: 'save'});
		const plan = await domain.does({verb: 'drop'});
		expect(plan.losses).not.toEqual([]);
		expect(await domain.read()).toMatchObject({state: 'shut off', managedSave: false});
	});
});

describe('a file', () => {
	test('is written, restored, and stale once the disks were written to', async ({story}) => {
		const domain = await story.domain('filed', {running: true});
		const file = story.lab.image('a memory, saved.save');
		await domain.write(0xa1);
		await domain.does({verb: 'save', file});
		expect((await domain.read()).state).toBe('shut off');
		expect((await domain.refusal({verb: 'save', file})).code).toBe('wrong-state');
		await domain.does({verb: 'restore', file, afterwards: 'paused'});
		expect((await domain.read()).state).toBe('paused');
		await domain.turnOff();
		// QEMU closes the images a moment around the end of the save; what comes later counts.
		await waitUntil(async () => {
			await writePattern(story.lab, story.lab.image('filed.qcow2'), 0xb2);
			const {saveImages} = await story.hypervisor.facts(domain.uuid, undefined, file);
			return (saveImages[file]?.changedSince.length ?? 0) > 0;
		});
		const refusal = await domain.refusal({verb: 'restore', file});
		expect(refusal.code).toBe('disks-changed');
		await domain.does({verb: 'drop', file});
		expect((await domain.refusal({verb: 'restore', file})).code).toBe('not-found');
		await domain.holds(0xb2);
	});

	test('of virsnap is stale as soon as a disk was written to, and as good as new until then', async ({story}) => {
		const domain = await story.domain('at-once', {running: true});
		const file = story.lab.image('at-once.save');
		await domain.does({verb: 'save', file});
		await domain.does({verb: 'restore', file});
		await domain.turnOff();
		await domain.does({verb: 'drop', file});
		await domain.does({verb: 'start'});
		await domain.does({verb: 'save', file});
		await writePattern(story.lab, story.lab.image('at-once.qcow2'), 0xb2);
		expect(await domain.refusal({verb: 'restore', file})).toMatchObject({
			code: 'disks-changed',
			reason: saying('at-once.qcow2 changed after the memory was saved'),
		});
	});

	test('that libvirt has written beside the disks is named by what would spoil it', async ({story}) => {
		const domain = await story.domain('by-hand', {running: true});
		await domain.does({verb: 'create', tag: 's', method: 'libvirt-internal'});
		const file = story.lab.image('by-hand.memory');
		await domain.virsh('save', file);
		// Long ago: what is written in the two seconds behind a save may be QEMU's own.
		await story.lab.run('touch', ['-d', '1 minute ago', file, story.lab.image('by-hand.qcow2')]);
		const spoiling = [{verb: 'revert', tag: 's'} as const, {verb: 'delete', tag: 's'} as const];
		for (const intent of spoiling)
			expect((await domain.plan(intent)).losses.join(' ')).toContain(`The memory in ${file},`);
		await domain.does({verb: 'revert', tag: 's'});
		await domain.turnOff();
		for (const intent of spoiling) expect((await domain.plan(intent)).losses.join(' ')).not.toContain(file);
	});

	test('that was saved into another folder is named by what would spoil it, until it is gone', async ({story}) => {
		const domain = await story.domain('far', {running: true});
		await domain.does({verb: 'create', tag: 's', method: 'libvirt-internal'});
		const file = path.join(story.lab.folder, 'far.memory');
		await domain.does({verb: 'save', file});
		const named = async (intent: Intent) => {
			const {losses, warnings} = await domain.plan(intent);
			return [...losses, ...warnings].some(line => said(line).includes(`The memory in ${file},`));
		};
		const spoiling = [
			{verb: 'revert', tag: 's'},
			{verb: 'delete', tag: 's'},
			{verb: 'start'},
			{verb: 'create', tag: 't', method: 'qemu-img'},
			{verb: 'create', tag: 't', method: 'external-offline'},
		] as const;
		for (const intent of spoiling) expect(await named(intent), intent.verb).toBe(true);
		// It is in the way of nothing, also where it goes between the plan and its execution.
		const plan = await domain.plan({verb: 'start'});
		await rm(file);
		for (const intent of spoiling) expect(await named(intent), intent.verb).toBe(false);
		expect(await domain.carryOut(plan)).toMatchObject({status: 'verified'});
	});

	test('that a pipe has taken the place of is not waited for', async ({story}) => {
		const domain = await story.domain('piped', {running: true});
		const file = story.lab.image('piped.save');
		await domain.does({verb: 'save', file});
		await rm(file);
		await story.lab.run('mkfifo', [file]);
		expect(await story.hypervisor.savedDomain(file)).toBeNull();
		for (const verb of ['restore', 'drop'] as const)
			expect((await domain.refusal({verb, file})).code).toBe('not-found');
		expect((await domain.undoRefusal()).reason).toContain('holds no memory that libvirt can read');
	});

	test("another domain's is refused, and one beside a managed save too", async ({story}) => {
		const one = await story.domain('one', {running: true});
		const other = await story.domain('other', {running: true});
		const file = story.lab.image('one.save');
		await one.does({verb: 'save', file});
		await other.turnOff();
		expect((await other.refusal({verb: 'restore', file})).code).toBe('not-found');
		await one.virsh('start');
		await one.does({verb: 'save'});
		expect((await one.refusal({verb: 'restore', file})).code).toBe('saved-memory');
	});
});

test('a shared folder that the guest has not mounted keeps nobody from saving memory; a peer of shared memory does', async ({
	story,
}) => {
	const {lab} = story;
	const folder = lab.image('shared');
	await lab.run('mkdir', ['--mode=777', folder]);
	const devices = {
		shared: `<filesystem type='mount' accessmode='mapped'><source dir='${folder}'/><target dir='srv'/></filesystem>`,
		peer: "<shmem name='virsnap-peer'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>",
	};
	for (const [name, device] of Object.entries(devices)) {
		const domain = await story.domain(name);
		const file = lab.image(`${name}.xml`);
		await writeFile(file, (await domain.virsh('dumpxml', '--inactive')).replace('</devices>', `${device}</devices>`));
		await lab.virsh('define', '--file', file);
		await lab.virsh('start', '--domain', name);
	}
	const shared = await story.existing('shared');
	const wanted = {verb: 'create', tag: 's', method: 'external-full'} as const;
	if (can((await story.hypervisor.facts(shared.uuid)).host, 'tells-what-blocks-memory')) await shared.does(wanted);
	// An older QEMU cannot be asked.
	else expect((await shared.refusal(wanted)).code).toBe('unsavable-device');
	const peer = await story.existing('peer');
	expect(await peer.refusal({verb: 'create', tag: 's', method: 'external-full'})).toMatchObject({
		code: 'unsavable-device',
		reason: expect.stringContaining('shmem peer'),
	});
});

test('a CPU that takes all of the host: QEMU is asked, and saves memory where there is nothing that cannot move', async ({
	story,
	skip,
}) => {
	const {lab} = story;
	const domain = await story.domain('whole-cpu');
	const {host} = await story.hypervisor.facts(domain.uuid);
	if (!can(host, 'tells-what-blocks-memory')) return skip('this QEMU does not tell');
	const file = lab.image('whole-cpu.xml');
	const defined = (await domain.virsh('dumpxml', '--inactive')).replace(/<cpu [\s\S]*?<\/cpu>/, '');
	const cpu = "<cpu mode='maximum' check='none' migratable='off'/>";
	await writeFile(file, defined.replace('<devices>', `${cpu}<devices>`));
	await lab.virsh('define', '--file', file);
	await domain.virsh('start');
	const facts = await story.hypervisor.facts(domain.uuid);
	expect(facts).toMatchObject({blocked: [], domain: {unsavable: ['cpu migratable=off']}});
	await domain.does({verb: 'create', tag: 's', method: 'libvirt-internal'});
});
