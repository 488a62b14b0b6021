/** Disks that have got other targets since a snapshot was taken: a revert takes none of them for another. */
import {expect} from 'vitest';
import {can} from '../../source/core/model/capabilities.ts';
import {asCommands, typedThere} from '../../source/core/words/remedy.ts';
import {redefined} from './redefined.ts';
import {type Cast, type Story, test} from './story.ts';

const addresses = /<address type='(?:pci|drive)'[^>]*\/>/g;

/** As somebody does it who changes the bus of a disk, or puts another one in front. */
const redefine = (story: Story, {name}: Cast, change: (disks: string) => string) =>
	redefined(story, name, xml => xml.replace(/<disk [\s\S]*<\/disk>/, all => change(all.replaceAll(addresses, ''))));

const onSata = (disks: string) => disks.replace("dev='vda' bus='virtio'", "dev='sdb' bus='sata'");
const onVirtio = (disks: string) => disks.replace("dev='sdb' bus='sata'", "dev='vda' bus='virtio'");
const swapped = (disks: string) =>
	disks.replace(/dev='vd([ab])'/g, (_, letter: string) => `dev='vd${letter === 'a' ? 'b' : 'a'}'`);

const targets = async (domain: Cast) => (await domain.read()).disks.map(({target}) => target);

test.for(['external-offline', 'qemu-img'] as const)(
	'the bus of a disk was changed, %s: the revert is refused until it is changed back',
	async (method, {story}) => {
		const domain = await story.domain(`bus-${method}`);
		await domain.write(0x11);
		await domain.does({verb: 'create', tag: 's1', method});
		if (method === 'qemu-img') await domain.virsh('snapshot-create-as', '--name', 's2');
		const tag = method === 'qemu-img' ? 's2' : 's1';
		await domain.write(0x22);
		await redefine(story, domain, onSata);
		expect((await domain.snapshot(tag))?.healthReason).toBe('What was vda then is sdb now.');
		const {reason, remedy} = await domain.refusal({verb: 'revert', tag});
		expect(reason).toBe('The disk that was vda in this snapshot is sdb now.');
		expect(asCommands(remedy, typedThere)).toMatch(/^Give it the target vda again \(virsh .*edit bus-.*\)\.$/);
		await redefine(story, domain, onVirtio);
		await domain.does({verb: 'revert', tag});
		await domain.holds(0x11);
		expect(await targets(domain)).toEqual(['vda']);
	},
);

test('what libvirt has no record of is looked for in the disks that there are', async ({story}) => {
	const domain = await story.domain('bus-unmanaged');
	await domain.write(0x11);
	await story.lab.qemuImg('snapshot', '-c', 's1', story.lab.image('bus-unmanaged.qcow2'));
	await domain.write(0x22);
	await redefine(story, domain, onSata);
	await domain.does({verb: 'revert', tag: 's1'});
	await domain.holds(0x11);
});

test('another disk was put in front: it stays where it is', async ({story}) => {
	const domain = await story.domain('front');
	await domain.does({verb: 'create', tag: 's1', method: 'external-offline'});
	const fresh = await story.lab.createImage('front-new.qcow2');
	const front = `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${fresh}'/><target dev='vda' bus='virtio'/></disk>`;
	await redefine(story, domain, disks => front + disks.replace("'vda'", "'vdb'"));
	expect((await domain.snapshot('s1'))?.healthReason).toBe(
		'Added since, so not in it: vda. What was vda then is vdb now.',
	);
	const {reason, remedy} = await domain.refusal({verb: 'revert', tag: 's1'});
	expect(reason).toBe('The disk that was vda in this snapshot is vdb now, and vda is another one.');
	expect(asCommands(remedy, typedThere)).toContain('and the other one another target');
});

test('two disks were swapped, of a snapshot of one', async ({story}) => {
	const domain = await story.domain('swap', {disks: ['swap-1.qcow2', 'swap-2.qcow2']});
	await domain.write(0x11);
	await domain.does({verb: 'create', tag: 's1', method: 'external-offline', disks: ['vda']});
	await domain.write(0x22);
	await redefine(story, domain, swapped);
	expect((await domain.refusal({verb: 'revert', tag: 's1'})).reason).toContain('is vdb now, and vda is another one');
	await redefine(story, domain, swapped);
	await domain.does({verb: 'revert', tag: 's1'});
	await domain.holds(0x11, 'vda');
	await domain.holds(0x22, 'vdb');
});

test('an overlay that a revert has left is read from another disk: the one that it was taken of is still itself', async ({
	story,
	skip,
}) => {
	const domain = await story.domain('beside');
	const {host} = await story.hypervisor.facts(domain.uuid);
	if (can(host, 'external-revert')) return skip('libvirt reverts it, and leaves no overlay');
	await domain.write(0x11);
	await domain.does({verb: 'create', tag: 's1', method: 'external-offline'});
	await domain.does({verb: 'create', tag: 's2', method: 'external-offline'});
	const source = (await domain.read()).disks[0]!.source!;
	await domain.write(0x22);
	await domain.does({verb: 'revert', tag: 's1'});
	await domain.virsh('attach-disk', source, 'vdb', '--subdriver', 'qcow2', '--config');
	await domain.does({verb: 'revert', tag: 's2'});
	await domain.holds(0x11, 'vda');
	await domain.holds(0x22, 'vdb');
});

test('a disk that no snapshot knows has the place of a detached one: it is told that it leaves', async ({story}) => {
	const domain = await story.domain('instead', {disks: ['instead-1.qcow2', 'instead-2.qcow2']});
	await domain.does({verb: 'create', tag: 's1', method: 'external-offline'});
	await domain.virsh('detach-disk', '--target', 'vdb', '--config');
	const other = await story.lab.createImage('instead-other.qcow2');
	await domain.virsh('attach-disk', other, 'vdb', '--subdriver', 'qcow2', '--config');
	const {warnings} = await domain.does({verb: 'revert', tag: 's1'});
	expect(warnings.join(' ')).toContain(
		`vdb runs on ${other} now, which no snapshot knows: it leaves the definition and stays on disk.`,
	);
});
