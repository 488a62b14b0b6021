/** The dialogs beside create, revert and delete, and the options of a create. */
import {afterEach, expect, test} from 'vitest';
import {domainOf, domains, overlaid, snapshotAt, twofold} from './domains.ts';
import {connected, fakeHypervisor} from './fake-hypervisor.ts';
import {type Opened, open} from './open.ts';

let ui: Opened;
afterEach(() => ui.close());

test('m offers what can be done with the memory, the rest with the reason', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('memory');
	await ui.expects('without the disks');
	await ui.frame('memory');
	ui.enter();
	await ui.expects(/managedsave[\s\S]*Press Enter/);
	await ui.frame('memory-review');
});

test('a file is proposed, and looked at before its plan is shown', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('memory', 'down', 'choose');
	await ui.expects('File: /var/lib/libvirt/images/web-2026-11-23-143000.save');
	ui.retype('relative');
	ui.enter();
	await ui.expects('is not an absolute path');
	expect(ui.fake.looked).not.toContain('/elsewhere');
	ui.press('back');
	await ui.expects('File: relative');
	ui.retype('/elsewhere/web.save');
	ui.enter();
	await expect.poll(() => ui.fake.looked).toContain('/elsewhere');
});

test('memory that is saved can be restored or dropped', async () => {
	const saved = [domainOf('asleep', {state: 'saved', managedSave: true}), ...domains];
	const view = {...connected, inventory: {...connected.inventory!, domains: saved}};
	ui = open(undefined, undefined, fakeHypervisor(view));
	await ui.expects('asleep');
	ui.press('memory');
	await ui.expects('❯ Resume from the managed save');
	ui.press('down', 'choose');
	await ui.expects('Type asleep to confirm');
});

test('saved memory is a row of its own: r resumes from it, d discards it', async () => {
	const savedMemory = {
		file: '/var/lib/libvirt/qemu/save/asleep.save',
		bytes: 190 * 1024 ** 2,
		writtenAt: '2026-11-23T13:00:00Z',
	};
	const asleep = domainOf('asleep', {
		state: 'saved',
		managedSave: true,
		savedMemory,
		snapshots: [snapshotAt('before', 3), snapshotAt('after', 4, {parent: 'before', current: true})],
	});
	const view = {...connected, inventory: {...connected.inventory!, domains: [asleep, ...domains]}};
	ui = open(undefined, undefined, fakeHypervisor(view));
	await ui.expects('asleep');
	ui.press('snapshots-pane', 'last');
	await ui.expects('r resumes from it');
	await ui.frame('saved-memory');
	ui.press('revert');
	await ui.expects(/Restore asleep[\s\S]*Press Enter/);
	await ui.frame('saved-memory-restore');
	ui.press('back');
	await ui.expects('r resumes from it');
	ui.press('delete');
	await ui.expects('Type asleep to confirm');
	expect(ui.state().screen).toMatchObject({intent: {verb: 'drop'}});
});

test('e edits the description in place, and leads to the review', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('snapshots-pane', 'first', 'down', 'edit');
	await ui.expects('Description: before the big upgrade');
	ui.press('erase-word');
	ui.type('update');
	await ui.expects('the big update');
	await ui.frame('edit');
	ui.enter();
	await ui.expects(/Change the description[\s\S]*Press Enter/);
	await ui.frame('edit-review');
	ui.press('back');
	await ui.expects('the big update');
	ui.retype('before the big upgrade');
	ui.enter();
	await ui.expects('has this description already');
	ui.press('back');
	await ui.expects('Description:');
	ui.press('back');
	await ui.expects('r revert');
});

/** Of the first domain the second snapshot is protected, the third has expired, the fourth will. */
function keeping(): Opened {
	const [web, ...others] = domains;
	const [fresh, before, after, experiment] = web!.snapshots;
	const kept = [
		fresh!,
		{...before!, protected: true},
		{...after!, expiresAt: '2026-11-22T00:00:00.000Z'},
		{...experiment!, expiresAt: '2026-12-24T18:00:00.000Z'},
	];
	const view = {...connected, inventory: {...connected.inventory!, domains: [{...web!, snapshots: kept}, ...others]}};
	return open(undefined, undefined, fakeHypervisor(view));
}

test('P protects a snapshot or unprotects it; what is protected is not deleted, and what has expired is marked', async () => {
	ui = keeping();
	await ui.expects('web');
	ui.press('snapshots-pane', 'first', 'down');
	await ui.expects('protected: no plan deletes it');
	await ui.frame('keep');
	ui.press('delete');
	await ui.expects('The snapshot before-upgrade is protected.');
	await ui.frame('delete-protected');
	ui.press('back', 'protect');
	await ui.expects(/unprotect before-upgrade[\s\S]*Press Enter/);
	await ui.frame('unprotect-review');
	ui.press('back', 'first', 'protect');
	await ui.expects(/ protect fresh[\s\S]*Press Enter/);
});

