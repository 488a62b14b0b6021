/** Every method from create over revert to delete, on a real libvirt and QEMU, with what the disks hold as the judge. */
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {MethodId} from '../../source/core/method.ts';
import {beginStory, type Cast, type Story} from './story.ts';

let story: Story;
beforeAll(async () => {
	story = await beginStory();
});
afterAll(async () => {
	await story?.end();
});

type Row = {
	readonly method: MethodId;
	readonly running: boolean;
	readonly disks: readonly string[];
	/** The domain has to be shut off for the revert, and is left so. */
	readonly revertOff?: boolean;
	readonly libvirt: boolean;
};

const rows: readonly Row[] = [
	{method: 'libvirt-internal', running: true, disks: ['a'], libvirt: true},
	{method: 'libvirt-internal', running: true, disks: ['a', 'b'], libvirt: true},
	{method: 'libvirt-internal', running: false, disks: ['a'], libvirt: true},
	{method: 'libvirt-internal', running: false, disks: ['a', 'b'], libvirt: true},
	{method: 'qemu-img', running: false, disks: ['a'], libvirt: false},
	{method: 'qemu-img', running: false, disks: ['a', 'b'], libvirt: false},
	{method: 'monitor', running: true, disks: ['a'], libvirt: false},
	{method: 'monitor', running: true, disks: ['a', 'b'], libvirt: false},
	{method: 'external-offline', running: false, disks: ['a'], libvirt: true},
	{method: 'external-offline', running: false, disks: ['a', 'raw'], libvirt: true},
	{method: 'external-live', running: true, disks: ['a'], revertOff: true, libvirt: true},
	{method: 'external-live', running: true, disks: ['a', 'raw'], revertOff: true, libvirt: true},
];

describe.each(rows)('$method, running: $running, disks: $disks', ({method, running, disks, revertOff, libvirt}) => {
	const name = `${method}-${running ? 'on' : 'off'}-${disks.join('')}`;
	const tag = `before ${method}`;
	let domain: Cast;

	test('takes a snapshot of what the disks hold', async () => {
		const files = disks.map(disk => (disk === 'raw' ? `${name}.raw` : `${name}-${disk}.qcow2`));
		domain = await story.domain(name, {disks: files, running});
		await domain.write(0xa1);
		const plan = await domain.does({verb: 'create', tag, method});
		expect(plan.method).toBe(method);
		expect(await domain.snapshot(tag)).toMatchObject({health: libvirt ? 'ok' : 'unmanaged', libvirt});
		await domain.write(0xb2);
	});

	test('brings it back', async () => {
		if (revertOff) await domain.turnOff();
		await domain.does({verb: 'revert', tag});
		await domain.holds(0xa1);
		expect((await domain.read()).state).toBe(running && !revertOff ? 'running' : 'shut off');
	});

	test('deletes it everywhere and keeps what the disks hold', async () => {
		await domain.does({verb: 'delete', tag});
		await domain.holds(0xa1);
		const after = await domain.read();
		expect(after.snapshots).toEqual([]);
		expect(after.disks.flatMap(disk => disk.chain.flatMap(image => image.snapshots))).toEqual([]);
		expect((await domain.virsh('snapshot-list', '--name')).trim()).toBe('');
	});
});

test('a running domain with an external snapshot loses it live, and keeps the newer contents', async () => {
	const domain = await story.domain('delete-live', {running: true});
	await domain.write(0xa1);
	await domain.does({verb: 'create', tag: 'point', method: 'external-live'});
	await domain.write(0xb2);
	await domain.does({verb: 'delete', tag: 'point'});
	await domain.holds(0xb2);
	const [disk] = (await domain.read()).disks;
	expect(disk!.chain).toHaveLength(1);
});
