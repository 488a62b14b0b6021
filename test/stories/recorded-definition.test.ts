/** What a recorded definition names is gone by now, or the domain has another name: a running domain is not given up for it. */
import {rename, rm, writeFile} from 'node:fs/promises';
import net from 'node:net';
import {expect} from 'vitest';
import {saying} from '../helpers/saying.ts';
import {everyVariant} from '../helpers/variants.ts';
import {redefined} from './redefined.ts';
import {test} from './story.ts';

test('an ISO that was in the drive: refused first, and the remedy works', async ({story}) => {
	const domain = await story.domain('with-iso', {running: true});
	const iso = await story.lab.createImage('old.iso', {format: 'raw', size: '1M'});
	await domain.virsh('destroy');
	const drive = ['--source', iso, '--target', 'sda', '--type', 'cdrom', '--targetbus', 'sata'];
	await domain.virsh('attach-disk', ...drive, '--config');
	await domain.virsh('start');
	await domain.does({verb: 'create', tag: 'old', method: 'libvirt-internal'});
	await domain.virsh('change-media', '--path', 'sda', '--eject', '--live', '--config', '--force');
	await rm(iso);
	const refusal = await domain.refusal({verb: 'revert', tag: 'old'});
	expect(refusal).toMatchObject({code: 'unhealthy', reason: expect.stringContaining(`${iso} (cdrom sda) is gone`)});
	expect(refusal.remedy).toEqual(saying('snapshot-edit'));
	expect((await domain.read()).state).toBe('running');
	const editor = `sed -i "\\\\#file='${iso}'#d"`;
	await story.lab.run('env', [`EDITOR=${editor}`, 'virsh', 'snapshot-edit', '--domain', domain.uuid, 'old']);
	await domain.does({verb: 'revert', tag: 'old'});
	expect((await domain.read()).state).toBe('running');
});

test('a port that somebody else has by now: refused first, while its own is no hindrance', async ({
	story,
	onTestFinished,
}) => {
	const domain = await story.domain('with-port');
	const server = net.createServer();
	onTestFinished(() => void server.close());
	const listens = (port: number) => new Promise<void>(resolve => server.listen({host: '127.0.0.1', port}, resolve));
	await listens(0);
	const {port} = server.address() as net.AddressInfo;
	await new Promise(resolve => server.close(resolve));
	const source = `<source mode='bind' host='127.0.0.1' service='${port}'/><protocol type='raw'/>`;
	const serial = `<serial type='tcp'>${source}<target port='1'/></serial>`;
	const xml = await domain.virsh('dumpxml', '--inactive');
	const redefine = async (text: string) => {
		const file = story.lab.image('with-port.xml');
		await writeFile(file, text);
		await story.lab.virsh('define', '--file', file);
	};
	await redefine(xml.replace('</devices>', `${serial}</devices>`));
	await domain.virsh('start');
	await domain.does({verb: 'create', tag: 'old', method: 'libvirt-internal'});
	await domain.does({verb: 'revert', tag: 'old'});
	await domain.turnOff();
	await redefine(xml);
	await domain.virsh('start');
	await listens(port);
	const refusal = await domain.refusal({verb: 'revert', tag: 'old'});
	expect(refusal).toMatchObject({code: 'unhealthy', reason: expect.stringContaining(`TCP port ${port} (serial)`)});
	expect((await domain.read()).state).toBe('running');
	await new Promise(resolve => server.close(resolve));
	await domain.does({verb: 'revert', tag: 'old'});
	expect((await domain.read()).state).toBe('running');
});

test('memory of a domain that was renamed: refused first, and the old name helps', async ({story}) => {
	const domain = await story.domain('first-name', {running: true});
	const file = story.lab.image('named.save');
	await domain.does({verb: 'save', file});
	await domain.virsh('domrename', 'second-name');
	expect((await domain.refusal({verb: 'restore', file})).remedy).toEqual(saying('domrename second-name first-name'));
	await domain.virsh('domrename', 'first-name');
	await domain.does({verb: 'restore', file});
	expect((await domain.read()).state).toBe('running');
});

test.runIf(everyVariant)(
	'a full checkpoint of a domain that was renamed: refused first, and the old name helps',
	async ({story}) => {
		const domain = await story.domain('one-name', {running: true});
		await domain.does({verb: 'create', tag: 'full', method: 'external-full'});
		await domain.turnOff();
		await domain.virsh('domrename', 'other-name');
		expect((await domain.refusal({verb: 'revert', tag: 'full'})).remedy).toEqual(
			saying('domrename other-name one-name'),
		);
		await domain.virsh('domrename', 'one-name');
		await domain.does({verb: 'revert', tag: 'full'});
		expect((await domain.read()).state).toBe('running');
	},
);

test('an image was moved, and the domain defined anew: both rows say so, and the remedy goes back', async ({story}) => {
	const domain = await story.domain('moved');
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'old', method: 'libvirt-internal'});
	await domain.write(0xb2);
	const [here, there] = [story.lab.image('moved.qcow2'), story.lab.image('moved-here.qcow2')];
	await rename(here, there);
	await redefined(story, 'moved', xml => xml.replace(here, there));
	const [record, data] = (await domain.read()).snapshots;
	expect(record).toMatchObject({health: 'missing-files', healthReason: expect.stringContaining(`but ${there} holds`)});
	expect(data).toMatchObject({health: 'unmanaged', healthReason: expect.not.stringContaining('comes before it')});
	expect((await domain.refusal({verb: 'revert', tag: 'old'})).reason).toBe(record!.healthReason);

	await domain.does({verb: 'revert', tag: 'old', id: '1'});
	await domain.holds(0xa1);
	await domain.does({verb: 'delete', tag: 'old', id: '1'});
	expect((await domain.read()).snapshots).toMatchObject([{health: 'missing-files'}]);
	await domain.does({verb: 'delete', tag: 'old'});
	expect((await domain.read()).snapshots).toEqual([]);
});
