/** External checkpoints: disks and memory go back together on every libvirt, told by a guest that counts in both. */
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Hypervisor} from '../../source/core/model/hypervisor.ts';
import type {Intent} from '../../source/core/model/intent.ts';
import {findGuest} from '../../source/lab/guest.ts';
import {planFor} from '../facts/plan.ts';
import {type Lab, lastCount, startLab, waitUntil} from '../helpers/lab.ts';
import {atMost} from '../helpers/patience.ts';
import {openStoryHypervisor} from './hypervisors.ts';

const guest = await findGuest();
let lab: Lab;
let hypervisor: Hypervisor;
beforeAll(async () => {
	if (!guest) return;
	lab = await startLab({domains: ['counter']});
	hypervisor = await openStoryHypervisor(lab);
});
afterAll(async () => {
	await hypervisor?.close();
	await lab?.stop();
});

const facts = async () => hypervisor.facts((await lab.virsh('domuuid', '--domain', 'counter')).trim());
const count = async () => lastCount(await lab.console('counter'));

async function does(intent: Intent) {
	const plan = planFor(await facts(), intent);
	const receipt = await hypervisor.carryOut(plan);
	expect(receipt, receipt.message).toMatchObject({status: 'verified'});
	return plan;
}

test.skipIf(!guest)(
	'the guest counts on from the snapshot, on the console and on the disk',
	async () => {
		await waitUntil(async () => (await count()) > 3, {seconds: 120});
		await does({verb: 'create', tag: 'midway', method: 'external-full'});
		const then = await count();
		await waitUntil(async () => (await count()) > then + 20, {seconds: 120});
		await lab.virsh('destroy', '--domain', 'counter');
		const before = await lab.console('counter');
		const plan = await does({verb: 'revert', tag: 'midway'});
		expect(plan.consistency).toBe('full checkpoint');
		const after = await waitUntil(
			async () => {
				const text = (await lab.console('counter')).slice(before.length);
				return lastCount(text) > 0 ? text : undefined;
			},
			{seconds: 120},
		);
		const first = Number(/COUNT (\d+)/.exec(after)?.[1]);
		expect(after).not.toContain('DISK');
		expect(first).toBeLessThan(then + 15);
		const [disk] = (await facts()).domain.disks;
		await lab.virsh('suspend', '--domain', 'counter');
		const sector = path.join(lab.folder, 'files', 'sector');
		await lab.qemuImg(
			'dd',
			'-U',
			'-f',
			'qcow2',
			'-O',
			'raw',
			'bs=512',
			'count=1',
			`if=${disk!.source}`,
			`of=${sector}`,
		);
		const written = Number(/COUNT (\d+)/.exec(await lab.run('cat', [sector]))?.[1]);
		expect(Math.abs(written - (await count()))).toBeLessThanOrEqual(1);
	},
	atMost(400),
);
