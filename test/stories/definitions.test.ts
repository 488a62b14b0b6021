/** Definitions say the truth of their chains: a snapshot of a running domain writes its layers into them, and layers come and go. */
import {symlink, writeFile} from 'node:fs/promises';
import {expect} from 'vitest';
import type {MethodId} from '../../source/core/model/intent.ts';
import {variants} from '../helpers/variants.ts';
import {asSata, redefined} from './redefined.ts';
import {type Cast, type Story, test} from './story.ts';

async function three(story: Story, name: string, method: MethodId): Promise<Cast> {
	const domain = await story.domain(name, {running: true});
	for (const [index, tag] of ['s1', 's2', 's3'].entries()) {
		await domain.write(0xa1 + index);
		await domain.does({verb: 'create', tag, method});
	}
	await domain.write(0xd4);
	return domain;
}

/** Nothing in any definition is untrue, and it starts. */
async function starts(domain: Cast): Promise<void> {
	const {id, problems, disks} = await domain.read();
	expect(problems).toEqual([]);
	expect(disks.map(({misdefined}) => misdefined)).toEqual([undefined]);
	if (id !== null) await domain.turnOff();
	await domain.does({verb: 'start'});
	expect((await domain.read()).problems).toEqual([]);
}

test.for(variants<MethodId>(['external-live', 'external-full'], method => method === 'external-live'))(
	'%s: shut off, the oldest and the middle one are deleted, it starts, and goes back to the last',
	async (method, {story}) => {
		const domain = await three(story, method, method);
		await domain.turnOff();
		await domain.does({verb: 'delete', tag: 's1'});
		await starts(domain);
		await domain.turnOff();
		await domain.does({verb: 'delete', tag: 's2'});
		await starts(domain);
		await domain.holds(0xd4);
		await domain.turnOff();
		await domain.does({verb: 'revert', tag: 's3'});
		expect((await domain.read()).problems).toEqual([]);
		await domain.holds(0xa3);
		expect(await domain.virsh('snapshot-dumpxml', '--snapshotname=s3')).not.toContain('.s1.qcow2');
	},
);

test.for(variants(['s1', 's2', 's3'], tag => tag === 's2'))(
	'running, %s is deleted: it starts again, also with the others gone',
	async (tag, {story}) => {
		const domain = await three(story, `live-${tag}`, 'external-live');
		await domain.does({verb: 'delete', tag});
		await starts(domain);
		await domain.holds(0xd4);
		for (const other of ['s3', 's2', 's1'].filter(one => one !== tag)) {
			await domain.does({verb: 'delete', tag: other});
			await starts(domain);
		}
		await domain.holds(0xd4);
	},
);

test('a tag that is deleted and taken again makes no loop', async ({story}) => {
	const domain = await story.domain('again', {running: true});
	for (const tag of ['s1', 's2']) await domain.does({verb: 'create', tag, method: 'external-live'});
	await domain.write(0xa1);
	await domain.turnOff();
	await domain.does({verb: 'delete', tag: 's1'});
	await domain.does({verb: 'create', tag: 's1', method: 'external-offline'});
	const names = ['again.s1.qcow2', 'again.s2.qcow2', 'again.qcow2'];
	expect((await domain.read()).disks[0]!.chain.map(({file}) => file)).toEqual(names.map(name => story.lab.image(name)));
	await starts(domain);
	await domain.holds(0xa1);
});

test('a definition that names another chain is told, and a plan that finds it so is not called verified', async ({
	story,
}) => {
	const {lab} = story;
	const domain = await story.domain('told');
	await domain.does({verb: 'create', tag: 's1', method: 'external-offline'});
	const xml = await domain.virsh('dumpxml', '--inactive');
	const backing = `<backingStore type='file'><format type='qcow2'/><source file='${lab.image('gone.qcow2')}'/></backingStore>`;
	const file = lab.image('told.xml');
	await writeFile(file, xml.replace(/(<source file='[^']*told[^']*'[^>]*\/>)/, `$1${backing}`));
	await lab.virsh('define', '--file', file);
	const {disks, problems} = await domain.read();
	expect(disks[0]!.misdefined).toBe(lab.image('gone.qcow2'));
	expect(problems.join()).toContain('gone.qcow2');
});

