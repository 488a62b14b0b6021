/** A snapshot that holds memory only, as virsh takes one of a domain whose disks are left out. */
import {access} from 'node:fs/promises';
import {expect} from 'vitest';
import {waitUntil} from '../helpers/lab.ts';
import {follows} from './follow.ts';
import {type Cast, type Story, test} from './story.ts';

/** The guest stands still, so that the disk stays as it is. */
async function takenOf(story: Story, name: string): Promise<{domain: Cast; file: string}> {
	const domain = await story.domain(name, {running: true});
	await domain.write(0xa1);
	await domain.virsh('suspend');
	const file = story.lab.image(`${name}.memory`);
	await domain.virsh(
		'snapshot-create-as',
		'm',
		...['--memspec', `file=${file},snapshot=external`],
		...['--diskspec', 'vda,snapshot=no'],
	);
	expect(await domain.snapshot('m')).toMatchObject({kind: 'memory', health: 'ok'});
	return {domain, file};
}

test('it is reverted to as told, and deleted with its file', async ({story}) => {
	const {domain, file} = await takenOf(story, 'memory-only');
	await follows(story, domain, (await domain.refusal({verb: 'revert', tag: 'm'})).remedy);
	await waitUntil(async () => (await domain.read()).id === null);
	await domain.does({verb: 'revert', tag: 'm'});
	expect(await domain.read()).toMatchObject({state: 'paused'});
	expect(await domain.snapshot('m')).toMatchObject({current: true});
	await domain.does({verb: 'delete', tag: 'm'});
	expect(await domain.tags()).toEqual([]);
	await expect(access(file)).rejects.toThrow();
	await domain.holds(0xa1);
});

test('after a write it is no longer loaded, and what to do instead works', async ({story}) => {
	const {domain, file} = await takenOf(story, 'memory-stale');
	await domain.virsh('resume');
	await story.lab.run('touch', ['-d', '1 minute', story.lab.image('memory-stale.qcow2')]);
	for (const running of [true, false]) {
		if (!running) await domain.turnOff();
		const refusal = await domain.refusal({verb: 'revert', tag: 'm'});
		expect(refusal).toMatchObject({code: 'disks-changed', reason: expect.stringContaining('memory-stale.qcow2')});
	}
	await follows(story, domain, (await domain.refusal({verb: 'drop', file})).remedy);
	expect(await domain.tags()).toEqual([]);
	await expect(access(file)).rejects.toThrow();
});
