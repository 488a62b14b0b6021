/** Protected snapshots, and those that expire: what the domain's own metadata says of them, on a domain that runs and one that does not. */
import {expect} from 'vitest';
import {retentionsIn, retentionUri} from '../../source/core/domain-xml/retention.ts';
import {can} from '../../source/core/model/capabilities.ts';
import {saying} from '../helpers/saying.ts';
import {everyVariant} from '../helpers/variants.ts';
import type {Cast} from './story.ts';
import {test} from './story.ts';

const tag = "a 'b' 數&%20";
const until = '2031-12-24T18:00:00.000Z';

/** Tags that the running definition and the next one protect. */
async function protectedIn(domain: Cast, ...words: string[]): Promise<string[]> {
	const rows = retentionsIn(await domain.virsh('dumpxml', ...words));
	return rows.filter(one => one.protected).map(one => one.tag);
}

test('of a running domain: both definitions say it, a revert does not forget it, and virsh may change it', async ({
	story,
}) => {
	const domain = await story.domain('web', {running: true});
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'first', method: 'libvirt-internal'});
	await domain.does({verb: 'create', tag: 'second', method: 'libvirt-internal'});
	await domain.does({verb: 'edit', tag: 'first', protect: true});
	await domain.does({verb: 'edit', tag: 'second', expires: until, description: 'nightly'});
	expect(await protectedIn(domain)).toEqual(['first']);
	expect(await protectedIn(domain, '--inactive')).toEqual(['first']);
	expect(await domain.snapshot('second')).toMatchObject({protected: false, expiresAt: until, description: 'nightly'});

	for (const more of [{}, {metadataOnly: true}, {children: true}])
		expect((await domain.refusal({verb: 'delete', tag: 'first', ...more})).code).toBe('protected');
	await domain.write(0xb2);
	await domain.does({verb: 'revert', tag: 'first'});
	await domain.holds(0xa1);
	expect(await domain.snapshot('first')).toMatchObject({protected: true});
	expect(await domain.snapshot('second')).toMatchObject({expiresAt: until});
	expect(await protectedIn(domain)).toEqual(['first']);

	const plan = await domain.plan({verb: 'delete', tag: 'second'});
	await domain.does({verb: 'edit', tag: 'second', protect: true});
	await domain.undoes();
	expect(await domain.snapshot('second')).toMatchObject({protected: false, expiresAt: until});
	await domain.does({verb: 'edit', tag: 'second', protect: true});
	expect((await domain.carryOut(plan)).status).toBe('stale');
	await domain.does({verb: 'edit', tag: 'second', protect: false});
	await domain.does({verb: 'delete', tag: 'second'});
	await domain.virsh('metadata', '--uri', 'urn:virsnap:snapshots:1', '--remove', '--live', '--config');
	await domain.does({verb: 'delete', tag: 'first'});
	expect(await domain.tags()).toEqual([]);
});

test.runIf(everyVariant)(
	'in a definition that Python has written, and where the next start was to be without it',
	async ({story}) => {
		const domain = await story.domain('web', {running: true});
		await domain.does({verb: 'create', tag: 'first', method: 'libvirt-internal'});
		await domain.does({verb: 'edit', tag: 'first', protect: true});
		const prefix = `xmlns:virsnap="${retentionUri}"`;
		const xml = await domain.virsh('dumpxml', '--inactive');
		const hoisted = xml.replace(` ${prefix}`, '').replace('<domain ', `<domain ${prefix} `);
		await story.lab.virsh('define', await story.lab.writeFile('web.xml', hoisted));
		expect(await domain.virsh('dumpxml', '--inactive')).toMatch(/<metadata xmlns:virsnap=/);
		expect((await domain.refusal({verb: 'delete', tag: 'first'})).code).toBe('protected');

		await domain.virsh('metadata', '--uri', retentionUri, '--remove', '--config');
		await domain.does({verb: 'create', tag: 'second', method: 'libvirt-internal'});
		await domain.does({verb: 'edit', tag: 'first', protect: true});
		await domain.does({verb: 'revert', tag: 'second'});
		expect(await protectedIn(domain, '--inactive')).toEqual(['first']);
		expect((await domain.refusal({verb: 'delete', tag: 'first'})).code).toBe('protected');
	},
);

test('of a domain that is off: any tag, through a start and a rename, and not in a clone', async ({story}) => {
	const domain = await story.domain('web');
	await domain.does({verb: 'create', tag, method: 'qemu-img'});
	await domain.does({verb: 'edit', tag, protect: true, expires: until});
	expect(await domain.snapshot(tag)).toMatchObject({protected: true, expiresAt: until, libvirt: false});
	expect((await domain.refusal({verb: 'delete', tag})).code).toBe('protected');

	await domain.virsh('domrename', '--new-name', 'web2');
	await domain.does({verb: 'start'});
	expect(await protectedIn(domain)).toEqual([tag]);
	await domain.turnOff();
	await domain.does({verb: 'edit', tag, protect: false, expires: 'never'});
	expect(await domain.virsh('dumpxml', '--inactive')).not.toContain('virsnap');
	await domain.undoes();
	expect(await domain.snapshot(tag)).toMatchObject({protected: true, expiresAt: until});
	await domain.does({verb: 'clone', name: 'twin'});
	const twin = await story.existing('twin');
	expect((await twin.read()).retentions).toEqual([]);
	expect((await domain.read()).retentions).toHaveLength(1);
	await domain.undoes();
});

test('the base of a protected external snapshot is merged into nothing', async ({story}) => {
	const domain = await story.domain('web');
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'first', method: 'external-offline'});
	await domain.does({verb: 'create', tag: 'second', method: 'external-offline'});
	await domain.does({verb: 'edit', tag: 'second', protect: true});
	const refusal = await domain.refusal({verb: 'delete', tag: 'first'});
	expect(refusal).toMatchObject({code: 'protected', reason: expect.stringContaining('snapshot second needs')});
	await domain.does({verb: 'edit', tag: 'second', protect: false});
	await domain.does({verb: 'delete', tag: 'first'});
	await domain.holds(0xa1);
});

test('one in an overlay that a clone has left goes by no way, that of the domain below included', async ({
	story,
	skip,
}) => {
	const below = await story.domain('below');
	const {host} = await story.hypervisor.facts(below.uuid);
	if (can(host, 'external-revert')) return skip('libvirt reverts it, and leaves no overlay');
	await below.does({verb: 'clone', name: 'its-clone'});
	const clone = await story.existing('its-clone');
	await clone.does({verb: 'create', tag: 'point', method: 'external-offline'});
	await clone.does({verb: 'revert', tag: 'point'});
	await clone.does({verb: 'create', tag: 'held', method: 'qemu-img'});
	await clone.does({verb: 'edit', tag: 'held', protect: true});
	const overlay = (await clone.read()).disks[0]!.source!;
	await clone.does({verb: 'revert', tag: 'point'});
	for (const domain of [clone, below]) {
		const {code, remedy} = await domain.refusal({verb: 'reclaim', overlay});
		expect({code, remedy}).toEqual({code: 'protected', remedy: saying('edit its-clone held')});
	}
});
