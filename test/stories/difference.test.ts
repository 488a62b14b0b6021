/** What differs between two snapshots, and between one and now: disks by whole clusters, the definition by its lines. */
import {expect} from 'vitest';
import {definitionsOf} from '../../source/core/snapshots/contents/difference.ts';
import {test} from './story.ts';

test('a cluster written between two snapshots, memory added after the second', async ({story}) => {
	const domain = await story.domain('web');
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'a', method: 'libvirt-internal'});
	await domain.write(0xb2);
	await domain.does({verb: 'create', tag: 'b', method: 'libvirt-internal'});
	await domain.virsh('setmaxmem', '131072', '--config');
	await story.hypervisor.refresh();
	const {snapshots} = await domain.read();
	const [a, b] = [snapshots.find(({tag}) => tag === 'a')!, snapshots.find(({tag}) => tag === 'b')!];
	expect(await story.hypervisor.difference(domain.uuid, a, b)).toEqual([
		{target: 'vda', changedBytes: 65_536, reason: null},
	]);
	expect(await story.hypervisor.difference(domain.uuid, b, b)).toMatchObject([{changedBytes: 0}]);
	const facts = await story.hypervisor.facts(domain.uuid);
	const same = definitionsOf(facts, a, b);
	expect('reason' in same || same.before === same.after).toBe(true);
	expect(definitionsOf(facts, b, null)).toMatchObject({
		before: expect.not.stringContaining('131072'),
		after: expect.stringContaining('<memory unit="KiB">131072</memory>'),
	});
	expect((await domain.plan({verb: 'revert', tag: 'a'})).losses[0]).toContain('(64 KiB)');
	expect((await domain.plan({verb: 'delete', tag: 'a'})).losses[0]).toMatch(/Deleting it frees \d/);
});
