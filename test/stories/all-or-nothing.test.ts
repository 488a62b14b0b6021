/** A snapshot of two disks, the second of which has no room left for its part: the first is as it was, for each method. */

import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {expect} from 'vitest';
import {can} from '../../source/core/model/capabilities.ts';
import type {MethodId} from '../../source/core/model/intent.ts';
import {variants} from '../helpers/variants.ts';
import {test} from './story.ts';

const rows: readonly [MethodId, boolean][] = [
	['qemu-img', false],
	['libvirt-internal', false],
	['external-offline', false],
	['libvirt-internal', true],
	['monitor', true],
	['external-live', true],
	['external-full', true],
];

/** One of each: by libvirt and by the monitor, inside the images and beside them. */
const usual = variants(rows, ([method, running]) =>
	running ? ['monitor', 'external-live'].includes(method) : method === 'libvirt-internal',
);

test.for(usual)('%s, running: %s', async ([method, running], {story}) => {
	const {lab} = story;
	const name = `${method}-${running ? 'on' : 'off'}`;
	const small = await lab.mountTmpfs(`${name}-small`, '1M');
	const second = path.relative(lab.image('.'), `${small}/second.qcow2`);
	const domain = await story.domain(name, {disks: [`${name}.qcow2`, second], running});
	await domain.write(0xa1);
	await domain.holds(0xa1);
	const plan = await domain.plan({verb: 'create', tag: 'never', method});
	const before = await seen(small);
	await execa('dd', ['if=/dev/zero', `of=${small}/filler`, 'bs=4k'], {reject: false});

	const receipt = await domain.carryOut(plan);
	const {host} = await story.hypervisor.facts(domain.uuid);
	const remains = running && !method.startsWith('external') && !can(host, 'savevm-takes-back');
	expect(receipt.status, receipt.message).toBe(remains ? 'failed' : 'undone');
	expect(receipt.message).toMatch(/No space left|'libvirt-1-format'/);
	if (method === 'qemu-img') expect(receipt.undone).toMatchObject([{status: 'done'}]);
	await execa('rm', [`${small}/filler`]);
	if (remains) {
		expect(plan.warnings.join(' ')).toContain('leaves it in the disks before: delete it then');
		expect(receipt.findings.join(' ')).toContain('New: snapshot never: partial');
		await domain.does({verb: 'delete', tag: 'never'});
	}
	expect(await seen(small)).toEqual(before);
	expect((await domain.virsh('snapshot-list', '--name')).trim()).toBe('');
	await domain.holds(0xa1);

	async function seen(folder: string) {
		const {state, snapshots, disks} = await domain.read();
		return {
			state,
			snapshots,
			layers: disks.map(disk => disk.chain.map(({file, snapshots}) => ({file, snapshots}))),
			files: [await readdir(lab.image('.')), await readdir(folder)],
		};
	}
});
