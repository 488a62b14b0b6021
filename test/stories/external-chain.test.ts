/** External snapshots in chains of three, in every place and on every libvirt: what is deleted, what stays, and what the disks hold after. */

import {describe, expect} from 'vitest';
import {can} from '../../source/core/model/capabilities.ts';
import {saying} from '../helpers/saying.ts';
import {everyVariant, variants} from '../helpers/variants.ts';
import {type Cast, type Story, test} from './story.ts';

/** What the disks hold at each snapshot, and now. */
const held = {a: 0xa1, b: 0xb2, c: 0xc3} as const;
const now = 0xd4;
type Tag = keyof typeof held;

async function chain(story: Story, name: string, running: boolean, disks = [`${name}.qcow2`]): Promise<Cast> {
	const domain = await story.domain(name, {disks, running});
	for (const tag of ['a', 'b', 'c'] as const) {
		await domain.write(held[tag]);
		await domain.does({verb: 'create', tag, method: running ? 'external-live' : 'external-offline'});
	}
	await domain.write(now);
	return domain;
}

/** Goes back to each of them, shut off, in this order, and finds what was there. */
async function goesBackTo(domain: Cast, tags: readonly Tag[]): Promise<void> {
	if ((await domain.read()).id !== null) await domain.turnOff();
	for (const tag of tags) {
		await domain.does({verb: 'revert', tag});
		await domain.holds(held[tag]);
	}
}

const images = async (domain: Cast) => (await domain.read()).disks.map(disk => disk.chain.length);

const states: readonly [string, boolean][] = [
	['shut off', false],
	['running', true],
];

const onRunning = variants(states, ([, running]) => running);
const onShutOff = variants(states, ([, running]) => !running);

describe.each(states)('%s', (_, running) => {
	const deletes: readonly [Tag, Tag[]][] = [
		['a', ['c', 'b']],
		['b', ['a', 'c', 'a']],
		['c', ['b', 'a']],
	];
	const usual = variants(deletes, ([tag]) => tag === (running ? 'a' : 'b'));
	test.for(usual)('%s is deleted; the present and the other two stay', async ([tag, others], {story}) => {
		const domain = await chain(story, `${tag}-${running ? 'on' : 'off'}`, running);
		await domain.does({verb: 'delete', tag});
		await domain.holds(now);
		expect(await domain.tags()).toEqual(['a', 'b', 'c'].filter(other => other !== tag));
		expect(await images(domain)).toEqual([3]);
		await goesBackTo(domain, others);
	});
});

test.for(variants(onRunning, () => false))(
	'two disks, %s: the middle one is deleted from both',
	async ([, running], {story}) => {
		const name = `two-${running ? 'on' : 'off'}`;
		const domain = await chain(story, name, running, [`${name}-1.qcow2`, `${name}.raw`]);
		await domain.does({verb: 'delete', tag: 'b'});
		await domain.holds(now);
		expect(await images(domain)).toEqual([3, 3]);
		await goesBackTo(domain, ['a', 'c']);
	},
);

test.for(onShutOff)('%s: the middle one goes with its children', async ([, running], {story}) => {
	const domain = await chain(story, `branch-${running ? 'on' : 'off'}`, running);
	await domain.does({verb: 'delete', tag: 'b', children: true});
	await domain.holds(now);
	expect(await domain.tags()).toEqual(['a']);
	expect(await images(domain)).toEqual([2]);
	await goesBackTo(domain, ['a']);
});

test.for(onShutOff)(
	'%s: the record of the middle one alone stays, since libvirt would mislead its child',
	async ([, running], {story}) => {
		const domain = await chain(story, `record-${running ? 'on' : 'off'}`, running);
		const refusal = await domain.refusal({verb: 'delete', tag: 'b', metadataOnly: true});
		expect(refusal.code).toBe('has-children');
		await domain.does({verb: 'delete', tag: 'c', metadataOnly: true});
		await domain.does({verb: 'delete', tag: 'b', metadataOnly: true});
		await domain.holds(now);
		expect(await images(domain)).toEqual([4]);
		await goesBackTo(domain, ['a']);
	},
);

test.for(onRunning)(
	'%s: a child that libvirt has misled by hand is never gone back to',
	async ([, running], {story}) => {
		const domain = await chain(story, `misled-${running ? 'on' : 'off'}`, running);
		const base = (await domain.snapshot('c'))!.disks[0]!.source;
		await domain.virsh('snapshot-delete', '--snapshotname=b', '--metadata');
		const child = (await domain.snapshot('c'))!;
		if (child.disks[0]!.source === base) return expect(child.health).toBe('ok');
		expect(child.health).toBe('orphaned');
		expect((await domain.refusal({verb: 'revert', tag: 'c'})).code).toBe('unhealthy');
		await domain.does({verb: 'delete', tag: 'c'});
		await goesBackTo(domain, ['a']);
	},
);
describe('two branches', () => {
	/** a has the children b (with c on it) and d, on which the domain runs. */
	async function fork(story: Story, name: string): Promise<Cast> {
		const domain = await chain(story, name, false);
		await domain.does({verb: 'revert', tag: 'b'});
		await domain.write(0x55);
		await domain.does({verb: 'create', tag: 'd', method: 'external-offline'});
		await domain.write(0x66);
		return domain;
	}

	test.runIf(everyVariant)('a snapshot that both depend on is deleted, and both still work', async ({story}) => {
		const domain = await fork(story, 'fork-a');
		await domain.does({verb: 'delete', tag: 'a'});
		await domain.holds(0x66);
		await goesBackTo(domain, ['b', 'c']);
		await domain.does({verb: 'revert', tag: 'd'});
		await domain.holds(0x55);
	});

	test.runIf(everyVariant)('one whose base serves both is refused, with what to do', async ({story}) => {
		const domain = await fork(story, 'fork-b');
		const refusal = await domain.refusal({verb: 'delete', tag: 'b'});
		expect(refusal).toMatchObject({code: 'has-children', remedy: saying('Delete c first')});
		await domain.does({verb: 'delete', tag: 'c'});
		await domain.holds(0x66);
	});

	test('the branch that the domain left is deleted with its files, and the other still works', async ({story}) => {
		const domain = await fork(story, 'fork-c');
		await domain.does({verb: 'delete', tag: 'c'});
		expect(await domain.tags()).toEqual(['a', 'b', 'd']);
		await domain.does({verb: 'delete', tag: 'b'});
		await domain.holds(0x66);
		await goesBackTo(domain, ['a']);
	});
});

test('a file that snapshots depend on is not left to libvirt to delete, as it would where the current one was set by hand', async ({
	story,
}) => {
	const domain = await chain(story, 'by-hand', false);
	await domain.virsh('snapshot-current', '--snapshotname=a');
	if (can((await story.hypervisor.facts(domain.uuid)).host, 'external-revert')) {
		const refusal = await domain.refusal({verb: 'revert', tag: 'c'});
		expect(refusal).toMatchObject({code: 'has-dependants', remedy: saying('snapshot-current')});
		await domain.virsh('snapshot-current', '--snapshotname=c');
	}
	await goesBackTo(domain, ['c', 'a']);
});
