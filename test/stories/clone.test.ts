/** Linked clones: what the base held, their own from then on, and the base kept from running under them. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {hasPattern, writePattern} from '../../source/lab/pattern.ts';
import {beginStory, type Story} from './story.ts';

let story: Story;
beforeAll(async () => {
	story = await beginStory();
});
afterAll(async () => {
	await story?.end();
});

test('a clone of two disks, one raw, starts on what the base held; the base is kept off', async () => {
	const {lab} = story;
	const base = await story.domain('base', {disks: ['base.qcow2', 'base.raw']});
	await base.write(0xa1);
	const plan = await base.does({verb: 'clone', name: 'a clone 二'});
	const xml = await lab.virsh('dumpxml', '--domain', 'a clone 二');
	expect(xml).not.toContain(base.uuid);
	expect(plan.warnings.join(' ')).toContain('must not be started');
	const files = ['a_clone_二.vda.qcow2', 'a_clone_二.vdb.qcow2'].map(name => lab.image(name));
	for (const file of files) {
		expect(xml).toContain(file);
		expect(await hasPattern(lab, file, 0xa1, {format: 'qcow2'})).toBe(true);
		await writePattern(lab, file, 0xb2, {format: 'qcow2'});
	}
	await base.holds(0xa1);
	await lab.virsh('start', '--domain', 'a clone 二');
	expect((await base.refusal({verb: 'start'})).code).toBe('has-dependants');
	await lab.virsh('destroy', '--domain', 'a clone 二');
	expect((await base.refusal({verb: 'start'})).code).toBe('has-dependants');
});

test.each([
	['running', true, 'fresh', 'wrong-state'],
	['a taken name', false, 'taken', 'bad-name'],
	['a slash', false, 'a/b', 'bad-name'],
])('%s is refused', async (_, running, name, code) => {
	const base = await story.domain(`base-${code}-${name.length}`, {running});
	if (name === 'taken') await story.domain('taken');
	expect((await base.refusal({verb: 'clone', name})).code).toBe(code);
});

test('what fails on the second disk is taken back from the first', async () => {
	const base = await story.domain('half', {disks: ['half-1.qcow2', 'half-2.qcow2']});
	const plan = await base.plan({verb: 'clone', name: 'never'});
	const steps = plan.steps.map((step, index) => (index === 3 ? {...step, argv: ['false']} : step));
	const receipt = await base.carryOut({...plan, steps});
	expect(receipt.status).toBe('undone');
	expect(
		(await story.hypervisor.facts(base.uuid)).directories[story.lab.image('').replace(/\/$/, '')]?.entries,
	).not.toContain('never.vda.qcow2');
});
