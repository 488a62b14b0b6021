import {afterEach, expect, test} from 'vitest';
import type {Receipt} from '../../source/core/model/receipt.ts';
import type {Snapshot} from '../../source/core/model/snapshot.ts';
import {domains, inventory, snapshot} from './facts.ts';
import {type Carried, connected, fakeHypervisor, receiptOf} from './fake-hypervisor.ts';
import {golden} from './frame.ts';
import {type Opened, open} from './open.ts';

const small = {columns: 60, rows: 16};
const usual = {columns: 80, rows: 24};
const large = {columns: 120, rows: 40};

let t: Opened;
afterEach(async () => {
	t.ui.instance.unmount();
	await t.ui.exited;
});

for (const size of [small, usual, large]) {
	const name = `${size.columns}x${size.rows}`;

	test(`the lists at ${name}`, async () => {
		t = open(size);
		await golden(await t.waitFor('Domain   running'), `domains-${name}`);
		t.write('lk');
		await golden(await t.waitFor(/─ before-upgrade ─/), `snapshots-${name}`);
	});

	test(`snapshots that are not well at ${name}`, async () => {
		t = open(size);
		t.write('jlk');
		await golden(await t.waitFor('Never revert'), `unhealthy-${name}`);
	});
}

for (const size of [small, usual]) {
	const name = `${size.columns}x${size.rows}`;

	test(`creating a snapshot, from the tag to its receipt, at ${name}`, async () => {
		t = open(size, undefined, fakeHypervisor(connected, {facts: {root: false}}));
		await t.waitFor('web');
		t.write('Gkc');
		await golden(await t.waitFor('step 1 of 4'), `create-tag-${name}`);
		t.write('\u0015fine\r\r');
		await golden(await t.waitFor('step 3 of 4'), `create-method-${name}`);
		t.write('\r');
		await golden(await t.waitFor('Press Enter'), `create-review-${name}`);
		t.write('\r');
		await t.waitFor('waiting');
		const [carried] = t.fake.carried;
		carried!.finish(verified(receiptOf(carried!.plan)));
		await golden(await t.waitFor('verified'), `create-done-${name}`);
	});

	test(`deleting wants the tag typed at ${name}`, async () => {
		t = open(size);
		await t.waitFor('web');
		t.write('jlgd');
		await golden(await t.waitFor('step 1 of 2'), `delete-options-${name}`);
		t.write('\r');
		await t.waitFor('to confirm');
		t.write('night');
		await golden(await t.waitFor('night▏'), `delete-review-${name}`);
	});

	test(`the options of a revert tell the way back that each leaves at ${name}`, async () => {
		t = open(size);
		await t.waitFor('web');
		t.write('jlgr');
		await golden(await t.waitFor('step 1 of 2'), `revert-options-${name}`);
		t.write('j ');
		expect(await t.waitFor('[yes]')).not.toContain('Undo none');
	});

	test(`help, chains and a failure at ${name}`, async () => {
		t = open(size);
		await t.waitFor('web');
		t.write('?');
		await golden(await t.waitFor('Keys'), `help-${name}`);
		t.write('qb');
		await golden(await t.waitFor('depends on it'), `chains-${name}`);
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
	t = open(usual);
	await t.waitFor('web');
	t.write('tlgc\u0015made');
	await t.waitFor('Tag: made');
	t.write('\r\r');
	await t.waitFor('step 3 of 4');
	t.write('\r');
	await t.waitFor('Press Enter');
	t.write('\r');
	await t.waitFor('waiting');
	const [{plan, finish}] = t.fake.carried as [Carried];
	const [web, ...others] = domains;
	const was = web!.snapshots.map(one => ({...one, current: false}));
	const list = (snapshots: readonly Snapshot[]) =>
		t.fake.show({...connected, inventory: {...inventory, domains: [{...web!, snapshots}, ...others]}});
	list([...was, snapshot('made', 40, {parent: 'after-upgrade', current: true})]);
	finish(verified(receiptOf(plan)));
	await t.waitFor('verified');
	t.write('q');
	await golden(await t.waitFor('─ made ─'), 'created-80x24');
	list(was);
	await golden(await t.waitFor('─ experiment ─'), 'deleted-80x24');
});

test('tags as they are proposed stand whole, and leave the time of day its room in both panes', async () => {
	const [web, ...others] = domains;
	const snapshots = [1, 2, 3].map(minute => snapshot(`snap-1120-080${minute}`, minute));
	const view = {...connected, inventory: {...inventory, domains: [{...web!, snapshots}, ...others]}};
	t = open(usual, undefined, fakeHypervisor(view));
	await golden(await t.waitFor('11-20 08:03'), 'proposed-tags-domains-80x24');
	t.write('l');
	await golden(await t.waitFor('▸ Snapshots of web'), 'proposed-tags-80x24');
});

test('a failed step shows the command and its own words, and the lists say how it ended', async () => {
	t = open(usual, undefined, fakeHypervisor(connected, {facts: {root: false}}));
	await t.waitFor('web');
	t.write('Gkc\r\r\r');
	await t.waitFor('Press Enter');
	t.write('\r');
	await t.waitFor('waiting');
	t.write('q');
	await t.waitFor('being checked');
	const {plan, finish} = t.fake.carried[0]!;
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
	await t.waitFor('FAILED: o shows what happened');
	t.write('o');
	await golden(await t.waitFor('no space'), 'failed-80x24');
});

test('a remedy names the key that does it', async () => {
	t = open(usual);
	await t.waitFor('web');
	t.write('jlkr');
	await golden(await t.waitFor('Delete it (d).'), 'refused-80x24');
	t.write('\u001B');
	await t.waitFor('Snapshots of db');
	t.write('hGkc\r\r');
	await t.waitFor('step 3 of 4');
	t.write('4');
	await golden(await t.waitFor('Start it first (s).'), 'not-here-80x24');
});

test('a key copies what the cursor stands on, or says what it is for', async () => {
	t = open(usual);
	await t.waitFor('web');
	t.write('lky');
	await golden(await t.waitFor('copied to the terminal clipboard'), 'copied-80x24');
	t.write('\rc');
	await golden(await t.waitFor('works elsewhere only'), 'elsewhere-80x24');
});

test('a lost connection is plain to see, with its reason and the next attempt', async () => {
	t = open(usual);
	await t.waitFor('web');
	t.fake.show({
		...connected,
		connection: {status: 'lost', reason: 'Connection refused', retryAt: '2026-11-23T14:31:00Z'},
	});
	await golden(await t.waitFor('LOST'), 'lost-80x24');
	t.write('c');
	expect(await t.waitFor('the connection to libvirt is lost')).toContain('Domains 5');
});

test('without libvirt from the start the whole reason is there, and what to do', async () => {
	const reason =
		"failed to connect to the hypervisor: Failed to connect socket to '/var/run/libvirt/virtqemud-sock': No such file or directory";
	const remedy = 'Start libvirt: sudo systemctl start libvirtd (or virtqemud).';
	const connection = {status: 'lost', reason, remedy, retryAt: '2026-11-23T14:31:00Z'} as const;
	t = open(usual, undefined, fakeHypervisor({connection, inventory: null, pending: new Set()}));
	await golden(await t.waitFor('virsnap doctor'), 'no-libvirt-80x24');
});

test('before the first answer', async () => {
	t = open(usual, undefined, fakeHypervisor({connection: {status: 'connecting'}, inventory: null, pending: new Set()}));
	await golden(await t.waitFor('Reading the domains'), 'connecting-80x24');
});

test('a terminal too small gets a sentence, and its lists back when it grows', async () => {
	t = open({columns: 59, rows: 16});
	expect(await t.waitFor('needs a terminal of 60x16')).not.toContain('Domains');
	t.resize(small);
	await t.waitFor('Domains 5');
	t.resize({columns: 40, rows: 10});
	await t.waitFor('needs a terminal');
});

test('the end of a long filter stays in view while it is typed', async () => {
	t = open(usual);
	await t.waitFor('web');
	t.write('/a-name-of-a-domain-too-long');
	await t.waitFor(/▸ ….*too-long▏/);
});

test('ASCII locales get ASCII', async () => {
	t = open(usual, {LANG: 'C'});
	const screen = await t.waitFor('web');
	expect(screen).toMatch(/^[ -~\n]*$/);
	await golden(screen, 'ascii-80x24');
});

test('without colour there is none, and the cursor is still there', async () => {
	t = open(usual, {LANG: 'C.UTF-8', NO_COLOR: '1'});
	expect(await t.waitFor('web')).toContain('❯');
	expect(t.raw()).not.toMatch(/\u001B\[[\d;]*[1-9]m/);
});

test('what names hold is drawn, not obeyed', async () => {
	t = open(usual);
	t.write('jjl');
	await t.waitFor('evil␛[31m␊name ─');
	expect(t.raw()).not.toContain('evil\u001B');
});

test('wide characters keep the columns in line', async () => {
	t = open(usual);
	const screen = await t.waitFor('東京');
	const bars = screen
		.split('\n')
		.slice(1, 10)
		.map(line => cells(line).indexOf('│'));
	expect(new Set(bars.slice(1)).size).toBe(1);
});

/** One entry per column: a wide character fills two. */
const cells = (line: string): string[] => Array.from(line).flatMap(c => (/\p{Script=Han}/u.test(c) ? [c, ''] : [c]));
