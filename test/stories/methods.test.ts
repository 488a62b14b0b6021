/** Every method from create over revert to delete, on a real libvirt and QEMU, with what the disks hold as the judge. */

import {readdir} from 'node:fs/promises';
import {describe, expect} from 'vitest';
import {makePlan} from '../../source/core/make-plan.ts';
import type {Intent} from '../../source/core/model/intent.ts';
import {everyVariant, variants} from '../helpers/variants.ts';
import {histories, play} from './histories.ts';
import {type Cast, type Story, test} from './story.ts';

/** Two disks show what one does, and whether all of them go together. */
const usual = variants(histories, ({disks}) => disks.length > 1);

test.for(usual)('$method, running: $running, disks: $disks: taken, gone back to, deleted', (row, {story}) =>
	play(story, row),
);

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
