/** A paused domain whose images QEMU has let go of: what is offered goes well, and what would fail is refused beforehand. */

import {describe, expect} from 'vitest';
import type {Intent} from '../../source/core/model/intent.ts';
import {said} from '../helpers/saying.ts';
import {type Cast, type Story, test} from './story.ts';

/** What a person may want of it, the harmless first. */
const wishes: readonly Intent[] = [
	{verb: 'create', tag: 'i', method: 'libvirt-internal'},
	{verb: 'create', tag: 'm', method: 'monitor'},
	{verb: 'delete', tag: 'base'},
	{verb: 'create', tag: 'e', method: 'external-live'},
	{verb: 'create', tag: 'f', method: 'external-full'},
	{verb: 'save'},
];

async function paused(story: Story, name: string): Promise<Cast> {
	const domain = await story.domain(name, {running: true});
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'base', method: 'libvirt-internal'});
	await domain.virsh('suspend');
	return domain;
}

/** Every wish is done and verified, or refused for this reason; which of the two is QEMU's to say. */
async function wishesOf(domain: Cast): Promise<string[]> {
	const done: string[] = [];
	for (const intent of wishes) {
		const plan = await domain.plan(intent).catch(() => null);
		if (plan) done.push((await domain.carryOut(plan)).message);
		else
			expect((await domain.refusal(intent)).code).toMatch(
				/wrong-state|not-leaf|has-children|not-found|method-mismatch/,
			);
	}

	return done;
}

describe('paused, and not held', () => {
	test('its memory loaded while it stays paused', async ({story}) => {
		const domain = await paused(story, 'loaded');
		await domain.does({verb: 'save'});
		await domain.does({verb: 'start'});
		const done = await wishesOf(domain);
		expect(done.length).toBeGreaterThan(1);
		expect(new Set(done)).toEqual(new Set(['Done and verified.']));
	});

	test('its memory written while it was paused: nothing before it runs, all after', async ({story}) => {
		const domain = await paused(story, 'written');
		await domain.does({verb: 'create', tag: 'kept', method: 'external-full'});
		const {reason, remedy} = await domain.refusal({verb: 'save'});
		expect(`${reason} ${said(remedy)}`).toMatch(/until the domain resumes\. Resume it first \(virsh .*resume/);
		expect((await domain.refusal({verb: 'delete', tag: 'kept'})).code).toBe('wrong-state');
		expect((await domain.refusal({verb: 'create', tag: 'i', method: 'monitor'})).code).toBe('wrong-state');
		await domain.does({verb: 'resume'});
		await domain.virsh('suspend');
		await domain.does({verb: 'save'});
		await domain.does({verb: 'start'});
		await domain.does({verb: 'resume'});
		await domain.holds(0xa1);
	});
});
