/** Receipts that an earlier version of this program has written: what was done then is undone and recovered now. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import {withoutSecrets} from '../../source/core/domain-xml/secrets.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import {receiptsOf} from './hypervisors.ts';
import {type Story, test} from './story.ts';

/** Writes a receipt anew as version 1 had it: of each step only its words, and nothing of the files that it made. */
async function asVersion1(story: Story, id: string, more: Partial<Receipt> = {}): Promise<void> {
	const file = path.join(receiptsOf(story.lab), `${id}.json`);
	const {made: _, ...receipt} = {...(JSON.parse(await readFile(file, 'utf8')) as Receipt), ...more};
	const words = (argv: readonly string[]) => argv.filter(word => word !== '--verbose');
	const steps = receipt.plan.steps.map(({does: _, ...step}) => ({
		...step,
		argv: words(step.argv),
		success: step.success === 'told' ? 'exit' : step.success,
	}));
	const {files: __, ...plan} = receipt.plan;
	await writeFile(file, withoutSecrets(JSON.stringify({...receipt, version: 1, plan: {...plan, steps}})));
}

async function lastReceipt(story: Story): Promise<Receipt> {
	return (await story.hypervisor.receipts())[0]!;
}

test('a clone is undone', async ({story}) => {
	const base = await story.domain('base');
	await base.does({verb: 'clone', name: 'twin'});
	await asVersion1(story, (await lastReceipt(story)).id);
	expect(await lastReceipt(story)).toMatchObject({version: 2, made: null, status: 'verified'});
	await base.undoes();
	expect(await story.lab.virsh('list', '--all', '--name')).not.toContain('twin');
});

test('a revert by new overlays is undone', async ({story}) => {
	const domain = await story.domain('back');
	await domain.write(1);
	await domain.does({verb: 'create', tag: 't', method: 'external-offline'});
	await domain.write(2);
	const before = (await domain.read()).disks[0]!.source;
	const plan = await domain.does({verb: 'revert', tag: 't'});
	await asVersion1(story, (await lastReceipt(story)).id);
	await domain.holds(1);
	// libvirt of its own reverts leaves nothing to undo.
	if (plan.wayBack.length === 0) return;
	await domain.undoes();
	expect((await domain.read()).disks[0]!.source).toBe(before);
	await domain.holds(2);
});

test('a create that was interrupted is rolled back', async ({story}) => {
	const domain = await story.domain('half', {disks: ['half-1.qcow2', 'half-2.qcow2']});
	const plan = await domain.plan({verb: 'create', tag: 't', method: 'qemu-img'});
	await domain.carryOut(plan);
	const done = await lastReceipt(story);
	await story.lab.qemuImg('snapshot', '-d', 't', (await domain.read()).disks[1]!.source!);
	const steps = done.steps.map((step, index) =>
		index === 1 ? {...step, status: 'running' as const, endedAt: null} : step,
	);
	await asVersion1(story, done.id, {status: 'running', endedAt: null, steps, runner: undefined});
	const {choices} = await story.hypervisor.recovery(done.id);
	expect(choices.map(({id}) => id)).toEqual(['go-on', 'way-back', 'leave']);
	expect(await story.hypervisor.recover(done.id, 'way-back')).toMatchObject({status: 'verified'});
	expect(await domain.tags()).toEqual([]);
});