test('where the definition ends the chain early, or takes the base for raw, no overlay shows what the guest does not read', async ({
	story,
}) => {
	const {lab} = story;
	const domain = await story.domain('ended');
	await domain.write(0x11);
	await domain.does({verb: 'create', tag: 's1', method: 'external-offline'});
	const xml = await domain.virsh('dumpxml', '--inactive');
	const base = `<source file='${lab.image('ended.qcow2')}'/><backingStore/>`;
	const asRaw = `<backingStore type='file'><format type='raw'/>${base}</backingStore>`;
	const offline = {verb: 'create', tag: 's2', method: 'external-offline'} as const;
	for (const below of ['<backingStore/>', asRaw]) {
		const edited = xml.replace(/(<source file='[^']*ended[^']*'[^>]*\/>)/, `$1${below}`);
		await lab.virsh('define', '--file', await lab.writeFile('ended-early.xml', edited));
		expect((await domain.refusal(offline)).reason).toContain('<backingStore>');
	}
	await lab.virsh('define', '--file', await lab.writeFile('ended-early.xml', xml));
	await domain.does(offline);
	await domain.holds(0x11);
});

test.for(variants<MethodId>(['external-live', 'external-full'], method => method === 'external-live'))(
	'%s while another name of the disk is pending: refused, and taken once it is shut off, or called as before',
	async (method, {story}) => {
		const domain = await story.domain(`pending-${method}`, {running: true});
		await domain.write(0x11);
		const before = await domain.virsh('dumpxml', '--inactive');
		await redefined(story, domain.name, xml => asSata(xml));
		const refusal = await domain.refusal({verb: 'create', tag: 's1', method});
		expect(refusal.reason).toContain('from the next start on vda is called sdb');
		await redefined(story, domain.name, () => before);
		await domain.does({verb: 'create', tag: 's1', method});
		await redefined(story, domain.name, xml => asSata(xml));
		await domain.write(0x22);
		expect((await domain.refusal({verb: 'create', tag: 's2', method})).reason).toContain('sdb');
		expect((await domain.refusal({verb: 'delete', tag: 's1'})).reason).toContain('sdb');
		await domain.turnOff();
		await domain.does({verb: 'delete', tag: 's1'});
		await domain.does({verb: 'create', tag: 's2', method: 'external-offline'});
		await starts(domain);
		await domain.turnOff();
		await domain.holds(0x22);
	},
);

test('the same by two disks that change places, by another path, and by another file', async ({story}) => {
	const domain = await story.domain('places', {disks: ['places-1.qcow2', 'places-2.qcow2'], running: true});
	const before = await domain.virsh('dumpxml', '--inactive');
	const other = await story.lab.createImage('places-3.qcow2');
	const link = story.lab.image('places-link.qcow2');
	await symlink(story.lab.image('places-1.qcow2'), link);
	const changes: [string, (xml: string) => string][] = [
		['vda is called vdb', xml => xml.replace(/'(vd[ab])' bus/g, (_, dev) => `'${dev === 'vda' ? 'vdb' : 'vda'}' bus`)],
		[`is ${link}`, xml => xml.replace(story.lab.image('places-1.qcow2'), link)],
		[`vda is ${other}`, xml => xml.replace(story.lab.image('places-1.qcow2'), other)],
	];
	for (const [words, change] of changes) {
		await redefined(story, domain.name, () => change(before));
		expect((await domain.refusal({verb: 'create', tag: 's1', method: 'external-live'})).reason).toContain(words);
	}
	await domain.does({verb: 'create', tag: 's1', method: 'external-live', disks: ['vdb']});
	await domain.does({verb: 'delete', tag: 's1'});
	await redefined(story, domain.name, () => before);
	await domain.does({verb: 'create', tag: 's1', method: 'external-live'});
});

test('pending changes of other disks stand in the way of nothing', async ({story}) => {
	const {lab} = story;
	const domain = await story.domain('others', {disks: ['others-1.qcow2', 'others-2.qcow2'], running: true});
	const [fresh, medium] = await Promise.all([
		lab.createImage('others-3.qcow2'),
		lab.createImage('others.raw', {format: 'raw'}),
	]);
	await domain.virsh('attach-disk', '--source', fresh, '--target', 'vdc', '--config', '--subdriver', 'qcow2');
	await domain.virsh(
		'attach-disk',
		'--source',
		medium,
		'--target',
		'sda',
		'--config',
		'--type',
		'cdrom',
		'--mode',
		'readonly',
	);
	await domain.virsh('detach-disk', '--target', 'vdb', '--config');
	for (const tag of ['s1', 's2']) await domain.does({verb: 'create', tag, method: 'external-live'});
	await domain.does({verb: 'delete', tag: 's2'});
	await domain.does({verb: 'delete', tag: 's1'});
	expect((await domain.read()).disks.map(({pending}) => pending)).toEqual([undefined, undefined]);
});
