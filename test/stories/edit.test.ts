/** Another description for a snapshot: libvirt's record says it, and all else of the record, and the snapshot itself, stay as they were. */
import {expect} from 'vitest';
import {everyVariant} from '../helpers/variants.ts';
import type {Cast} from './story.ts';
import {test} from './story.ts';

const text = 'kernel 6.1, "all" tests <passed> & signed\nby Łukasz 東京';

/** libvirt's record, without the description. */
async function recordOf(domain: Cast, tag: string): Promise<string> {
	const xml = await domain.virsh('snapshot-dumpxml', '--snapshotname', tag, '--security-info');
	return xml.replace(/\s*<description>[^<]*<\/description>/, '');
}

async function descriptionOf(domain: Cast, tag: string): Promise<string | undefined> {
	const xml = await domain.virsh('snapshot-dumpxml', '--snapshotname', tag);
	return /<description>([^<]*)<\/description>/.exec(xml)?.[1];
}

const currentOf = async (domain: Cast) => (await domain.virsh('snapshot-current', '--name')).trim();

test('of a domain that is shut off: one with a child, and the current one', async ({story}) => {
	const domain = await story.domain('web');
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'first', method: 'libvirt-internal'});
	await domain.write(0xb2);
	await domain.does({verb: 'create', tag: 'second', method: 'libvirt-internal', description: 'old'});
	const records = [await recordOf(domain, 'first'), await recordOf(domain, 'second')];

	await domain.does({verb: 'edit', tag: 'first', description: text});
	await domain.does({verb: 'edit', tag: 'second', description: 'new'});
	expect(await descriptionOf(domain, 'first')).toBe(
		'kernel 6.1, &quot;all&quot; tests &lt;passed&gt; &amp; signed\nby Łukasz 東京',
	);
	expect((await domain.snapshot('first'))?.description).toBe(text);
	expect(await descriptionOf(domain, 'second')).toBe('new');
	expect([await recordOf(domain, 'first'), await recordOf(domain, 'second')]).toEqual(records);
	expect(await currentOf(domain)).toBe('second');
	expect(await domain.snapshot('second')).toMatchObject({parent: 'first', current: true, health: 'ok'});

	await domain.undoes();
	expect(await descriptionOf(domain, 'second')).toBe('old');
	await domain.does({verb: 'edit', tag: 'second', description: ''});
	expect(await descriptionOf(domain, 'second')).toBeUndefined();
	await domain.undoes();
	expect(await descriptionOf(domain, 'second')).toBe('old');
	expect(await currentOf(domain)).toBe('second');

	await domain.does({verb: 'revert', tag: 'first'});
	await domain.holds(0xa1);
	await domain.does({verb: 'delete', tag: 'first'});
	expect(await domain.tags()).toEqual(['second']);
	expect(await descriptionOf(domain, 'second')).toBe('old');
});

test('of a running domain, with a password in its record: the revert resumes its memory', async ({story}) => {
	const {lab} = story;
	const domain = await story.domain('web');
	const graphics = `<graphics type='vnc' passwd='secret'><listen type='socket' socket='${lab.image('vnc')}'/></graphics>`;
	const defined = (await domain.virsh('dumpxml', '--inactive')).replace('</devices>', `${graphics}</devices>`);
	await lab.virsh('define', await lab.writeFile('web.xml', defined));
	await lab.virsh('start', '--domain', 'web');
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 's', method: 'libvirt-internal'});
	const record = await recordOf(domain, 's');
	expect(record.match(/passwd='secret'/g)).toHaveLength(2);
	await domain.does({verb: 'edit', tag: 's', description: 'with memory'});
	expect(await descriptionOf(domain, 's')).toBe('with memory');
	expect(await recordOf(domain, 's')).toBe(record);
	await domain.write(0xb2);
	await domain.does({verb: 'revert', tag: 's'});
	expect((await domain.read()).state).toBe('running');
	await domain.holds(0xa1);
});

test.runIf(everyVariant)(
	'of an external one with memory: the revert still finds its disks and its memory',
	async ({story}) => {
		const domain = await story.domain('web', {running: true});
		await domain.write(0xa1);
		await domain.does({verb: 'create', tag: 's', method: 'external-full', description: 'old'});
		await domain.write(0xb2);
		const record = await recordOf(domain, 's');
		await domain.does({verb: 'edit', tag: 's', description: 'external'});
		expect(await descriptionOf(domain, 's')).toBe('external');
		expect(await recordOf(domain, 's')).toBe(record);
		await domain.holds(0xb2);
		await domain.turnOff();
		await domain.does({verb: 'revert', tag: 's'});
		expect((await domain.read()).state).toBe('running');
		await domain.holds(0xa1);
		await domain.does({verb: 'edit', tag: 's', description: 'reverted to'});
		await domain.does({verb: 'delete', tag: 's'});
		await domain.holds(0xa1);
	},
);

test('what others have written into the record since the plan stops it, or stays', async ({story}) => {
	const {lab} = story;
	const domain = await story.domain('web');
	await domain.does({verb: 'create', tag: 's', method: 'libvirt-internal', description: 'old'});
	const redefine = async (from: string, to: string) => {
		const xml = (await domain.virsh('snapshot-dumpxml', '--snapshotname', 's')).replace(from, to);
		await domain.virsh('snapshot-create', '--redefine', '--xmlfile', await lab.writeFile('s.xml', xml));
	};
	const plan = await domain.plan({verb: 'edit', tag: 's', description: 'ours'});
	await redefine('>old<', '>theirs<');
	const receipt = await domain.carryOut(plan);
	expect(receipt).toMatchObject({status: 'stale', findings: ['Changed: description of s: was "old", is "theirs".']});
	expect(await descriptionOf(domain, 's')).toBe('theirs');

	const again = await domain.plan({verb: 'edit', tag: 's', description: 'ours'});
	await redefine('<on_crash>destroy</on_crash>', '<on_crash>restart</on_crash>');
	expect((await domain.carryOut(again)).status).toBe('verified');
	expect(await descriptionOf(domain, 's')).toBe('ours');
	expect(await recordOf(domain, 's')).toContain('<on_crash>restart</on_crash>');

	await redefine('>ours<', '>theirs again<');
	expect((await domain.undoRefusal()).reason).toContain('The description of s is "theirs again", not "ours".');
});

test('of one that libvirt has no record of: refused', async ({story}) => {
	const domain = await story.domain('web');
	await domain.does({verb: 'create', tag: 's', method: 'qemu-img'});
	expect(await domain.refusal({verb: 'edit', tag: 's', description: 'x'})).toMatchObject({
		code: 'unsupported',
		reason: 'libvirt has no record of s, and nothing else holds a description.',
	});
});
