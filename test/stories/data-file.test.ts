/** qcow2 images whose data is in another file (`data_file`): what is done to that file is done to the image. */
import path from 'node:path';
import {expect} from 'vitest';
import type {DiskSpec} from '../../source/lab/domain-xml.ts';
import {writePattern} from '../../source/lab/pattern.ts';
import {said, saying} from '../helpers/saying.ts';
import {type Cast, type Story, test} from './story.ts';

type OnData = {readonly domain: Cast; readonly image: string; readonly data: string};

/** A domain on such an image; its guest sees the bytes of the data file as they are. */
async function onDataFile(story: Story, name: string): Promise<OnData> {
	const {lab} = story;
	const domain = await story.domain(name);
	const [image, data] = [lab.image(`${name}.qcow2`), lab.image(`${name}.bytes`)];
	await lab.run('rm', [image]);
	const options = `data_file=${data},data_file_raw=on`;
	await lab.qemuImg('create', '-q', '-f', 'qcow2', '-o', options, image, '16M');
	await domain.write(0x11);
	return {domain, image, data};
}

/** As somebody does who takes it for a disk of its own, a while after the last write. */
async function writeData({lab}: Story, data: string): Promise<void> {
	await writePattern(lab, data, 0x33, {format: 'raw'});
	await lab.run('touch', ['-d', '1 minute', data]);
}

test('a domain that runs on the data file runs on the image', async ({story}) => {
	const {lab} = story;
	const {domain, data} = await onDataFile(story, 'split');
	await domain.does({verb: 'create', tag: 's', method: 'external-offline'});
	await domain.write(0x22);
	await lab.define({name: 'direct', disks: [{target: 'vda', file: data, format: 'raw'}]});
	const direct = await story.existing('direct');
	for (const running of [false, true]) {
		if (running) await direct.virsh('start');
		const reason = saying('direct');
		expect(await domain.refusal({verb: 'delete', tag: 's'})).toMatchObject({code: 'has-dependants', reason});
	}
	expect(await domain.refusal({verb: 'revert', tag: 's'})).toMatchObject({code: 'has-dependants'});
	await direct.turnOff();
	expect(await direct.refusal({verb: 'start'})).toMatchObject({code: 'has-dependants', reason: saying('split')});
});

test('a base on which no disk runs is in use by the domain that runs on its data file', async ({story}) => {
	const {lab} = story;
	const {domain, data} = await onDataFile(story, 'forked');
	await domain.does({verb: 'create', tag: 's', method: 'external-offline'});
	const other = await lab.createImage('other.qcow2', {format: 'qcow2'});
	await lab.define({name: 'forked', uuid: domain.uuid, disks: [{target: 'vda', file: other, format: 'qcow2'}]});
	await lab.define({name: 'direct', disks: [{target: 'vda', file: data, format: 'raw'}]});
	await (await story.existing('direct')).virsh('start');
	expect(await domain.refusal({verb: 'revert', tag: 's'})).toMatchObject({code: 'has-dependants'});
});

test('two disks that have the same data are one image', async ({story}) => {
	const {lab} = story;
	const {domain, data, image} = await onDataFile(story, 'twice');
	const disks: DiskSpec[] = [
		{target: 'vda', file: image, format: 'qcow2'},
		{target: 'vdb', file: data, format: 'raw'},
	];
	await lab.define({name: 'twice', uuid: domain.uuid, disks});
	expect(await domain.refusal({verb: 'create', tag: 's'})).toMatchObject({code: 'unsupported-disk'});
});

test('memory is not resumed after the data file was written to', async ({story}) => {
	const {domain, data} = await onDataFile(story, 'saved');
	await domain.does({verb: 'start'});
	await domain.does({verb: 'save'});
	await writeData(story, data);
	const reason = saying(data.replace(/bytes$/, 'qcow2'));
	for (const verb of ['start', 'restore'] as const)
		expect(await domain.refusal({verb})).toMatchObject({code: 'disks-changed', reason});
});

test('a base whose data file was written to is not what the snapshot held', async ({story}) => {
	const {domain, data, image} = await onDataFile(story, 'below');
	await domain.does({verb: 'create', tag: 's', method: 'external-offline'});
	expect((await domain.plan({verb: 'revert', tag: 's'})).warnings.join(' ')).not.toContain('written to');
	await writeData(story, data);
	expect((await domain.plan({verb: 'revert', tag: 's'})).warnings).toContainEqual(saying(image));
});

test('a data file that is missing is named, and nothing is made of the image', async ({story}) => {
	const {lab} = story;
	const {domain, data} = await onDataFile(story, 'lost');
	await domain.does({verb: 'create', tag: 's', method: 'external-offline'});
	await lab.run('mv', [data, `${data}.away`]);
	expect((await domain.read()).disks[0]!.unreadable).toMatchObject({reason: saying(data)});
	const {host} = await story.hypervisor.facts(domain.uuid);
	// QEMU 5.2 tells nothing of the image without its data: to the record of a snapshot it is missing, and only that record could be deleted.
	const others = Number.parseFloat(host.qemu) >= 6 ? ([{verb: 'delete', tag: 's'}] as const) : [];
	for (const intent of [{verb: 'create', tag: 't'}, {verb: 'revert', tag: 's'}, ...others] as const)
		expect(await domain.refusal(intent), intent.verb).toMatchObject({reason: saying(data)});
	await lab.run('mv', [`${data}.away`, data]);
	await domain.does({verb: 'delete', tag: 's'});
	await domain.holds(0x11);
});

test('a data file that is missing below a base on which no disk runs is named', async ({story}) => {
	const {lab} = story;
	const {domain, data} = await onDataFile(story, 'aside');
	await domain.does({verb: 'create', tag: 's', method: 'external-offline'});
	await domain.virsh('detach-disk', '--target', 'vda', '--config');
	await lab.run('rm', [data]);
	expect(await domain.snapshot('s')).toMatchObject({health: 'missing-files', healthReason: saying(data)});
});

test('a full copy is of the data, and counts it', async ({story}) => {
	const {lab} = story;
	const {domain, data} = await onDataFile(story, 'copied');
	await lab.run('qemu-io', ['-c', 'write -P 17 0 8M', '--', lab.image('copied.qcow2')]);
	const plan = await domain.does({verb: 'clone', name: 'copy', full: true});
	expect(plan.space![0]!.neededBytes).toBeGreaterThan(8 * 1024 ** 2);
	await lab.run('rm', [data]);
	await (await story.existing('copy')).holds(0x11);
});

test('a data file that is named by a relative path is another file for everybody who opens the image', async ({
	story,
}) => {
	const {lab} = story;
	const {domain, data, image} = await onDataFile(story, 'relative');
	await lab.qemuImg('amend', '-f', 'qcow2', '-o', 'data_file=relative.bytes', image);
	const refusal = await domain.refusal({verb: 'create', tag: 's'});
	expect(refusal.code).toBe('unreadable-image');
	// QEMU 5.2 looks for the data file to tell of the image, and fails first.
	expect(said(refusal.reason)).toMatch(/no full path|Could not open 'relative\.bytes'/);
	const amend = 'cd "$1" && qemu-img amend -f qcow2 -o data_file="$PWD/relative.bytes" "$2"';
	await lab.run('sh', ['-c', amend, 'sh', path.dirname(data), image]);
	await domain.does({verb: 'create', tag: 's'});
});
