/** Every method from create over revert to delete, on a real libvirt and QEMU, with what the disks hold as the judge. */

import {chmod, readdir, stat} from 'node:fs/promises';
import {describe, expect} from 'vitest';
import {makePlan} from '../../source/core/make-plan.ts';
import type {Intent, MethodId} from '../../source/core/model/intent.ts';
import {everyVariant, variants} from '../helpers/variants.ts';
import {type Cast, type Story, test} from './story.ts';

type Row = {
	readonly method: MethodId;
	readonly running: boolean;
	readonly disks: readonly string[];
	/** The domain has to be shut off for the revert, and is left so. */
	readonly revertOff?: boolean;
	readonly libvirt: boolean;
};

const rows: readonly Row[] = [
	{method: 'libvirt-internal', running: true, disks: ['a'], libvirt: true},
	{method: 'libvirt-internal', running: true, disks: ['a', 'b'], libvirt: true},
	{method: 'libvirt-internal', running: false, disks: ['a'], libvirt: true},
	{method: 'libvirt-internal', running: false, disks: ['a', 'b'], libvirt: true},
	{method: 'qemu-img', running: false, disks: ['a'], libvirt: false},
	{method: 'qemu-img', running: false, disks: ['a', 'b'], libvirt: false},
	{method: 'monitor', running: true, disks: ['a'], libvirt: false},
	{method: 'monitor', running: true, disks: ['a', 'b'], libvirt: false},
	{method: 'external-offline', running: false, disks: ['a'], libvirt: true},
	{method: 'external-offline', running: false, disks: ['a', 'raw'], libvirt: true},
	{method: 'external-live', running: true, disks: ['a'], revertOff: true, libvirt: true},
	{method: 'external-live', running: true, disks: ['a', 'raw'], revertOff: true, libvirt: true},
	{method: 'external-full', running: true, disks: ['a'], revertOff: true, libvirt: true},
	{method: 'external-full', running: true, disks: ['a', 'raw'], revertOff: true, libvirt: true},
];

/** Two disks show what one does, and whether all of them go together. */
const usual = variants(rows, ({disks}) => disks.length > 1);

/** One history each, so that no step finds what another one has left. */
test.for(usual)('$method, running: $running, disks: $disks: taken, gone back to, deleted', async (row, {story}) => {
	const {method, running, disks, revertOff} = row;
	const name = `${method}-${running ? 'on' : 'off'}-${disks.join('')}`;
	const files = disks.map(disk => (disk === 'raw' ? `${name}.raw` : `${name}-${disk}.qcow2`));
	const domain = await story.domain(name, {disks: files, running});
	const tag = `before-${method}`;
	await domain.write(0xa1);
	await takes(domain, tag, row);
	await domain.write(0xb2);
	if (revertOff) await domain.turnOff();
	await goesBack(domain, tag, row);
	await domain.does({verb: 'delete', tag});
	await domain.holds(0xa1);
	const after = await domain.read();
	expect(after.snapshots).toEqual([]);
	expect(after.disks.flatMap(disk => disk.chain.flatMap(image => image.snapshots))).toEqual([]);
	expect((await domain.virsh('snapshot-list', '--name')).trim()).toBe('');
});

async function takes(domain: Cast, tag: string, {method, libvirt}: Row): Promise<void> {
	const plan = await domain.does({verb: 'create', tag, method});
	expect(plan.method).toBe(method);
	const snapshot = await domain.snapshot(tag);
	expect(snapshot).toMatchObject({health: libvirt ? 'ok' : 'unmanaged', libvirt});
	const made = [snapshot!.memoryFile, ...snapshot!.disks.map(part => part.kind === 'external' && part.file)];
	for (const file of made) if (file) expect((await stat(file)).mode & 0o077, file).toBe(0);
}

async function goesBack(domain: Cast, tag: string, {method, running, revertOff}: Row): Promise<void> {
	const external = method.startsWith('external');
	// What others may read is no model for a new file.
	for (const {source} of external ? (await domain.read()).disks : []) await chmod(source!, 0o644);
	const plan = await domain.does({verb: 'revert', tag});
	await domain.holds(0xa1);
	const {state, disks: now} = await domain.read();
	for (const {source} of external ? now : []) expect((await stat(source!)).mode & 0o077, source!).toBe(0);
	expect(plan.expect).toContainEqual({kind: 'state', state});
	// Where libvirt loads the memory file the domain runs again; the plan for the others starts without it.
	if (method !== 'external-full') expect(state).toBe(running && !revertOff ? 'running' : 'shut off');
}

