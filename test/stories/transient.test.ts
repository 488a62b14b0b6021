/** A domain without a definition: libvirt forgets it as soon as it stops. */
import {expect} from 'vitest';
import {saying} from '../helpers/saying.ts';
import {follows} from './follow.ts';
import {type Cast, type Story, test} from './story.ts';

async function transientDomain(story: Story, name: string): Promise<Cast> {
	const domain = await story.domain(name, {running: true});
	await domain.virsh('undefine');
	expect(await domain.read()).toMatchObject({state: 'running', persistent: false});
	return domain;
}

test('it is saved into a file, forgotten, and resumed as told', async ({story}) => {
	const {lab} = story;
	const domain = await transientDomain(story, 'fleeting');
	await domain.write(0xa1);
	const file = lab.image('fleeting.save');
	const plan = await domain.does({verb: 'save', file});
	expect(plan.warnings).toContainEqual(saying('libvirt forgets it when it stops'));
	expect((await lab.virsh('list', '--all', '--name')).trim()).toBe('');
	await follows(story, domain, plan.wayBack);
	expect(await domain.read()).toMatchObject({state: 'running', persistent: false});
	await domain.holds(0xa1);
});

test('it is forced off, and verified to be forgotten', async ({story}) => {
	const domain = await transientDomain(story, 'cut');
	await domain.does({verb: 'destroy'});
	expect((await story.lab.virsh('list', '--all', '--name')).trim()).toBe('');
});

test('a save that libvirt ends without a file of its memory is not verified', async ({story}) => {
	const {lab} = story;
	const domain = await transientDomain(story, 'lost');
	const file = lab.image('lost.save');
	const plan = await domain.plan({verb: 'save', file});
	// Somebody forces the domain off instead.
	const steps = plan.steps.map(step =>
		step.does.kind === 'save' ? {...step, argv: ['virsh', ...uriOf(step.argv), 'destroy', domain.uuid]} : step,
	);
	const receipt = await domain.carryOutAltered({...plan, steps});
	expect(receipt).toMatchObject({status: 'failed', message: expect.stringContaining('lost.save')});
});

const uriOf = (argv: readonly string[]): readonly string[] => argv.slice(1, 3);
