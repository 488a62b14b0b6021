/** Clones of snapshots, and full ones: they hold what was there then, the domain runs on unharmed, and what they depend on stays. */
import {existsSync} from 'node:fs';
import {mkdir, readdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {expect} from 'vitest';
import {makePlan} from '../../source/core/make-plan.ts';
import {can} from '../../source/core/model/capabilities.ts';
import type {Progress} from '../../source/core/model/receipt.ts';
import {openHypervisor} from '../../source/hypervisor/hypervisor.ts';
import {hasPattern, writePattern} from '../../source/lab/pattern.ts';
import {saying} from '../helpers/saying.ts';
import {everyVariant} from '../helpers/variants.ts';
import {follows} from './follow.ts';
import {type Cast, type Story, test} from './story.ts';

/** Every image in the chains of the domain is sound. */
async function sound({lab}: Story, domain: Cast): Promise<void> {
	for (const {file, format} of (await domain.read()).disks.flatMap(({chain}) => chain))
		if (format === 'qcow2') await lab.qemuImg('check', '-q', '-U', file);
}

const backings = async (domain: Cast) =>
	(await domain.read()).disks.map(({chain}) => chain.slice(1).map(({file}) => file));

test('a copy of a snapshot is as large as the disk was then, or refused, and what to do instead works', async ({
	story,
}) => {
	const web = await story.domain('sized', {disks: ['sized.qcow2']});
	const file = story.lab.image('sized.qcow2');
	const {virtualSizeBytes: small} = (await web.read()).disks[0]!.chain[0]!;
	await web.does({verb: 'create', tag: 'small', method: 'qemu-img'});
	await story.lab.qemuImg('resize', '-q', '-f', 'qcow2', file, String(2 * small));
	await writePattern(story.lab, file, 0x22, {offset: small, length: 65_536});
	await web.does({verb: 'create', tag: 'large', method: 'qemu-img'});
	await web.does({verb: 'revert', tag: 'small'});
	const refusal = await web.refusal({verb: 'clone', name: 'cut', tag: 'large', full: true});
	expect(refusal).toMatchObject({code: 'unreadable-image', reason: expect.stringContaining('cut off the rest')});
	await follows(story, web, refusal.remedy);
	await web.does({verb: 'clone', name: 'whole', tag: 'large', full: true});
	const [disk] = (await (await story.existing('whole')).read()).disks;
	expect(disk!.chain[0]).toMatchObject({virtualSizeBytes: 2 * small});
	expect(await hasPattern(story.lab, disk!.chain[0]!.file, 0x22, {offset: small, length: 65_536})).toBe(true);
});

test('a linked clone of an external snapshot in the middle of a chain, made and run while the domain runs', async ({
	story,
}) => {
	const web = await story.domain('web', {disks: ['web.qcow2', 'web-2.qcow2'], running: true});
	await web.write(0xa1);
	await web.does({verb: 'create', tag: 'one', method: 'external-live'});
	await web.write(0xb2);
	await web.does({verb: 'create', tag: 'two', method: 'external-live'});
	await web.write(0xc3);
	const layers = (await web.read()).disks.map(({chain}) => chain[1]!.file);

	const plan = await web.does({verb: 'clone', name: 'web-2', tag: 'two'});
	expect(plan).toMatchObject({tag: 'two', method: 'linked-clone', consistency: 'crash-consistent'});
	expect(plan.warnings.join(' ')).toContain(layers[0]);
	const clone = await story.existing('web-2');
	await clone.holds(0xb2);
	expect((await backings(clone)).map(([first]) => first)).toEqual(layers);
	await clone.does({verb: 'start'});
	await clone.write(0xd4);
	await clone.holds(0xd4);
	await web.holds(0xc3);

	// Newer ones come and go above its layer; what would be merged into it, or removes it, is kept from that.
	await web.does({verb: 'create', tag: 'three', method: 'external-live'});
	await web.does({verb: 'delete', tag: 'three'});
	for (const state of ['running', 'shut off']) {
		if (state === 'shut off') await Promise.all([web.turnOff(), clone.turnOff()]);
		for (const intent of [{tag: 'one'}, {tag: 'two'}, {tag: 'one', children: true}])
			expect(await web.refusal({verb: 'delete', ...intent}), `${state} ${JSON.stringify(intent)}`).toMatchObject({
				code: 'has-dependants',
				reason: expect.stringContaining('web-2'),
			});
	}

	// The domain may run, since it does not write to that layer.
	for (const tag of ['two', 'one']) {
		const outcome = makePlan(await story.hypervisor.facts(web.uuid), {verb: 'revert', tag});
		if ('plan' in outcome) await web.carryOut(outcome.plan);
		if ((await web.read()).id !== null) await web.turnOff();
	}
	await clone.holds(0xd4);
	await web.does({verb: 'start'});
	await web.write(0xe5);
	await clone.holds(0xd4);
	await web.turnOff();
	await sound(story, web);
	await sound(story, clone);

	const id = (await story.hypervisor.receipts()).find(({plan}) => plan.verb === 'clone')!.id;
	const files = (await clone.read()).disks.map(({source}) => source!);
	await web.undoes(id);
	expect(files.filter(existsSync)).toEqual([]);
	expect(layers.every(existsSync)).toBe(true);
	await web.does({verb: 'delete', tag: 'two'});
});

test.runIf(everyVariant)(
	'a snapshot inside the images of a running domain can only be copied, and the copy depends on nothing',
	async ({story}) => {
		const web = await story.domain('in, side', {disks: ['in, side.qcow2', 'in, side 2.qcow2'], running: true});
		const {host} = await story.hypervisor.facts(web.uuid);
		// Where libvirt takes a QEMU job for it, the tag becomes part of the job's name.
		const tag = can(host, 'internal-jobs') ? 'a.b' : 'a,b';
		await web.write(0xa1);
		await web.does({verb: 'create', tag, method: 'libvirt-internal'});
		await web.write(0xb2);
		expect(await web.refusal({verb: 'clone', name: 'copy', tag})).toMatchObject({
			code: 'method-mismatch',
			remedy: saying('--full'),
		});
		const plan = await web.does({verb: 'clone', name: 'copy', tag, full: true});
		expect(plan.warnings.join(' ')).toContain(`The memory of ${tag} is not copied`);
		const copy = await story.existing('copy');
		expect(await backings(copy)).toEqual([[], []]);
		await copy.holds(0xa1);
		await web.holds(0xb2);
		await web.does({verb: 'delete', tag});
		await copy.does({verb: 'start'});
		await copy.holds(0xa1);
		await copy.write(0xd4);
		await web.holds(0xb2);
		for (const domain of [copy, web]) {
			await domain.turnOff();
			await sound(story, domain);
		}
		expect((await copy.read()).snapshots).toEqual([]);
	},
);

test.runIf(everyVariant)(
	'a full clone of the domain as it is, a chain on a raw disk: it runs beside the other',
	async ({story}) => {
		const base = await story.domain('whole', {disks: ['whole.qcow2', 'whole.raw']});
		await base.write(0xa1);
		await base.does({verb: 'create', tag: 's', method: 'external-offline'});
		const plan = await base.does({verb: 'clone', name: 'whole-2', full: true});
		expect(plan.space).toHaveLength(1);
		const copy = await story.existing('whole-2');
		expect(await backings(copy)).toEqual([[], []]);
		await base.does({verb: 'start'});
		await base.write(0xb2);
		await copy.does({verb: 'start'});
		await copy.holds(0xa1);
		// Of the snapshot a linked one stands on the raw disk, too, and a full one is a copy of it.
		await base.does({verb: 'clone', name: 'whole-3', tag: 's'});
		await base.does({verb: 'clone', name: 'whole-4', tag: 's', full: true});
		for (const name of ['whole-3', 'whole-4']) await (await story.existing(name)).holds(0xa1);
		await base.holds(0xb2);
		await Promise.all([base.turnOff(), copy.turnOff()]);
		await base.undoes();
		expect((await story.lab.virsh('list', '--all', '--name')).split('\n')).not.toContain('whole-4');
	},
);

test('the definition is the one of that time, and no disk is shared', async ({story}) => {
	const {lab} = story;
	const web = await story.domain('then');
	await web.write(0xa1);
	await web.does({verb: 'create', tag: 'small', method: 'libvirt-internal'});
	const extra = await lab.createImage('extra.qcow2', {format: 'qcow2'});
	await web.virsh('attach-disk', '--source', extra, '--target', 'vdb', '--subdriver', 'qcow2', '--config');
	await web.virsh('setmaxmem', '--size', '96M', '--config');
	await web.does({verb: 'clone', name: 'then-2', tag: 'small', full: true});
	const clone = await story.existing('then-2');
	expect((await clone.read()).disks.map(({target}) => target)).toEqual(['vda']);
	expect(await clone.virsh('dumpxml')).not.toContain(`>${96 * 1024}<`);
	// One that libvirt does not know has no definition, and vdb would be that of both.
	await lab.qemuImg('snapshot', '-c', 'by-hand', lab.image('then.qcow2'));
	expect(await web.refusal({verb: 'clone', name: 'no', tag: 'by-hand', full: true})).toMatchObject({
		code: 'unsupported-disk',
		reason: expect.stringContaining('vdb is not in by-hand'),
	});
});

test('a copy that is cancelled ends at once, and leaves nothing', async ({story}) => {
	const {lab} = story;
	const web = await story.domain('long', {running: true});
	await web.write(0xa1);
	await web.does({verb: 'create', tag: 's', method: 'libvirt-internal'});
	const before = await readdir(lab.image(''));
	const plan = await web.plan({verb: 'clone', name: 'long-2', tag: 's', full: true});
	const env = {...lab.env, PATH: `${await neverEnding(lab.folder)}:${process.env.PATH}`};
	const hypervisor = openHypervisor({uri: lab.uri, env, receipts: path.join(lab.folder, 'receipts of the slow')});
	const told: Progress[] = [];
	const receipt = await hypervisor.carryOut(plan, ({id, progress}) => {
		if (!progress) return;
		told.push(progress);
		// It is asked for while the file grows.
		if (told.length === 1) void hypervisor.cancel(id);
	});
	await hypervisor.close();
	expect(receipt, receipt.message).toMatchObject({status: 'undone', cancelled: true});
	expect(told[0]!.doneBytes).toBeGreaterThan(0);
	expect(await readdir(lab.image(''))).toEqual(before);
	await web.holds(0xa1);
});

/** A folder for PATH with a qemu-img whose copies go on for ever once the copying is done. */
async function neverEnding(folder: string): Promise<string> {
	const programs = path.join(folder, 'slow programs');
	await mkdir(programs);
	const script = '#!/bin/sh\n/usr/bin/qemu-img "$@" || exit\n[ "$1" != convert ] || exec tail -f /dev/null\n';
	await writeFile(path.join(programs, 'qemu-img'), script, {mode: 0o755});
	return programs;
}
