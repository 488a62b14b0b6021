/** Disks that are encrypted (LUKS), with the key in a secret of libvirt's. */

import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {MethodId} from '../../source/core/model/method.ts';
import {hasDriver} from '../helpers/drivers.ts';
import {beginStory, type Cast, type Story} from './story.ts';

const secret = '2a327ae7-7e8d-4d65-9d7c-111111111111';
let story: Story;
beforeAll(async () => {
	if (!hasDriver('secret')) return;
	story = await beginStory();
	const {lab} = story;
	await lab.virsh('secret-define', await written(`<secret><uuid>${secret}</uuid></secret>`));
	await lab.virsh('secret-set-value', secret, '--base64', Buffer.from('geheim').toString('base64'));
});
afterAll(async () => {
	await story?.end();
});

async function written(text: string): Promise<string> {
	const file = path.join(story.lab.folder, 'written');
	await writeFile(file, text, {mode: 0o644});
	return file;
}

async function encrypted(name: string): Promise<Cast> {
	const {lab} = story;
	const file = lab.image(`${name}.qcow2`);
	const options = 'encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10';
	const key = `secret,id=key,file=${await written('geheim')}`;
	await lab.qemuImg('create', '-q', '--object', key, '-f', 'qcow2', '-o', options, file, '16M');
	await lab.define({name, disks: [{target: 'vda', file}]});
	const xml = await lab.virsh('dumpxml', name, '--inactive');
	const encryption = `<encryption format='luks'><secret type='passphrase' uuid='${secret}'/></encryption>`;
	await lab.virsh('define', await written(xml.replace(/(<source file='[^']*')\/>/, `$1>${encryption}</source>`)));
	return story.existing(name);
}

test.skipIf(!hasDriver('secret')).each([false, true])(
	'no snapshot that would crash it, lock it out or lie open; running: %s',
	async running => {
		const domain = await encrypted(`safe-${running ? 'on' : 'off'}`);
		if (running) await domain.virsh('start');
		const methods: MethodId[] = running
			? ['libvirt-internal', 'monitor', 'external-full', 'external-live']
			: ['libvirt-internal', 'qemu-img', 'external-offline'];
		const told = {code: 'unsupported-disk', reason: expect.stringContaining('vda is encrypted')};
		for (const method of methods) expect(await domain.refusal({verb: 'create', tag: 'x', method})).toMatchObject(told);
		expect(await domain.refusal({verb: 'create', tag: 'x'})).toMatchObject(told);
		if (!running) {
			expect(await domain.refusal({verb: 'clone', name: 'safe-2'})).toMatchObject(told);
			await domain.virsh('start');
		}

		await domain.does({verb: 'save'});
		await domain.does({verb: 'restore'});
	},
);
