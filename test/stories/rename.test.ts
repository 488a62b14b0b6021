/** Another tag for a snapshot: only its records in libvirt have it, and whatever the snapshot was good for it is good for still. */
import {expect} from 'vitest';
import {everyVariant} from '../helpers/variants.ts';
import type {Cast} from './story.ts';
import {test} from './story.ts';

/** libvirt's record without its names, as libvirt writes it. */
async function recordOf(domain: Cast, tag: string): Promise<string> {
	const xml = await domain.virsh('snapshot-dumpxml', '--snapshotname', tag, '--security-info');
	return xml.replaceAll(/^ {2}<name>[^<]*<\/name>\n| {2}<parent>[\s\S]*?<\/parent>\n/gm, '');
}

async function parentsIn(domain: Cast): Promise<Record<string, string | null>> {
	return Object.fromEntries((await domain.read()).snapshots.map(({tag, parent}) => [tag, parent]));
}

const currentOf = async (domain: Cast) => (await domain.virsh('snapshot-current', '--name')).trim();

test('of a domain that is shut off: a parent, its child, the current one; undone, reverted to and deleted', async ({
	story,
}) => {
	const domain = await story.domain('web', {disks: ['web-0.qcow2', 'web-1.qcow2']});
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'first', method: 'external-offline', description: 'old'});
	await domain.write(0xb2);
	await domain.does({verb: 'create', tag: 'second', method: 'external-offline'});
	await domain.write(0xc3);
	await domain.does({verb: 'create', tag: 'third', method: 'external-offline'});
	await domain.write(0xd4);
	const records = await Promise.all(['first', 'second', 'third'].map(tag => recordOf(domain, tag)));

	await domain.does({verb: 'edit', tag: 'first', newTag: 'bäse "&" <1>'.replaceAll('"', "'")});
	expect(await parentsIn(domain)).toEqual({"bäse '&' <1>": null, second: "bäse '&' <1>", third: 'second'});
	await domain.undoes();
	expect(await parentsIn(domain)).toEqual({first: null, second: 'first', third: 'second'});

	await domain.does({verb: 'edit', tag: 'second', protect: true});
	await domain.does({verb: 'edit', tag: 'second', newTag: 'known-good', description: 'new'});
	await domain.does({verb: 'edit', tag: 'third', newTag: 'last'});
	expect(await parentsIn(domain)).toEqual({first: null, 'known-good': 'first', last: 'known-good'});
	expect(await currentOf(domain)).toBe('last');
	expect(await domain.snapshot('known-good')).toMatchObject({health: 'ok', protected: true, description: 'new'});
	expect((await domain.refusal({verb: 'delete', tag: 'known-good'})).code).toBe('protected');
	const now = await Promise.all(['first', 'known-good', 'last'].map(tag => recordOf(domain, tag)));
	expect(now.map(record => record.replace(/ {2}<description>new<\/description>\n/, ''))).toEqual(records);
	await domain.holds(0xd4);

	await domain.does({verb: 'revert', tag: 'known-good'});
	await domain.holds(0xb2);
	await domain.does({verb: 'edit', tag: 'known-good', newTag: 'second', protect: false});
	await domain.does({verb: 'delete', tag: 'last'});
	await domain.does({verb: 'delete', tag: 'second'});
	await domain.holds(0xb2);
	expect(await parentsIn(domain)).toEqual({first: null});
	await domain.does({verb: 'revert', tag: 'first'});
	await domain.holds(0xa1);
});

test.runIf(everyVariant)('of a running domain with its memory in a file: the revert resumes it', async ({story}) => {
	const domain = await story.domain('web', {running: true});
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 's', method: 'external-full'});
	await domain.write(0xb2);
	const record = await recordOf(domain, 's');
	await domain.does({verb: 'edit', tag: 's', newTag: 't'});
	expect(await recordOf(domain, 't')).toBe(record);
	expect(await currentOf(domain)).toBe('t');
	await domain.holds(0xb2);
	// Its files have their names still.
	expect((await domain.refusal({verb: 'create', tag: 's', method: 'external-live'})).code).toBe('file-exists');
	await domain.does({verb: 'create', tag: 'v', method: 'external-live'});
	expect(await parentsIn(domain)).toEqual({t: null, v: 't'});
	await domain.turnOff();
	await domain.does({verb: 'revert', tag: 't'});
	expect((await domain.read()).state).toBe('running');
	await domain.holds(0xa1);
	// libvirt 9.9 and newer note there what the revert made.
	const reverted = await recordOf(domain, 't');
	await domain.does({verb: 'edit', tag: 't', newTag: 'u'});
	expect(await recordOf(domain, 'u')).toBe(reverted);
	expect(await parentsIn(domain)).toEqual({u: null, v: 'u'});
	await domain.turnOff();
	await domain.does({verb: 'revert', tag: 'u'});
	await domain.holds(0xa1);
});

test.runIf(everyVariant)('one that is broken off goes back, or on', async ({story}) => {
	const {hypervisor} = story;
	const domain = await story.domain('web');
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'first', method: 'external-offline'});
	await domain.write(0xb2);
	await domain.does({verb: 'create', tag: 'second', method: 'external-offline'});
	await domain.does({verb: 'edit', tag: 'first', protect: true});
	await domain.virsh('snapshot-current', '--snapshotname', 'first');
	const records = await Promise.all(['first', 'second'].map(tag => recordOf(domain, tag)));
	const planned = (description?: string) =>
		domain.plan({verb: 'edit', tag: 'first', newTag: 'renamed', ...(description ? {description} : {})});
	const kinds = (await planned()).steps.map(({does}) => does.kind);
	expect(kinds.slice(2)).toEqual(['current-snapshot', 'set-retention', 'forget-snapshot']);

	for (let done = 1; done < kinds.length; done++) {
		const plan = await planned();
		const {id} = await domain.carryOutAltered({...plan, steps: plan.steps.slice(0, done)});
		expect(await domain.tags()).toContain('renamed');
		expect(await hypervisor.recover(id, 'way-back')).toMatchObject({status: 'verified'});
		expect(await parentsIn(domain)).toEqual({first: null, second: 'first'});
		expect(await currentOf(domain)).toBe('first');
		expect(await domain.snapshot('first')).toMatchObject({protected: true, health: 'ok'});
		expect(await Promise.all(['first', 'second'].map(tag => recordOf(domain, tag)))).toEqual(records);
	}

	const plan = await planned('x');
	const {id} = await domain.carryOutAltered({...plan, steps: plan.steps.slice(0, 2)});
	expect(await hypervisor.recover(id, 'go-on')).toMatchObject({status: 'verified'});
	expect(await parentsIn(domain)).toEqual({renamed: null, second: 'renamed'});
	expect(await currentOf(domain)).toBe('renamed');
	expect(await domain.snapshot('renamed')).toMatchObject({protected: true, description: 'x', health: 'ok'});
	await domain.holds(0xb2);
});

test('what is inside an image keeps its tag: libvirt and QEMU find it by that', async ({story}) => {
	const domain = await story.domain('web');
	await domain.does({verb: 'create', tag: 'managed', method: 'libvirt-internal'});
	await domain.does({verb: 'create', tag: 'unmanaged', method: 'qemu-img'});
	for (const tag of ['managed', 'unmanaged'])
		expect(await domain.refusal({verb: 'edit', tag, newTag: 'x'})).toMatchObject({code: 'unsupported'});
});
