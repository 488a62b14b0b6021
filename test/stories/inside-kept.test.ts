/** A snapshot inside an overlay that a revert has left: named before, and gone back to on that overlay. */
import {expect} from 'vitest';
import {everyVariant} from '../helpers/variants.ts';
import {follows} from './follow.ts';
import {later} from './later.ts';
import {type Cast, type Story, test} from './story.ts';

const source = async (domain: Cast) => (await domain.read()).disks[0]!.source!;

/** On libvirt 9.9 and newer a revert removes the overlay, and is refused where snapshots are inside. */
const leavesOverlays = async ({hypervisor}: Story, domain: Cast) =>
	!(await hypervisor.facts(domain.uuid)).host.externalSnapshots;

/** External b of the running domain, internal c of it shut off, inside b's overlay. */
async function layered(story: Story, name: string): Promise<Cast> {
	const domain = await story.domain(name, {running: true});
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'b', method: 'external-live'});
	await domain.turnOff();
	await domain.write(0xb2);
	await domain.does({verb: 'create', tag: 'c', method: 'libvirt-internal'});
	await domain.write(0xc3);
	return domain;
}

test('a revert says which snapshot is inside the overlay that it leaves, and one to it runs on that again', async ({
	story,
	skip,
}) => {
	const domain = await layered(story, 'inner');
	if (!(await leavesOverlays(story, domain))) return skip();
	const overlay = await source(domain);
	const plan = await domain.does({verb: 'revert', tag: 'b'});
	expect(plan.warnings.join(' ')).toContain(`${overlay} stays on disk, with all later writes and snapshot c inside it`);
	expect(plan.warnings.join(' ')).not.toContain('nothing uses it any more');
	await domain.holds(0xa1);
	await domain.write(0xd4);
	const left = await source(domain);
	const back = await domain.does({verb: 'revert', tag: 'c'});
	expect(back.losses.join()).toContain(overlay);
	expect(await source(domain)).toBe(overlay);
	await domain.holds(0xb2);
	expect((await domain.leftBehind()).map(({file}) => file)).toEqual([left]);
	await domain.does({verb: 'start'});
	await domain.holds(0xb2);
});

test.runIf(everyVariant)(
	'one that libvirt does not know is named as well, and is not missed while the revert goes on',
	async ({story, skip}) => {
		const domain = await layered(story, 'inner-own');
		if (!(await leavesOverlays(story, domain))) return skip();
		await domain.does({verb: 'create', tag: 'own', method: 'qemu-img'});
		const overlay = await source(domain);
		const plan = await domain.does({verb: 'revert', tag: 'b'});
		expect(plan.warnings.join(' ')).toMatch(/snapshots? .*own.* inside it/);
		await domain.holds(0xa1);
		expect(await story.lab.qemuImg('snapshot', '-l', overlay)).toContain('own');
	},
);

test.runIf(everyVariant)(
	'where somebody has merged that overlay by hand and written on, the base is told of, and needed',
	async ({story}) => {
		const domain = await layered(story, 'inner-merged');
		const overlay = await source(domain);
		await domain.does({verb: 'start'});
		await domain.virsh('blockcommit', 'vda', '--active', '--pivot', '--wait');
		const base = await source(domain);
		expect(base).not.toBe(overlay);
		await later(story);
		await domain.write(0xd4);
		await domain.turnOff();
		const {confirm, warnings} = await domain.plan({verb: 'revert', tag: 'c'});
		expect(confirm).toBe('c');
		expect(warnings.join(' ')).toContain(`${base} was written to at`);
		expect(warnings.join(' ')).toContain(`${overlay} depends on it, so do not delete it`);
		expect(warnings.join(' ')).not.toContain('nothing uses it any more');
	},
);

test.runIf(everyVariant)(
	'a running domain is shut down first, as told; with a safety snapshot both states are reached again',
	async ({story, skip}) => {
		const domain = await layered(story, 'inner-on');
		if (!(await leavesOverlays(story, domain))) return skip();
		await domain.does({verb: 'revert', tag: 'b'});
		await domain.write(0xd4);
		await domain.does({verb: 'start'});
		const refusal = await domain.refusal({verb: 'revert', tag: 'c'});
		expect(refusal.reason).toContain('does not run now');
		await domain.turnOff();
		const {steps} = await domain.does({verb: 'revert', tag: 'c', safety: true});
		await domain.holds(0xb2);
		const {does} = steps[0]!;
		await domain.does({verb: 'revert', tag: 'tag' in does ? does.tag : ''});
		await domain.holds(0xd4);
	},
);

test.runIf(everyVariant)('one taken with memory comes back with it', async ({story, skip}) => {
	const domain = await story.domain('inner-memory', {running: true});
	if (!(await leavesOverlays(story, domain))) return skip();
	await domain.does({verb: 'create', tag: 'b', method: 'external-live'});
	await domain.write(0xb2);
	await domain.does({verb: 'create', tag: 'c', method: 'libvirt-internal'});
	const overlay = await source(domain);
	await domain.turnOff();
	await domain.does({verb: 'revert', tag: 'b'});
	await domain.does({verb: 'revert', tag: 'c'});
	expect(await domain.read()).toMatchObject({state: 'running'});
	expect(await source(domain)).toBe(overlay);
	await domain.holds(0xb2);
});

test('what stands in the way of a delete is deleted as told, inside the overlay that was left', async ({
	story,
	skip,
}) => {
	const domain = await layered(story, 'inner-deleted');
	if (!(await leavesOverlays(story, domain))) return skip();
	await domain.does({verb: 'revert', tag: 'b'});
	const {remedy} = await domain.refusal({verb: 'delete', tag: 'b'});
	await follows(story, domain, remedy);
	expect(await domain.tags()).toEqual(['b']);
	await domain.does({verb: 'delete', tag: 'b'});
	await domain.holds(0xa1);
});
