/** Traps that differ from libvirt to libvirt: what is planned has to come true on the one at hand. */
import {access} from 'node:fs/promises';
import {describe, expect} from 'vitest';
import {makePlan} from '../../source/core/make-plan.ts';
import {can} from '../../source/core/model/capabilities.ts';
import {waitUntil} from '../helpers/lab.ts';
import {variants} from '../helpers/variants.ts';
import {test} from '../stories/story.ts';
import {refusedUntouched, traces} from './untouched.ts';

const told = test.extend('host', async ({story}) => {
	const {uuid} = await story.domain('any');
	return (await story.hypervisor.facts(uuid)).host;
});

const exists = (file: string) =>
	access(file).then(
		() => true,
		() => false,
	);

describe('trap 14: deleting within a chain is foreseen, not tried', () => {
	const places: readonly [boolean, string][] = [
		[true, 'second'],
		[false, 'first'],
		[false, 'second'],
		[false, 'third'],
	];
	test.for(variants(places, ([running, tag]) => !running && tag === 'second'))(
		'trap 14: running: %s, the %s of three',
		async ([running, tag], {story}) => {
			const domain = await story.domain(`three-${running}-${tag}`, {running: true});
			const tags = ['first', 'second', 'third'];
			for (const name of tags) await domain.virsh('snapshot-create-as', '--name', name, '--disk-only', '--atomic');
			await domain.write(0x44);
			if (!running) await domain.turnOff();
			const before = await traces(story, domain.uuid);
			const outcome = makePlan(await story.hypervisor.facts(domain.uuid), {verb: 'delete', tag});
			if ('refusal' in outcome) {
				expect(outcome.refusal.remedy).not.toBe('');
				expect(await traces(story, domain.uuid)).toEqual(before);
			} else {
				const receipt = await domain.carryOut(outcome.plan);
				expect(receipt, receipt.message).toMatchObject({status: 'verified'});
				expect(await domain.tags()).toEqual(tags.filter(other => other !== tag));
			}

			await domain.holds(0x44);
		},
	);
});

test('trap 15: a revert names the overlay it leaves, whether that is lost or stays', async ({story}) => {
	const domain = await story.domain('left-behind');
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'point', method: 'external-offline'});
	await domain.write(0xb2);
	const left = story.lab.image('left-behind.point.qcow2');
	const plan = await domain.does({verb: 'revert', tag: 'point'});
	await domain.holds(0xa1);
	const lost = plan.losses.some(line => line.includes(left));
	expect(lost || plan.warnings.some(line => line.includes(left))).toBe(true);
	expect(await exists(left)).toBe(!lost);
});

told('trap 16: a revert to disks only leaves the domain off, and says so', async ({story, host}) => {
	const domain = await story.domain('disks-only', {running: true});
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'point', method: 'external-live'});
	await domain.write(0xb2);
	if (!can(host, 'external-revert')) {
		await refusedUntouched(story, domain, {verb: 'revert', tag: 'point'}, 'wrong-state');
		return;
	}

	const plan = await domain.does({verb: 'revert', tag: 'point'});
	expect(plan.warnings.join(' ')).toContain('shut off afterwards');
	const made = await domain.read();
	expect(made.state).toBe('shut off');
	// libvirt names the new overlay by the second: another one within it fails, and touches nothing (11.3).
	const second = Number(made.disks[0]!.source!.split('.').at(-1));
	await waitUntil(() => Date.now() / 1000 >= second + 1);
	await domain.does({verb: 'revert', tag: 'point', afterwards: 'running'});
	expect((await domain.read()).state).toBe('running');
});

describe('trap 21: what a libvirt can do', () => {
	told('trap 21: external snapshots are probed, and not concluded from a version', async ({story, host}) => {
		const capabilities = await story.lab.virsh('capabilities');
		expect(host.externalSnapshots).toBe(/<externalSnapshot\/>/.test(capabilities));
	});

	told(
		'trap 21: the memory file goes with its snapshot, by libvirt or by a step that is said beforehand',
		async ({story, host}) => {
			const domain = await story.domain('remembered', {running: true});
			await domain.does({verb: 'create', tag: 'full', method: 'external-full'});
			const {memoryFile} = (await domain.snapshot('full'))!;
			const plan = await domain.does({verb: 'delete', tag: 'full'});
			expect(plan.steps.some(({argv}) => argv[0] === 'rm' && argv.at(-1) === memoryFile)).toBe(
				!can(host, 'external-delete-removes-memory'),
			);
			expect(await exists(memoryFile!)).toBe(false);
		},
	);
});
