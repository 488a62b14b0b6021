/** A look inside a snapshot while the domain goes on: it shows what was there, can be written to by nobody, and leaves nothing. */
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {expect} from 'vitest';
import {type Export, exportsOf, exportUri} from '../../source/core/snapshots/contents/exports.ts';
import {variants} from '../helpers/variants.ts';
import {type Cast, type Story, test} from './story.ts';

async function exported({hypervisor}: Story, {uuid}: Cast, tag: string): Promise<readonly Export[]> {
	const facts = await hypervisor.facts(uuid);
	const outcome = exportsOf(facts, facts.domain.snapshots.find(one => one.tag === tag)!, null);
	if ('refusal' in outcome) throw new Error(outcome.refusal.reason);
	return outcome.exports;
}

/** Whether what is served at this socket begins with this byte, or can be written so. */
async function holds(socket: string, byte: number, does: 'read' | 'write' = 'read'): Promise<boolean> {
	const options = does === 'read' ? ['-r'] : [];
	const command = `${does} -P ${byte} 0 65536`;
	const {exitCode, stdout} = await execa('qemu-io', [...options, '-f', 'raw', '-c', command, exportUri(socket)], {
		reject: false,
	});
	return exitCode === 0 && !stdout.includes('verification failed');
}

test.for([
	['inside the image of a running domain', 'libvirt-internal', true],
	['inside the image of a domain that is off', 'libvirt-internal', false],
	['under the overlay of a running domain', 'external-live', true],
] as const)('%s', async ([, method, running], {story}) => {
	const tag = running ? 's' : 's,1';
	const name = `open, ${method} ${running ? 'on' : 'off'}`;
	const domain = await story.domain(name, {running, disks: [`${name}.qcow2`, `${name} 2.qcow2`]});
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag, method});
	await domain.write(0xb2);
	const served = await story.local.serve(await exported(story, domain, tag));
	expect(served.sockets.map(({target}) => target)).toEqual(['vda', 'vdb']);
	for (const {socket} of served.sockets) {
		expect(await holds(socket, 0xa1)).toBe(true);
		expect(await holds(socket, 0xc3, 'write')).toBe(false);
	}

	// The domain works on it meanwhile.
	await domain.write(0xd4);
	expect(await holds(served.sockets[0]!.socket, 0xa1)).toBe(true);
	await served.close();
	expect(await served.ended).toBeNull();
	const folder = path.dirname(served.sockets[0]!.socket);
	await expect(readdir(folder)).rejects.toThrow('ENOENT');
	if (running) await domain.turnOff();
	await domain.holds(0xd4);
	for (const {chain} of (await domain.read()).disks)
		for (const {file} of chain) await execa('qemu-img', ['check', '-q', file]);
	await domain.does({verb: 'revert', tag});
	await domain.holds(0xa1);
});

const placed = [
	['inside the image of a running domain', 'libvirt-internal', true],
	['inside the image of a domain that is off', 'qemu-img', false],
	['under the overlay of a running domain', 'external-live', true],
	['under the overlay of a domain that is off', 'external-offline', false],
] as const;

test.for(variants(placed, ([, method]) => ['libvirt-internal', 'external-offline'].includes(method)))(
	'%s: serving ends once it is deleted',
	async ([, method, running], {story}) => {
		const name = `deleted, ${method}`;
		const domain = await story.domain(name, {running, disks: [`${name.replace(',', '')}.qcow2`]});
		await domain.write(0xa1);
		await domain.does({verb: 'create', tag: 's', method});
		await domain.write(0xb2);
		const served = await story.local.serve(await exported(story, domain, 's'));
		// Not by what else happens to the domain.
		if (running) await domain.turnOff();
		await domain.does({verb: 'create', tag: 'other', method: running ? 'external-offline' : method});
		await domain.does({verb: 'delete', tag: 'other'});
		expect(await holds(served.sockets[0]!.socket, 0xa1)).toBe(true);
		await domain.does({verb: 'delete', tag: 's'});
		expect(await served.ended).toMatchObject({remedy: expect.stringContaining('Do not use')});
		expect(await holds(served.sockets[0]!.socket, 0xa1)).toBe(false);
		await served.close();
	},
);

test('a snapshot that was deleted and taken anew under its ID since is not served in place of it', async ({story}) => {
	const domain = await story.domain('anew');
	await domain.does({verb: 'create', tag: 'one', method: 'qemu-img'});
	const planned = await exported(story, domain, 'one');
	const image = story.lab.image('anew.qcow2');
	await story.lab.qemuImg('snapshot', '-d', 'one', image);
	await story.lab.qemuImg('snapshot', '-c', 'two', image);
	expect((await domain.snapshot('two'))!.disks[0]!.id).toBe('1');
	await expect(story.local.serve(planned)).rejects.toThrow('snapshot');
});

test('what qemu-nbd cannot serve is said in its words, and nothing is left', async ({story}) => {
	const gone = {
		target: 'vda',
		file: '/nowhere',
		id: null,
		options: ['--read-only', '--image-opts', 'driver=qcow2,file.driver=file,file.filename=/nowhere'],
	};
	await expect(story.local.serve([gone])).rejects.toThrow('No such file or directory');
});