test('E says until when a snapshot is to be kept', async () => {
	ui = keeping();
	await ui.expects('web');
	ui.press('snapshots-pane', 'first', 'expire');
	await ui.expects('Keep until: never');
	ui.type('30');
	await ui.expects('30 is no time.');
	await ui.frame('expire');
	ui.type('d');
	await ui.expects('Keep until: 30d');
	ui.enter();
	await ui.expects(/expires: on 2026-12-23 14:30:00[\s\S]*Press Enter/);
	await ui.frame('expire-review');
});

test('e says why what libvirt has no record of has no description', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('down', 'snapshots-pane', 'first', 'down', 'edit');
	await ui.expects('snapshot: libvirt has no record');
});

test('N edits the tag in place, and says where it stands in an image', async () => {
	const layered = overlaid('layered');
	ui = open(
		undefined,
		undefined,
		fakeHypervisor({...connected, inventory: {...connected.inventory!, domains: [layered, ...domains]}}),
	);
	await ui.expects('layered');
	ui.press('snapshots-pane', 'first', 'rename');
	await ui.expects('Tag: before');
	ui.type('/');
	await ui.expects('The tag holds a slash');
	ui.press('erase');
	ui.type('-upgrade');
	await ui.expects('Tag: before-upgrade');
	await ui.frame('rename');
	ui.enter();
	await ui.expects(/Record before under the tag before-upgrade[\s\S]*Press Enter/);
	await ui.frame('rename-review');
	ui.press('back');
	await ui.expects('Tag: before-upgrade');
	ui.retype('before');
	ui.enter();
	await ui.expects('has this tag already');
	ui.press('back', 'back', 'domains-pane', 'down', 'snapshots-pane', 'rename');
	await ui.expects('N, rename the selected snapshot: its tag inside an image cannot be changed');
});

test('n asks for the name of a clone, and refuses one that is taken', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('last', 'up', 'clone');
	await ui.expects('Name: clone-2');
	await ui.frame('clone');
	ui.retype('web');
	ui.enter();
	// The same words stand under the field while it is typed.
	await expect.poll(() => ui.state().notice?.text).toContain('There is a domain web already');
	await ui.expects('Name: web');
});

test('n asks how a clone gets its disks where both ways are open, and on a snapshot clones that', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('last', 'up', 'clone');
	await ui.expects('Name: clone-2');
	ui.enter();
	await ui.expects('How the new domain gets its disks');
	await ui.frame('clone-ways');
	ui.press('down', 'choose');
	await ui.expects('full clone (a new domain on copies of its own)');
	await ui.expects('Press Enter');
	await ui.frame('clone-full');
	expect(ui.state().screen).toMatchObject({intent: {verb: 'clone', full: true}});
	expect(ui.state().screen).not.toHaveProperty('intent.tag');
});

test('n on a snapshot inside an image copies it, since nothing else is possible', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('other-pane', 'clone');
	await ui.expects('step 1 of 2');
	ui.enter();
	await ui.expects('full clone (a new domain on copies of its own)');
	await ui.expects('Press Enter');
	await ui.frame('clone-snapshot');
});

test('the options of a create unfold from its menu, and change what is possible', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('create');
	ui.enter(2);
	await ui.expects('More options');
	ui.press('up', 'choose');
	await ui.expects('step 3 of 5');
	await ui.frame('create-options');
	ui.press('down', 'option-next');
	await ui.expects('[yes]');
	ui.press('down');
	ui.type('/elsewhere');
	await ui.expects('/elsewhere▏');
	ui.enter();
	await ui.expects('Options: disks only, file systems frozen, overlays in /elsewhere');
	const {screen} = ui.state();
	expect(screen).toMatchObject({intent: {scope: 'disk-only', quiesce: true, dir: '/elsewhere'}});
});

test('a revert to an external snapshot asks for the folder of its new overlays, and looks at it before its plan', async () => {
	const view = {...connected, inventory: {...connected.inventory!, domains: [overlaid('layered'), ...domains]}};
	ui = open(undefined, undefined, fakeHypervisor(view));
	await ui.expects('layered');
	ui.press('snapshots-pane', 'first', 'revert');
	await ui.expects('Folder for overlays    (libvirt chooses)');
	await ui.frame('revert-folder');
	ui.press('down', 'down');
	ui.type('relative');
	await ui.expects('relative is not an absolute path');
	ui.retype('/root');
	await ui.expects('/root▏');
	ui.enter();
	await ui.expects(/\/root\/layered[\s\S]*Press Enter/);
	expect(ui.fake.looked).toEqual([]);
	ui.press('back', 'down', 'down');
	ui.retype('/elsewhere');
	await ui.expects('/elsewhere▏');
	ui.enter();
	await expect.poll(() => ui.fake.looked).toEqual(['/elsewhere']);
});

