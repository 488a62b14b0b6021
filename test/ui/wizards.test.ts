/** The dialogs beside create, revert and delete, and the options of a create. */
import {afterEach, expect, test} from 'vitest';
import {domain, domains, snapshot} from './facts.ts';
import {connected, fakeHypervisor} from './fake-hypervisor.ts';
import {golden} from './frame.ts';
import {type Opened, open} from './open.ts';

let t: Opened;
afterEach(async () => {
	t.ui.instance.unmount();
	await t.ui.exited;
});

test('m offers what can be done with the memory, the rest with the reason', async () => {
	t = open();
	await t.waitFor('web');
	t.write('m');
	await golden(await t.waitFor('without the disks'), 'memory-80x24');
	t.write('\r');
	await golden(await t.waitFor('managedsave'), 'memory-review-80x24');
});

test('a file is proposed, and looked at before its plan is shown', async () => {
	t = open();
	await t.waitFor('web');
	t.write('mj\r');
	await t.waitFor('File: /var/lib/libvirt/images/web-2026-11-23-143000.save');
	t.write('\u0015relative\r');
	await t.waitFor('is not an absolute path');
});

test('memory that is saved can be restored or dropped', async () => {
	const saved = [domain('asleep', {state: 'saved', managedSave: true}), ...domains];
	const view = {...connected, inventory: {...connected.inventory!, domains: saved}};
	t = open(undefined, undefined, fakeHypervisor(view));
	await t.waitFor('asleep');
	t.write('m');
	await t.waitFor('❯ Resume from the managed save');
	t.write('j\r');
	await t.waitFor('Type asleep to confirm');
});

test('saved memory is a row of its own: r goes on from it, d drops it', async () => {
	const savedMemory = {
		file: '/var/lib/libvirt/qemu/save/asleep.save',
		bytes: 190 * 1024 ** 2,
		writtenAt: '2026-11-23T13:00:00Z',
	};
	const asleep = domain('asleep', {
		state: 'saved',
		managedSave: true,
		savedMemory,
		snapshots: [snapshot('before', 3), snapshot('after', 4, {parent: 'before', current: true})],
	});
	const view = {...connected, inventory: {...connected.inventory!, domains: [asleep, ...domains]}};
	t = open(undefined, undefined, fakeHypervisor(view));
	await t.waitFor('asleep');
	t.write('lG');
	await golden(await t.waitFor('r resumes from it'), 'saved-memory-80x24');
	t.write('r');
	await golden(await t.waitFor('Restore asleep'), 'saved-memory-restore-80x24');
	t.write('\u001B');
	await t.waitFor('r resumes from it');
	t.write('d');
	await t.waitFor('Type asleep to confirm');
	expect(t.ui.store.state().screen).toMatchObject({intent: {verb: 'drop'}});
});

test('n asks for the name of a clone, and refuses one that is taken', async () => {
	t = open();
	await t.waitFor('web');
	t.write('Gkn');
	await golden(await t.waitFor('Name: clone-2'), 'clone-80x24');
	t.write('\u0015web\r');
	await t.waitFor('There is a domain web already');
});

test('the options of a create unfold from its menu, and change what is possible', async () => {
	t = open();
	await t.waitFor('web');
	t.write('c\r\r');
	await t.waitFor('More options');
	t.write('k\r');
	await golden(await t.waitFor('step 3 of 5'), 'create-options-80x24');
	t.write('j ');
	await t.waitFor('[yes]');
	t.write('\u001B[B/elsewhere');
	await t.waitFor('/elsewhere▏');
	t.write('\r');
	await t.waitFor('Options: disks only, file systems frozen, overlays in /elsewhere');
	const {screen} = t.ui.store.state();
	expect(screen).toMatchObject({intent: {scope: 'disk-only', quiesce: true, dir: '/elsewhere'}});
});

test('where the choices of an option do not all fit, the chosen one is seen', async () => {
	t = open({columns: 60, rows: 16});
	await t.waitFor('web');
	t.write('c\r\r');
	await t.waitFor('More options');
	t.write('k\r');
	await t.waitFor('What is saved');
	t.write('  ');
	await t.waitFor('[disks only]');
});

test('freezing that is not possible says why', async () => {
	t = open();
	await t.waitFor('web');
	t.write('jc\r\rk\r');
	await t.waitFor('it has no guest agent channel');
});

test('overlays left over are shown with the chains, and deleted with a plan', async () => {
	const file = '/var/lib/libvirt/images/clone.1763900000';
	const left = [{file, bytes: 42 * 1024 ** 2, base: '/var/lib/libvirt/images/web.qcow2'}];
	t = open(undefined, undefined, fakeHypervisor(connected, {facts: {reclaimable: left}}));
	await t.waitFor('web');
	t.write('Gkb');
	await golden(await t.waitFor('Left over'), 'left-over-80x24');
	t.write('d');
	await golden(await t.waitFor('Unused overlays:'), 'reclaim-80x24');
	t.write('\r');
	await t.waitFor('Type clone.1763900000 to confirm');
});
