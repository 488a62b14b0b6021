/** Every method from create over revert to delete, with what the disks hold as the judge. */
import {chmod, stat} from 'node:fs/promises';
import {expect} from 'vitest';
import type {MethodId} from '../../source/core/model/intent.ts';
import type {Cast, Story} from './story.ts';

export type History = {
	readonly method: MethodId;
	readonly running: boolean;
	readonly disks: readonly string[];
	/** The domain has to be shut off for the revert, and is left so. */
	readonly revertOff?: boolean;
	readonly libvirt: boolean;
};

export const histories: readonly History[] = [
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
	{method: 'external-full', running: true, disks: ['a'], revertOff: true, libvirt: true},
	{method: 'external-full', running: true, disks: ['a', 'raw'], revertOff: true, libvirt: true},
];

/** One domain each, so that no step finds what another one has left. */
export async function play(story: Story, row: History): Promise<void> {
	const {method, running, disks, revertOff} = row;
	const name = `${method}-${running ? 'on' : 'off'}-${disks.join('')}`;
	const files = disks.map(disk => (disk === 'raw' ? `${name}.raw` : `${name}-${disk}.qcow2`));
	const domain = await story.domain(name, {disks: files, running});
	const tag = `before-${method}`;
	await domain.write(0xa1);
	await takes(domain, tag, row);
	await domain.write(0xb2);
	if (revertOff) await domain.turnOff();
	await goesBack(domain, tag, row);
	await domain.does({verb: 'delete', tag});
	await domain.holds(0xa1);
	const after = await domain.read();
	expect(after.snapshots).toEqual([]);
	expect(after.disks.flatMap(disk => disk.chain.flatMap(image => image.snapshots))).toEqual([]);
	expect((await domain.virsh('snapshot-list', '--name')).trim()).toBe('');
}

async function takes(domain: Cast, tag: string, {method, libvirt}: History): Promise<void> {
	const plan = await domain.does({verb: 'create', tag, method});
	expect(plan.method).toBe(method);
	const snapshot = await domain.snapshot(tag);
	expect(snapshot).toMatchObject({health: libvirt ? 'ok' : 'unmanaged', libvirt});
	const made = [snapshot!.memoryFile, ...snapshot!.disks.map(part => part.kind === 'external' && part.file)];
	for (const file of made) if (file) expect((await stat(file)).mode & 0o077, file).toBe(0);
}

async function goesBack(domain: Cast, tag: string, {method, running, revertOff}: History): Promise<void> {
	const external = method.startsWith('external');
	// What others may read is no model for a new file.
	for (const {source} of external ? (await domain.read()).disks : []) await chmod(source!, 0o644);
	const plan = await domain.does({verb: 'revert', tag});
	await domain.holds(0xa1);
	const {state, disks: now} = await domain.read();
	for (const {source} of external ? now : []) expect((await stat(source!)).mode & 0o077, source!).toBe(0);
	expect(plan.expect).toContainEqual({kind: 'state', state});
	// Where libvirt loads the memory file the domain runs again; the plan for the others starts without it.
	if (method !== 'external-full') expect(state).toBe(running && !revertOff ? 'running' : 'shut off');
}
