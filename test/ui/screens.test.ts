import {afterEach, expect, test} from 'vitest';
import type {Receipt} from '../../source/core/model/receipt.ts';
import type {Snapshot} from '../../source/core/model/snapshot.ts';
import {proposeTag} from '../../source/core/snapshots/tag.ts';
import {domains, inventory, snapshotAt} from './domains.ts';
import {type Carried, connected, fakeHypervisor, receiptOf} from './fake-hypervisor.ts';
import {type Opened, open} from './open.ts';

const small = {columns: 60, rows: 16};
const usual = {columns: 80, rows: 24};
const large = {columns: 120, rows: 40};

let ui: Opened;
afterEach(() => ui.close());

for (const size of [small, usual, large]) {
	const name = `${size.columns}x${size.rows}`;

	test(`the lists at ${name}`, async () => {
		ui = open(size);
		await ui.expects('Domain   running');
		await ui.frame('domains');
		ui.press('snapshots-pane', 'up');
		await ui.expects(/─ before-upgrade ─/);
		await ui.frame('snapshots');
	});

	test(`snapshots that are not well at ${name}`, async () => {
		ui = open(size);
		ui.press('down', 'snapshots-pane', 'up');
		await ui.expects('Never revert');
		await ui.frame('unhealthy');
	});
}

for (const size of [small, usual]) {
	const name = `${size.columns}x${size.rows}`;

	test(`creating a snapshot, from the tag to its receipt, at ${name}`, async () => {
		ui = open(size, undefined, fakeHypervisor(connected, {facts: {root: false}}));
		await ui.expects('web');
		ui.press('last', 'up', 'create');
		await ui.expects('step 1 of 4');
		await ui.frame('create-tag');
		ui.retype('fine');
		ui.enter(2);
		await ui.expects('step 3 of 4');
		await ui.frame('create-method');
		ui.enter();
		await ui.expects('Press Enter');
		await ui.frame('create-review');
		ui.enter();
		await ui.expects('waiting');
		const [carried] = ui.fake.carried;
		carried!.finish(verified(receiptOf(carried!.plan)));
		await ui.expects('verified');
		await ui.frame('create-done');
	});

	test(`deleting wants the tag typed at ${name}`, async () => {
		ui = open(size);
		await ui.expects('web');
		ui.press('down', 'snapshots-pane', 'first', 'delete');
		await ui.expects('step 1 of 2');
		await ui.frame('delete-options');
		ui.enter();
		await ui.expects('to confirm');
		ui.type('night');
		await ui.expects('night▏');
		await ui.frame('delete-review');
	});

	test(`the options of a revert tell how each can be undone at ${name}`, async () => {
		ui = open(size);
		await ui.expects('web');
		ui.press('down', 'snapshots-pane', 'first', 'revert');
		await ui.expects('step 1 of 2');
		await ui.frame('revert-options');
		ui.press('down', 'option-next');
		expect(await ui.expects('[yes]')).not.toContain('Undo none');
	});

	test(`help, chains and a failure at ${name}`, async () => {
		ui = open(size);
		await ui.expects('web');
		ui.press('help');
		await ui.expects('Keys');
		await ui.frame('help');
		ui.press('back', 'chains');
		await ui.expects('depends on it');
		await ui.frame('chains');
	});
}

function verified(receipt: Receipt): Receipt {
	const done = {status: 'done' as const, exitCode: 0};
	return {
		...receipt,
		status: 'verified',
		endedAt: '2026-11-23T14:30:02Z',
		steps: receipt.steps.map(step => ({...step, ...done})),
	};
}

test('the cursor goes to what was created, in the tree too, and stays near what was deleted', async () => {
	ui = open(usual);
	await ui.expects('web');
	ui.press('tree', 'snapshots-pane', 'first', 'create');
	ui.retype('made');
	await ui.expects('Tag: made');
	ui.enter(2);
	await ui.expects('step 3 of 4');
	ui.enter();
	await ui.expects('Press Enter');
	ui.enter();
	await ui.expects('waiting');
	const [{plan, finish}] = ui.fake.carried as [Carried];
	const [web, ...others] = domains;
	const was = web!.snapshots.map(one => ({...one, current: false}));
	const list = (snapshots: readonly Snapshot[]) =>
		ui.fake.show({...connected, inventory: {...inventory, domains: [{...web!, snapshots}, ...others]}});
	list([...was, snapshotAt('made', 40, {parent: 'after-upgrade', current: true})]);
	finish(verified(receiptOf(plan)));
	await ui.expects('verified');
	ui.press('back');
	await ui.expects('─ made ─');
	await ui.frame('created');
	list(was);
	await ui.expects('─ experiment ─');
	await ui.frame('deleted');
});

test('tags as they are proposed stand whole, and leave the time of day its room in both panes', async () => {
	const [web, ...others] = domains;
	const proposed = (minute: number) => proposeTag({domain: web!, now: `2026-11-20T08:0${minute}:00.000Z`});
	const snapshots = [1, 2, 3].map(minute => snapshotAt(proposed(minute), minute));
	const view = {...connected, inventory: {...inventory, domains: [{...web!, snapshots}, ...others]}};
	ui = open(usual, undefined, fakeHypervisor(view));
	await ui.expects('11-20 08:03');
	await ui.frame('proposed-tags-domains');
	ui.press('snapshots-pane');
	await ui.expects('▸ Snapshots of web');
	await ui.frame('proposed-tags');
});