test('where the choices of an option do not all fit, the chosen one is seen', async () => {
	ui = open({columns: 60, rows: 16});
	await ui.expects('web');
	ui.press('create');
	ui.enter(2);
	await ui.expects('More options');
	ui.press('up', 'choose');
	await ui.expects('What is saved');
	ui.press('option-next', 'option-next');
	await ui.expects('[disks only]');
});

test('freezing that is not possible says why', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('down', 'create');
	ui.enter(2);
	ui.press('up', 'choose');
	await ui.expects('it has no guest agent channel');
});

test('unused overlays are shown with the chains, and deleted with a plan', async () => {
	const file = '/var/lib/libvirt/images/clone.1763900000';
	const left = [{file, bytes: 42 * 1024 ** 2, base: '/var/lib/libvirt/images/web.qcow2'}];
	ui = open(undefined, undefined, fakeHypervisor(connected, {facts: {reclaimable: left}}));
	await ui.expects('web');
	ui.press('last', 'up', 'chains');
	await ui.expects('Unused overlays');
	await ui.frame('unused-overlays');
	ui.press('reclaim');
	await ui.expects('Unused overlays:');
	await ui.frame('reclaim');
	ui.enter();
	await ui.expects('Type clone.1763900000 to confirm');
});

/** A domain of two disks, at this size. */
async function openTwofold(size = {columns: 80, rows: 24}, values = {}) {
	const view = {...connected, inventory: {...connected.inventory!, domains: [twofold('layered', values), ...domains]}};
	ui = open(size, undefined, fakeHypervisor(view));
	await ui.expects('layered');
}

test.each([
	{columns: 80, rows: 24},
	{columns: 60, rows: 16},
])(
	'disks are chosen from the menu of a create, and the review names what is left out: $columns columns',
	async size => {
		await openTwofold(size);
		ui.press('create');
		ui.enter(2);
		await ui.expects('Disks: all 2');
		ui.press('up', 'up', 'choose');
		await ui.expects('step 3 of 5');
		await ui.frame('create-disks');
		ui.press('down', 'option-next');
		await ui.expects(/Disk vdb +included +\[left out\]/);
		ui.press('down');
		ui.type('relative');
		await ui.expects('relative is not an absolute path');
		ui.retype('/root/layered.overlay');
		await ui.expects('/root/layered.overlay▏');
		await ui.frame('create-disks-left-out');
		ui.enter();
		await ui.expects('Disks: vda, without vdb; 1 place chosen');
		await ui.frame('create-without-disk');
		ui.press('choose');
		await ui.expects(/Holds [\s\S]*Press Enter/);
		await ui.frame('create-without-disk-review');
		expect(ui.state().screen).toMatchObject({
			intent: {disks: ['vda'], overlays: [{target: 'vda', path: '/root/layered.overlay'}]},
		});
	},
);

test('a folder that was not looked at yet is, before the plan is shown', async () => {
	await openTwofold();
	ui.press('create');
	ui.enter(2);
	await ui.expects('Disks: all 2');
	ui.press('up', 'up', 'choose', 'down', 'down');
	ui.type('/elsewhere/');
	await ui.expects('/elsewhere/▏');
	ui.enter();
	await expect.poll(() => ui.fake.looked).toEqual(['/', '/elsewhere']);
});

test('a running domain may have its memory in a file of its own place, unless a disk is left out', async () => {
	await openTwofold(undefined, {id: 1, state: 'running'});
	ui.press('create');
	ui.enter(2);
	await ui.expects('Disks: all 2');
	ui.press('up', 'up', 'choose');
	await ui.expects('Memory file');
	await ui.frame('create-disks-running');
	ui.press('option-next');
	await ui.expects('Makes    external disk snapshot');
	expect(ui.screen()).not.toContain('Memory file');
});

test('the details of a snapshot and the review of its revert name the disk that it does not hold', async () => {
	await openTwofold();
	ui.press('snapshots-pane', 'first');
	await ui.expects('Without');
	await ui.frame('left-out-details');
	ui.press('revert');
	ui.enter();
	await ui.expects('Not in the snapshot: vdb');
	await ui.frame('left-out-revert');
});