describe('names that need care', () => {
	test('a domain in Chinese keeps its contents through create, revert and delete', async ({story}) => {
		const domain = await story.domain('开发 环境');
		await domain.write(0xa1);
		await domain.does({verb: 'create', tag: '升级 之前', description: '系统升级之前'});
		await domain.write(0xb2);
		await domain.does({verb: 'revert', tag: '升级 之前'});
		await domain.holds(0xa1);
		await domain.does({verb: 'delete', tag: '升级 之前'});
		expect(await domain.tags()).toEqual([]);
	});

	test('a tag with a space is taken of a running domain, or refused with another way that works', async ({story}) => {
		const domain = await story.domain('spaced', {running: true});
		await domain.write(0xa1);
		const intent = {verb: 'create', tag: 'before upgrade', method: 'libvirt-internal'} as const;
		const outcome = makePlan(await story.hypervisor.facts(domain.uuid), intent);
		if ('refusal' in outcome) {
			expect(outcome.refusal).toMatchObject({code: 'bad-tag'});
			expect(await domain.tags()).toEqual([]);
			await domain.does({verb: 'create', tag: 'before upgrade', method: 'monitor'});
		} else {
			await domain.does(intent);
		}

		await domain.write(0xb2);
		await domain.does({verb: 'revert', tag: 'before upgrade'});
		await domain.holds(0xa1);
	});

	test('a path with a comma and a space takes internal and live external snapshots', async ({story}) => {
		const domain = await story.domain('odd, path', {disks: ['odd, path.qcow2']});
		await domain.write(0xa1);
		await domain.does({verb: 'create', tag: 'inside', method: 'libvirt-internal'});
		await domain.virsh('start');
		await domain.does({verb: 'create', tag: 'outside', method: 'external-live'});
		await domain.write(0xb2);
		expect((await domain.read()).disks[0]!.source).toMatch(/odd, path\.outside\.qcow2$/);
		await domain.does({verb: 'delete', tag: 'outside'});
		await domain.holds(0xb2);
		await domain.turnOff();
		await domain.does({verb: 'revert', tag: 'inside'});
		await domain.holds(0xa1);
	});
});

test('a running domain with an external snapshot loses it live, and keeps the newer contents', async ({story}) => {
	const domain = await story.domain('delete-live', {running: true});
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'point', method: 'external-live'});
	await domain.write(0xb2);
	await domain.does({verb: 'delete', tag: 'point'});
	await domain.holds(0xb2);
	const [disk] = (await domain.read()).disks;
	expect(disk!.chain).toHaveLength(1);
});

test('a branch that forks goes with its children, and libvirtd lives on', async ({story}) => {
	const domain = await story.domain('fork');
	const grow = async (...tags: string[]) => {
		for (const tag of tags) await domain.virsh('snapshot-create-as', '--name', tag);
	};
	await grow('a', 'b', 'c');
	await domain.virsh('snapshot-revert', '--snapshotname', 'a');
	await grow('d', 'e');
	await domain.virsh('snapshot-revert', '--snapshotname', 'c');
	await grow('f');
	await domain.does({verb: 'delete', tag: 'd', children: true, metadataOnly: true});
	await domain.does({verb: 'delete', tag: 'a', children: true});
	expect((await domain.tags()).sort()).toEqual(['d', 'e']);
});

describe('the middle of a chain of three external snapshots', () => {
	async function chainOfThree(story: Story, name: string): Promise<Cast> {
		const domain = await story.domain(name);
		for (const [index, tag] of ['first', 'second', 'third'].entries()) {
			await domain.write(0x11 * (index + 1));
			await domain.does({verb: 'create', tag, method: 'external-offline'});
		}

		await domain.write(0x44);
		return domain;
	}

	/** Carries it out and expects that every file which is gone afterwards was named before. */
	async function losesOnlyWhatItNames({lab}: Story, domain: Cast, intent: Intent): Promise<void> {
		const folder = lab.image('.');
		const before = await readdir(folder);
		const plan = await domain.does(intent);
		const after = new Set(await readdir(folder));
		const named = JSON.stringify([plan.losses, plan.steps.map(step => step.changes)]);
		expect(before.filter(file => !after.has(file) && !named.includes(file))).toEqual([]);
	}

	test.runIf(everyVariant)('is gone back to', async ({story}) => {
		const domain = await chainOfThree(story, 'back-to-middle');
		await losesOnlyWhatItNames(story, domain, {verb: 'revert', tag: 'second'});
		await domain.holds(0x22);
		await losesOnlyWhatItNames(story, domain, {verb: 'revert', tag: 'third'});
		await domain.holds(0x33);
	});

	test.runIf(everyVariant)('is deleted, and the others stay what they were', async ({story}) => {
		const domain = await chainOfThree(story, 'delete-middle');
		await losesOnlyWhatItNames(story, domain, {verb: 'delete', tag: 'second'});
		await domain.holds(0x44);
		expect(await domain.tags()).toEqual(['first', 'third']);
		await losesOnlyWhatItNames(story, domain, {verb: 'revert', tag: 'third'});
		await domain.holds(0x33);
		await losesOnlyWhatItNames(story, domain, {verb: 'revert', tag: 'first'});
		await domain.holds(0x11);
	});
});