test('a failed step shows the command and its own words, and the lists say how it ended', async () => {
	ui = open(usual, undefined, fakeHypervisor(connected, {facts: {root: false}}));
	await ui.expects('web');
	ui.press('last', 'up', 'create');
	ui.enter(3);
	await ui.expects('Press Enter');
	ui.enter();
	await ui.expects('waiting');
	ui.press('back');
	await ui.expects('being checked');
	const {plan, finish} = ui.fake.carried[0]!;
	const receipt = receiptOf(plan);
	const failed = {
		status: 'failed' as const,
		exitCode: 1,
		stderr: 'error: Operation failed:\n\u001B[31mno space\u001B[0m\n',
	};
	finish({
		...receipt,
		status: 'failed',
		endedAt: '2026-11-23T14:30:02Z',
		message: 'No snapshot was made; the domain is as before.',
		remedy: 'Free 2 GiB in /var/lib/libvirt/images.',
		steps: [{...receipt.steps[0]!, ...failed}],
	});
	await ui.expects('FAILED: o shows what happened');
	ui.press('outcome');
	await ui.expects('no space');
	await ui.frame('failed');
});

test('a remedy names the key that does it', async () => {
	ui = open(usual);
	await ui.expects('web');
	ui.press('down', 'snapshots-pane', 'up', 'revert');
	await ui.expects('Delete it (d).');
	await ui.frame('refused');
	ui.press('back');
	await ui.expects('Snapshots of db');
	ui.press('domains-pane', 'last', 'up', 'create');
	ui.enter(2);
	await ui.expects('step 3 of 4');
	ui.type('4');
	await ui.expects('Start it first (s).');
	await ui.frame('not-here');
});

test('a key copies the row under the cursor, or says what it is for', async () => {
	ui = open(usual);
	await ui.expects('web');
	ui.press('snapshots-pane', 'up', 'copy');
	await ui.expects('copied to the terminal clipboard');
	await ui.frame('copied');
	ui.press('details', 'create');
	await ui.expects('works elsewhere only');
	await ui.frame('elsewhere');
});

test('a lost connection is plain to see, with its reason and the next attempt', async () => {
	ui = open(usual);
	await ui.expects('web');
	ui.fake.show({
		...connected,
		connection: {status: 'lost', reason: 'Connection refused', retryAt: '2026-11-23T14:31:00Z'},
	});
	await ui.expects('LOST');
	await ui.frame('lost');
	ui.press('create');
	expect(await ui.expects('the connection to libvirt is lost')).toContain('Domains 5');
});

test('without libvirt from the start the whole reason is there, and what to do', async () => {
	const reason =
		"failed to connect to the hypervisor: Failed to connect socket to '/var/run/libvirt/virtqemud-sock': No such file or directory";
	const remedy = 'Start libvirt: sudo systemctl start libvirtd (or virtqemud).';
	const connection = {status: 'lost', reason, remedy, retryAt: '2026-11-23T14:31:00Z'} as const;
	ui = open(usual, undefined, fakeHypervisor({connection, inventory: null, pending: new Set()}));
	await ui.expects('virsnap doctor');
	await ui.frame('no-libvirt');
});

test('before the first answer', async () => {
	ui = open(
		usual,
		undefined,
		fakeHypervisor({connection: {status: 'connecting'}, inventory: null, pending: new Set()}),
	);
	await ui.expects('Reading the domains');
	await ui.frame('connecting');
});

test('a terminal too small gets a sentence, and its lists back when it grows', async () => {
	ui = open({columns: 59, rows: 16});
	expect(await ui.expects('needs a terminal of 60x16')).not.toContain('Domains');
	ui.resize(small);
	await ui.expects('Domains 5');
	ui.resize({columns: 40, rows: 10});
	await ui.expects('needs a terminal');
});

test('the end of a long filter stays in view while it is typed', async () => {
	ui = open(usual);
	await ui.expects('web');
	ui.press('filter');
	ui.type('a-name-of-a-domain-too-long');
	await ui.expects(/▸ ….*too-long▏/);
});

test('ASCII locales get ASCII', async () => {
	ui = open(usual, {LANG: 'C'});
	const screen = await ui.expects('web');
	expect(screen).toMatch(/^[ -~\n]*$/);
	await ui.frame('ascii');
});

test('without colour there is none, and the cursor is still there', async () => {
	ui = open(usual, {LANG: 'C.UTF-8', NO_COLOR: '1'});
	expect(await ui.expects('web')).toContain('❯');
	expect(ui.raw()).not.toMatch(/\u001B\[[\d;]*[1-9]m/);
});

test('what names hold is drawn, not obeyed', async () => {
	ui = open(usual);
	ui.press('down', 'down', 'snapshots-pane');
	await ui.expects('evil␛[31m␊name ─');
	expect(ui.raw()).not.toContain('evil\u001B');
});

test('wide characters keep the columns in line', async () => {
	ui = open(usual);
	const screen = await ui.expects('東京');
	const bars = screen
		.split('\n')
		.slice(1, 10)
		.map(line => cells(line).indexOf('│'));
	expect(new Set(bars.slice(1)).size).toBe(1);
});

/** One entry per column: a wide character fills two. */
const cells = (line: string): string[] => Array.from(line).flatMap(c => (/\p{Script=Han}/u.test(c) ? [c, ''] : [c]));
