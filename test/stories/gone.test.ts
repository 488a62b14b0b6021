/** What an interrupted operation was about goes away, by whomever: its domain, or the snapshot that it meant. */
import {expect} from 'vitest';
import type {Intent} from '../../source/core/model/intent.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import type {Cast} from './story.ts';
import {test} from './story.ts';

/** The first step only. Where that is all of it, it fails by what it is expected to bring about besides. */
async function brokenOff(domain: Cast, intent: Intent, besides: Plan['expect'] = []): Promise<string> {
	const plan = await domain.plan(intent);
	const some = {steps: plan.steps.slice(0, 1), expect: [...plan.expect, ...besides]};
	const {id} = await domain.carryOutAltered({...plan, ...some});
	return id;
}

test('the domain: the record can be closed, and nothing else is offered', async ({story}) => {
	const {hypervisor, lab} = story;
	const domain = await story.domain('web');
	await domain.does({verb: 'create', tag: 'a', method: 'external-offline'});
	await domain.does({verb: 'create', tag: 'b', method: 'external-offline'});
	const id = await brokenOff(domain, {verb: 'delete', tag: 'a'}, [{kind: 'no-snapshot', tag: 'b'}]);
	await lab.virsh('undefine', '--domain', 'web', '--snapshots-metadata');

	const {summary, choices, refusals} = await hypervisor.recovery(id);
	expect(summary).toContain(domain.uuid);
	expect(choices.map(one => one.id)).toEqual(['leave']);
	expect(refusals.map(({refusal}) => refusal.code)).toEqual(['not-found', 'not-found']);
	await expect(hypervisor.recover(id, 'go-on')).rejects.toMatchObject({refusal: {code: 'not-found'}});
	expect(await hypervisor.recover(id, 'leave')).toMatchObject({status: 'failed', endedAt: expect.any(String)});
});

test('the snapshot: the one that was taken under its tag since is left alone', async ({story, skip}) => {
	const {hypervisor} = story;
	const domain = await story.domain('web');
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'a', method: 'external-offline'});
	await domain.does({verb: 'create', tag: 'b', method: 'external-offline'});
	await domain.write(0xb2);
	const {steps} = await domain.plan({verb: 'delete', tag: 'a'});
	skip(steps.length === 1, 'libvirt deletes it in one step: nothing is left to be finished');
	const id = await brokenOff(domain, {verb: 'delete', tag: 'a'});
	await domain.does({verb: 'delete', tag: 'a'});
	const second = Math.floor(Date.now() / 1000);
	await expect.poll(() => Math.floor(Date.now() / 1000), {interval: 20}).toBeGreaterThan(second + 1);
	await domain.does({verb: 'create', tag: 'a', method: 'external-offline'});
	await domain.write(0xc3);

	const {choices, refusals} = await hypervisor.recovery(id);
	expect(choices.map(one => one.id)).toEqual(['leave']);
	expect(refusals[0]).toMatchObject({id: 'go-on', refusal: {code: 'not-found'}});
	expect(await domain.tags()).toContain('a');
	await domain.holds(0xc3);
	await domain.does({verb: 'revert', tag: 'a'});
	await domain.holds(0xb2);
});
