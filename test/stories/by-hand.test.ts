/** What an administrator does beside virsnap, with virsh and qemu-img, and what it must not make virsnap lose. */

import {symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import {can} from '../../source/core/model/capabilities.ts';
import type {Intent} from '../../source/core/model/intent.ts';
import {meaning} from '../../source/core/planning/several/turn.ts';
import {hasBackups} from '../helpers/backups.ts';
import {waitUntil} from '../helpers/lab.ts';
import {saying} from '../helpers/saying.ts';
import {variants} from '../helpers/variants.ts';
import {follows} from './follow.ts';
import {type Cast, type Story, test} from './story.ts';

/** As `virsh edit` does. */
async function edit({lab}: Story, name: string, change: (xml: string) => string): Promise<void> {
	const xml = await lab.virsh('dumpxml', '--domain', name, '--inactive', '--security-info');
	const file = path.join(lab.folder, 'edited.xml');
	await writeFile(file, change(xml), {mode: 0o644});
	await lab.virsh('define', '--file', file);
}

test('disks that were swapped since keep what they hold when the snapshot is deleted', async ({story}) => {
	const domain = await story.domain('swapped', {disks: ['first.qcow2', 'second.qcow2']});
	await domain.does({verb: 'create', tag: 'point', method: 'external-offline'});
	await domain.write(0xb2);
	const names: Record<string, string> = {vda: 'vdb', vdb: 'vda'};
	await edit(story, 'swapped', xml => xml.replace(/dev='(vd[ab])'/g, (_, target: string) => `dev='${names[target]}'`));
	await domain.does({verb: 'delete', tag: 'point'});
	expect(Object.fromEntries((await domain.read()).disks.map(disk => [disk.target, disk.source]))).toEqual({
		vda: story.lab.image('second.qcow2'),
		vdb: story.lab.image('first.qcow2'),
	});
	await domain.holds(0xb2);
});

test('a base that a clone depends on by another path is not started, and the clone is no unused overlay', async ({
	story,
}) => {
	const {lab} = story;
	const base = await story.domain('gold');
	await base.does({verb: 'create', tag: 'point', method: 'external-offline'});
	await base.does({verb: 'create', tag: 'inner', method: 'qemu-img'});
	const folder = path.join(lab.folder, 'moved');
	await symlink(lab.image('.'), folder);
	const overlay = lab.image('gold.clone.qcow2');
	const top = `${folder}/${path.basename((await base.read()).disks[0]!.source!)}`;
	await lab.qemuImg('create', '-q', '-f', 'qcow2', '-b', top, '-F', 'qcow2', overlay);
	await lab.define({name: 'gold-clone', disks: [{target: 'vda', file: path.join(folder, 'gold.clone.qcow2')}]});
	for (const intent of [{verb: 'start'}, {verb: 'delete', tag: 'point'}, {verb: 'revert', tag: 'inner'}] as const)
		expect((await base.refusal(intent)).reason).toContain('gold-clone');
	expect(await base.leftBehind()).toEqual([]);
});

const backingNames: readonly [string, (file: string) => object][] = [
	['dotted', file => ({driver: 'qcow2', 'file.driver': 'file', 'file.filename': file})],
	['nested', file => ({driver: 'qcow2', file: {driver: 'raw', file: {driver: 'file', filename: file}}})],
	['filtered', file => ({driver: 'qcow2', file: {driver: 'blkdebug', image: {driver: 'file', filename: file}}})],
];

test.for(variants(backingNames, ([how]) => how === 'filtered'))(
	'a base is found under a backing name of options: %s',
	async ([how, options], {story}) => {
		const {lab} = story;
		const base = await story.domain(`json-${how}`);
		await base.does({verb: 'create', tag: 'point', method: 'qemu-img'});
		const overlay = lab.image(`json-${how}.clone.qcow2`);
		const name = `json:${JSON.stringify(options(lab.image(`json-${how}.qcow2`)))}`;
		await lab.qemuImg('create', '-q', '-f', 'qcow2', '-b', name, '-F', 'qcow2', overlay);
		const left = async () => (await story.hypervisor.facts(base.uuid)).kept.map(({file}) => file);
		expect(await left()).toEqual([overlay]);
		await lab.define({name: `json-${how}-clone`, disks: [{target: 'vda', file: overlay}]});
		for (const intent of [{verb: 'start'}, {verb: 'revert', tag: 'point'}] as const)
			expect(await base.refusal(intent)).toMatchObject({code: 'has-dependants', reason: saying(`json-${how}-clone`)});
		expect(await left()).toEqual([]);
	},
);

test('a domain that is defined with another path to its overlay keeps what it holds when the snapshot is deleted', async ({
	story,
}) => {
	const domain = await story.domain('linked');
	await domain.does({verb: 'create', tag: 'point', method: 'external-offline'});
	await domain.does({verb: 'create', tag: 'child', method: 'external-offline'});
	await domain.write(0xb2);
	const folder = path.join(story.lab.folder, 'elsewhere');
	await symlink(story.lab.image('.'), folder);
	const [child, point] = [`${folder}/linked.child.qcow2`, `${folder}/linked.point.qcow2`];
	await story.lab.qemuImg('rebase', '-u', '-f', 'qcow2', '-b', point, '-F', 'qcow2', child);
	await edit(story, 'linked', xml => xml.replace(story.lab.image('linked.child.qcow2'), child));
	expect((await domain.snapshot('child'))?.health).toBe('ok');
	await domain.does({verb: 'delete', tag: 'child'});
	await domain.holds(0xb2);
	await domain.does({verb: 'delete', tag: 'point'});
	await domain.holds(0xb2);
	expect((await domain.read()).disks[0]!.chain).toHaveLength(1);
});

test('what a block job copies to, and what a running domain will start with, is no unused overlay', async ({story}) => {
	const {lab} = story;
	const domain = await story.domain('copied', {running: true});
	await domain.does({verb: 'create', tag: 'point', method: 'external-live'});
	const [mirror, next] = [lab.image('copied.mirror.qcow2'), lab.image('copied.next.qcow2')];
	for (const file of [mirror, next])
		await lab.qemuImg('create', '-q', '-f', 'qcow2', '-b', lab.image('copied.qcow2'), '-F', 'qcow2', file);
	const leftovers = async () => (await domain.leftBehind()).map(({file}) => file);
	expect(await leftovers()).toEqual([mirror, next]);
	const plan = await domain.plan({verb: 'reclaim', overlay: next});
	await domain.virsh('blockcopy', 'vda', mirror, '--shallow', '--reuse-external', '--transient-job', '--wait');
	expect(await leftovers()).toEqual([next]);
	await domain.virsh('blockjob', 'vda', '--abort');
	await edit(story, 'copied', xml => xml.replace(lab.image('copied.point.qcow2'), next));
	expect(await leftovers()).toEqual([mirror]);
	expect(await domain.carryOut(plan)).toMatchObject({status: 'stale'});
});

test('what was edited while a plan was looked at is not written over', async ({story}) => {
	const domain = await story.domain('edited');
	await domain.does({verb: 'create', tag: 'point', method: 'external-offline'});
	await domain.does({verb: 'create', tag: 'child', method: 'external-offline'});
	const plan = await domain.plan({verb: 'delete', tag: 'point'});
	await edit(story, 'edited', xml => xml.replace('</name>', '</name><title>Do not lose me</title>'));
	const receipt = await domain.carryOut(plan);
	expect(receipt).toMatchObject({status: 'stale'});
	expect(receipt.findings).toEqual([expect.stringContaining('definition')]);
	await domain.does({verb: 'delete', tag: 'point'});
	expect(await domain.virsh('desc', '--title')).toContain('Do not lose me');
});

test('undo of a create leaves another snapshot of that name alone', async ({story}) => {
	const domain = await story.domain('again');
	await domain.does({verb: 'create', tag: 'point', method: 'libvirt-internal'});
	const ended = Date.parse((await story.hypervisor.receipts())[0]!.endedAt!);
	await domain.virsh('snapshot-delete', 'point');
	await waitUntil(() => Date.now() > ended + 2000);
	await domain.virsh('snapshot-create-as', 'point');
	expect((await domain.undoRefusal()).reason).toContain('another one of this name was created');
	expect(await domain.tags()).toEqual(['point']);
});

test('while a backup has a job open nothing is begun that would wait for it in vain', async ({story, skip}) => {
	const {lab} = story;
	if (!(await hasBackups(lab))) skip('this libvirt has no backup jobs');
	const domain = await story.domain('backed-up', {running: true});
	await domain.does({verb: 'create', tag: 'point', method: 'monitor'});
	const backup = path.join(lab.folder, 'backup.xml');
	const scratch = lab.image('backed-up.scratch.qcow2');
	const disk = `<disk name='vda' backup='yes' type='file'><scratch file='${scratch}'/></disk>`;
	const server = `<server transport='unix' socket='${lab.folder}/backup.sock'/>`;
	await writeFile(backup, `<domainbackup mode='pull'>${server}<disks>${disk}</disks></domainbackup>`, {mode: 0o644});
	await domain.virsh('backup-begin', backup);
	expect(await domain.leftBehind()).toEqual([]);
	const intents: Intent[] = [
		{verb: 'create', tag: 'next'},
		{verb: 'revert', tag: 'point'},
		{verb: 'delete', tag: 'point'},
		{verb: 'save'},
	];
	for (const intent of intents) {
		const refusal = await domain.refusal(intent);
		const reason = expect.stringContaining('Backup');
		expect(refusal).toMatchObject({code: 'busy', reason, remedy: saying('domjobabort')});
	}

	await domain.virsh('domjobabort');
	await domain.does({verb: 'revert', tag: 'point'});
});

test('a floppy that can be written to is told of where no internal snapshot can leave it out', async ({story}) => {
	const {lab} = story;
	const domain = await story.domain('drivers');
	const floppy = await lab.createImage('drivers.img', {format: 'raw'});
	const source = `<driver name='qemu' type='raw'/><source file='${floppy}'/><target dev='fda' bus='fdc'/>`;
	await edit(story, 'drivers', xml =>
		xml.replace('</disk>', `</disk><disk type='file' device='floppy'>${source}</disk>`),
	);
	const told = {code: 'raw-disk', reason: expect.stringContaining('fda')};
	expect(await domain.refusal({verb: 'create', tag: 'off', method: 'libvirt-internal'})).toMatchObject(told);
	await domain.does({verb: 'create', tag: 'off', method: 'qemu-img'});
	await domain.does({verb: 'delete', tag: 'off'});
	await edit(story, 'drivers', xml => xml.replace("device='floppy'", "device='floppy' snapshot='no'"));
	const {reason} = await domain.refusal({verb: 'create', tag: 'off', method: 'libvirt-internal'});
	expect(reason).toContain('excludes fda');
	await domain.virsh('start');
	for (const method of ['libvirt-internal', 'monitor'] as const)
		expect(await domain.refusal({verb: 'create', tag: 'on', method})).toMatchObject(told);
	expect((await domain.does({verb: 'create', tag: 'on'})).method).toBe('external-full');
});

test('memory is not restored with a disk that has left the domain and was written to since', async ({story}) => {
	const domain = await story.domain('halved', {disks: ['halved.qcow2', 'halved-data.qcow2'], running: true});
	const file = story.lab.image('halved.save');
	await domain.does({verb: 'save', file});
	await edit(story, 'halved', xml => xml.replace(/<disk [^>]*>(?:(?!<disk)[\s\S])*?dev='vdb'[\s\S]*?<\/disk>/, ''));
	expect((await domain.read()).disks.map(({target}) => target)).toEqual(['vda']);
	await domain.plan({verb: 'restore', file});
	await story.lab.run('touch', ['-d', '1 minute', story.lab.image('halved-data.qcow2')]);
	expect(await domain.refusal({verb: 'restore', file})).toMatchObject({
		code: 'disks-changed',
		reason: expect.stringContaining('halved-data.qcow2'),
	});
});

async function refusedUnderCheckpoint({lab}: Story, domain: Cast): Promise<void> {
	const file = await lab.writeFile('checkpoint.xml', '<domaincheckpoint><name>monday</name></domaincheckpoint>');
	await domain.virsh('checkpoint-create', file);
	const refusal = await domain.refusal({verb: 'revert', tag: 'point'});
	expect(refusal).toMatchObject({reason: expect.stringContaining('monday'), remedy: saying('checkpoint-delete')});
	await domain.virsh('checkpoint-delete', 'monday');
}

test.for(variants(['libvirt-internal', 'monitor'] as const, method => method === 'monitor'))(
	'a revert under checkpoints is refused, and the domain stays up: %s',
	async (method, {story}) => {
		const domain = await story.domain(`checked-${method}`, {running: true});
		await domain.does({verb: 'create', tag: 'point', method});
		if (await hasBackups(story.lab)) await refusedUnderCheckpoint(story, domain);
		await domain.does({verb: 'revert', tag: 'point'});
		await domain.turnOff();
		const file = story.lab.image(`checked-${method}.qcow2`);
		await story.lab.qemuImg('bitmap', '--add', file, 'tuesday');
		const inTheImage = await domain.refusal({verb: 'revert', tag: 'point'});
		expect(inTheImage).toMatchObject({remedy: saying('qemu-img bitmap --remove')});
		await story.lab.qemuImg('bitmap', '--remove', file, 'tuesday');
		await domain.does({verb: 'revert', tag: 'point'});
	},
);

test('a layer with bitmaps is merged only while QEMU takes them along, and the remedy works', async ({story, skip}) => {
	if (!(await hasBackups(story.lab))) skip('this libvirt has no backup jobs');
	const domain = await story.domain('layered-backups', {running: true});
	await domain.does({verb: 'create', tag: 'one', method: 'external-live'});
	await domain.virsh('checkpoint-create-as', 'monday');
	const layer = (await domain.read()).disks[0]!.chain[0]!.file;
	await domain.does({verb: 'create', tag: 'two', method: 'external-live'});
	await domain.turnOff();
	const held = (await domain.read()).disks[0]!.chain.filter(({bitmaps}) => bitmaps.includes('monday'));
	expect(held.map(({file}) => file)).toContain(layer);
	// A libvirt that deletes by itself starts QEMU for it, which takes them along.
	if (!can((await story.hypervisor.facts(domain.uuid)).host, 'external-delete-below-shut-off')) {
		const refusal = await domain.refusal({verb: 'delete', tag: 'one'});
		expect(refusal).toMatchObject({code: 'wrong-state', reason: saying(`${layer} holds dirty bitmaps (monday)`)});
		await follows(story, domain, refusal.remedy);
	}
	await domain.does({verb: 'delete', tag: 'one'});
	if ((await domain.read()).id !== null) await domain.turnOff();
	const [, base] = (await domain.read()).disks[0]!.chain;
	expect(base!.bitmaps).toContain('monday');
});

test('an external one, and one of its tag inside the base: each is told from the other', async ({story}) => {
	const domain = await story.domain('twins');
	const image = story.lab.image('twins.qcow2');
	await domain.write(0xa1);
	await story.lab.qemuImg('snapshot', '-c', 'twin', image);
	await domain.write(0xb2);
	await domain.virsh('snapshot-create-as', 'twin', '--disk-only', '--diskspec', `vda,file=${image}.twin`);
	await domain.write(0xc3);
	const inside = (await domain.read()).snapshots.find(one => !one.libvirt)!;
	expect(meaning(await domain.read(), inside)).toEqual({tag: 'twin', id: '1'});
	expect((await domain.plan({verb: 'revert', tag: 'twin'})).method).toBe('external-offline');
	expect((await domain.refusal({verb: 'revert', tag: 'twin', id: '1'})).code).toBe('has-dependants');
	expect((await domain.refusal({verb: 'revert', tag: 'twin', id: '7'})).code).toBe('not-found');

	await domain.does({verb: 'delete', tag: 'twin'});
	expect((await domain.read()).snapshots).toMatchObject([{tag: 'twin', libvirt: false, health: 'unmanaged'}]);
	await domain.holds(0xc3);
	await domain.does({verb: 'revert', tag: 'twin', id: '1'});
	await domain.holds(0xa1);
});
