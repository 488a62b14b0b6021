/** Disks that are encrypted (LUKS), with the key in a secret of libvirt's. */

import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import type {MethodId} from '../../source/core/model/intent.ts';
import {hasDriver} from '../helpers/drivers.ts';
import {waitUntil} from '../helpers/lab.ts';
import {variants} from '../helpers/variants.ts';
import {type Cast, type Story, test} from './story.ts';

const secret = '2a327ae7-7e8d-4d65-9d7c-111111111111';
const told = test.extend('withSecret', async ({story}, {onCleanup}) => {
	const {lab} = story;
	await lab.virsh('secret-define', await written(story, `<secret><uuid>${secret}</uuid></secret>`));
	onCleanup(async () => {
		await lab.virsh('secret-undefine', secret);
	});
	await lab.virsh('secret-set-value', secret, '--base64', Buffer.from('geheim').toString('base64'));
	return story;
});

async function written({lab}: Story, text: string): Promise<string> {
	const file = path.join(lab.folder, 'written');
	await writeFile(file, text, {mode: 0o644});
	return file;
}

async function encrypted(story: Story, name: string): Promise<Cast> {
	const {lab} = story;
	const file = lab.image(`${name}.qcow2`);
	const options = 'encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10';
	const key = `secret,id=key,file=${await written(story, 'geheim')}`;
	const create = () => lab.qemuImg('create', '-q', '--object', key, '-f', 'qcow2', '-o', options, file, '16M');
	await waitUntil(() => create().then(() => true, unmeasured));
	await lab.define({name, disks: [{target: 'vda', file}]});
	const xml = await lab.virsh('dumpxml', name, '--inactive');
	const encryption = `<encryption format='luks'><secret type='passphrase' uuid='${secret}'/></encryption>`;
	await lab.virsh(
		'define',
		await written(story, xml.replace(/(<source file='[^']*')\/>/, `$1>${encryption}</source>`)),
	);
	return story.existing(name);
}

/** How fast keys are derived is measured first, in CPU time that kernels count in ticks: a busy machine may show none. */
function unmeasured(error: Error): false {
	if (error.message.includes('Unable to get accurate CPU usage')) return false;
	throw error;
}

told.skipIf(!hasDriver('secret')).for(variants([false, true], running => !running))(
	'no snapshot that would crash it, lock it out or lie open; running: %s',
	async (running, {withSecret: story}) => {
		const domain = await encrypted(story, `safe-${running ? 'on' : 'off'}`);
		if (running) await domain.virsh('start');
		const methods: MethodId[] = running
			? ['libvirt-internal', 'monitor', 'external-full', 'external-live']
			: ['libvirt-internal', 'qemu-img', 'external-offline'];
		const refused = {code: 'unsupported-disk', reason: expect.stringContaining('vda is encrypted')};
		for (const method of methods)
			expect(await domain.refusal({verb: 'create', tag: 'x', method})).toMatchObject(refused);
		expect(await domain.refusal({verb: 'create', tag: 'x'})).toMatchObject(refused);
		if (!running) {
			expect(await domain.refusal({verb: 'clone', name: 'safe-2'})).toMatchObject(refused);
			await domain.virsh('start');
		}

		await domain.does({verb: 'save'});
		await domain.does({verb: 'restore'});
	},
);
