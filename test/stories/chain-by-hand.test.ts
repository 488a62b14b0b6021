/** Layers that an administrator pulls up or commits down with virsh, and what a revert or delete makes of that. */
import {expect} from 'vitest';
import {hasPattern} from '../../source/lab/pattern.ts';
import {everyVariant} from '../helpers/variants.ts';
import {follows} from './follow.ts';
import {later} from './later.ts';
import {type Cast, type Story, test} from './story.ts';

async function full(story: Story, domain: Cast, tag: string, before: number): Promise<void> {
	await domain.write(before);
	await domain.does({verb: 'create', tag, method: 'external-full'});
	await later(story);
}

test('a base that was committed into by hand is told of before memory is loaded on it, and the name is wanted', async ({
	story,
}) => {
	const domain = await story.domain('kept-overlay', {running: true});
	await full(story, domain, 's1', 0xa1);
	await domain.write(0xb2);
	await domain.virsh('blockcommit', 'vda', '--active', '--keep-overlay', '--wait');
	await domain.turnOff();
	const base = story.lab.image('kept-overlay.qcow2');
	expect(await hasPattern(story.lab, base, 0xb2, {format: 'qcow2'})).toBe(true);
	const plan = await domain.plan({verb: 'revert', tag: 's1'});
	expect(plan.confirm).toBe('s1');
	expect(plan.warnings[0]).toContain(`${base} was written to at`);
	expect(plan.warnings[0]).toContain('Its memory would resume with other disk contents');
});

test.runIf(everyVariant)(
	'a base that a delete by virsnap has merged into is no cause for a warning',
	async ({story}) => {
		const domain = await story.domain('merged', {running: true});
		await full(story, domain, 's1', 0xa1);
		await full(story, domain, 's2', 0xb2);
		await domain.write(0xc3);
		await domain.does({verb: 'delete', tag: 's1'});
		await domain.turnOff();
		const plan = await domain.does({verb: 'revert', tag: 's2'});
		expect(plan.warnings.join(' ')).not.toContain('was written to at');
		// A libvirt that reverts by itself removes the overlay that it ran on: the name is typed for that alone.
		expect(plan.confirm).toBe(plan.losses.length > 0 ? 's2' : null);
		await domain.holds(0xb2);
	},
);

test.runIf(everyVariant)(
	'after blockpull to a base below both snapshots stay what they were, and the domain starts',
	async ({story}) => {
		const domain = await story.domain('pulled', {running: true});
		await full(story, domain, 's1', 0xa1);
		await full(story, domain, 's2', 0xb2);
		await domain.write(0xc3);
		await domain.virsh('blockpull', 'vda', '--base', story.lab.image('pulled.qcow2'), '--wait');
		expect((await domain.read()).snapshots).toMatchObject([{health: 'ok'}, {health: 'ok'}]);
		await domain.turnOff();
		await domain.does({verb: 'start'});
		await domain.holds(0xc3);
		await domain.turnOff();
		await follows(story, domain, (await domain.refusal({verb: 'delete', tag: 's1'})).remedy);
		expect(await domain.tags()).toEqual(['s1']);
		await domain.does({verb: 'revert', tag: 's1'});
		await domain.holds(0xa1);
	},
);

test.runIf(everyVariant)(
	'the upper one is gone back to with its memory, on the layer that was left beside the chain',
	async ({story}) => {
		const domain = await story.domain('pulled-over', {running: true});
		await full(story, domain, 's1', 0xa1);
		await full(story, domain, 's2', 0xb2);
		await domain.write(0xc3);
		await domain.virsh('blockpull', 'vda', '--base', story.lab.image('pulled-over.qcow2'), '--wait');
		await domain.turnOff();
		await domain.does({verb: 'revert', tag: 's2'});
		expect(await domain.read()).toMatchObject({state: 'running'});
		await domain.holds(0xb2);
	},
);

/** A commit by hand into the base of `spoilt`, which the guest then writes to. */
async function committedUnder(story: Story, name: string): Promise<Cast> {
	const domain = await story.domain(name);
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'spoilt', method: 'external-offline'});
	await later(story);
	await domain.does({verb: 'start'});
	await domain.virsh('blockcommit', 'vda', '--active', '--pivot', '--wait');
	await domain.write(0xb2);
	return domain;
}

async function isTold(story: Story, domain: Cast): Promise<void> {
	expect(await domain.snapshot('spoilt')).toMatchObject({health: 'ok'});
	const {confirm, warnings} = await domain.plan({verb: 'revert', tag: 'spoilt'});
	expect(warnings.join(' ')).toContain(`${story.lab.image(`${domain.name}.qcow2`)} was written to at`);
	expect(confirm).toBe('spoilt');
}

// As long as the guest runs on the base everybody sees it. The next overlay makes it look like any other: then only times tell (walk, seed 11).
test('a base that was committed into by hand is told of still when the next snapshot has put an overlay on it', async ({
	story,
}) => {
	const domain = await committedUnder(story, 'covered');
	expect(await domain.snapshot('spoilt')).toMatchObject({health: 'orphaned'});
	await domain.does({verb: 'create', tag: 'next', method: 'external-full'});
	await domain.turnOff();
	await isTold(story, domain);
});

test('nor is it forgotten where virsnap deleted another snapshot inside that base since', async ({story}) => {
	const domain = await committedUnder(story, 'inside-base');
	await domain.turnOff();
	await domain.does({verb: 'create', tag: 'inner', method: 'qemu-img'});
	await domain.does({verb: 'delete', tag: 'inner'});
	await domain.does({verb: 'create', tag: 'next', method: 'external-offline'});
	await isTold(story, domain);
});

test('nor where all of that base was done by hand, but for the delete', async ({story}) => {
	const domain = await committedUnder(story, 'covered-by-hand');
	await domain.turnOff();
	await domain.virsh('snapshot-create-as', 'inner');
	await domain.virsh('snapshot-create-as', 'by-hand', '--disk-only', '--atomic');
	await later(story);
	await domain.does({verb: 'delete', tag: 'inner'});
	await isTold(story, domain);
});
