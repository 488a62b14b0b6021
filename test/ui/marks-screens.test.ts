/** What is marked, and a round, on the whole UI. */
import {afterEach, expect, test} from 'vitest';
import type {Domain} from '../../source/core/model/domain.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import {inventory} from './domains.ts';
import {connected, receiptOf} from './fake-hypervisor.ts';
import {type Opened, open} from './open.ts';

let ui: Opened;
afterEach(() => ui.close());

const finish = (index: number, values: Partial<Receipt> = {}) => {
	const {plan, finish: end} = ui.fake.carried[index]!;
	const receipt = receiptOf(plan);
	const steps = receipt.steps.map(step => ({...step, status: 'done' as const, exitCode: 0}));
	end({...receipt, steps, status: 'verified', endedAt: '2026-11-23T14:30:02Z', ...values});
};
const without = (tag: string) => {
	const change = (one: Domain) => ({...one, snapshots: one.snapshots.filter(({tag: has}) => has !== tag)});
	ui.fake.show({...connected, inventory: {...inventory, domains: inventory.domains.map(change)}});
};

test('marks cost no column, and the titles and the footer count them', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('mark', 'down', 'down', 'mark');
	await ui.expects('Domains 5, 2 marked');
	await ui.frame('marked-domains');
	ui.press('first', 'snapshots-pane', 'mark', 'first', 'mark', 'mark', 'up');
	await ui.expects(/4, 3 marked[\s\S]*─ before-upgrade ─/);
	await ui.frame('marked-snapshots');
	ui.press('tree');
	await ui.expects('you are here');
	await ui.frame('marked-tree');
	ui.press('filter');
	ui.type('up');
	await ui.expects('2 of 4, 2 marked /up▏');
	await ui.frame('marked-filter');
});

test('what marks the current snapshot in the tree is told where there is room for all of it', async () => {
	ui = open({columns: 76, rows: 24});
	await ui.expects('web');
	ui.press('tree');
	expect(await ui.expects('└')).toMatch(/running: 4 ─+\n/);
});

test('in ASCII as well', async () => {
	ui = open(undefined, {LANG: 'C'});
	await ui.expects('web');
	ui.press('mark', 'down', 'down', 'mark', 'first', 'snapshots-pane');
	ui.press('mark', 'first', 'mark', 'mark', 'up');
	const screen = await ui.expects(/4, 3 marked[\s\S]*- before-upgrade -/);
	expect(screen).toMatch(/^[ -~\n]*$/);
	await ui.frame('marked-ascii');
});

test('two snapshots are deleted by many keys at once, a wrong word among them', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('down', 'snapshots-pane', 'first', 'mark', 'mark', 'delete');
	await ui.expects('1 of 2: db: delete by-hand');
	ui.type('nightly');
	ui.enter(3);
	await ui.expects('Not run');
	await ui.frame('round-wrong-word');
	expect(ui.fake.carried).toEqual([]);
	ui.retype('by-hand');
	ui.enter();
	await ui.expects('1 of 2: delete by-hand on db');
	await ui.frame('round-progress');
	without('by-hand');
	finish(0);
	await ui.expects(/2 of 2: db: delete nightly .* step 1 of 2/);
	await ui.frame('round-next');
	ui.enter(4);
	ui.type('by-hand');
	ui.enter(2);
	await ui.expects('Not run');
	expect(ui.fake.carried).toHaveLength(1);
	ui.retype('nightly');
	ui.enter();
	await ui.expects('2 of 2: delete nightly on db');
	finish(1);
	await ui.expects('Done and verified');
	expect(ui.fake.carried.map(({plan}) => [plan.verb, plan.tag])).toEqual([
		['delete', 'by-hand'],
		['delete', 'nightly'],
	]);
});

test('a failure stays on the screen, and nothing more begins', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('down', 'snapshots-pane', 'first', 'mark', 'mark', 'delete');
	await ui.expects('1 of 2');
	ui.type('by-hand');
	ui.enter();
	await ui.expects('1 of 2: delete by-hand on db');
	finish(0, {status: 'failed', message: 'It is as before.'});
	await ui.expects('FAILED.');
	ui.press('back');
	await ui.expects('5, 2 marked');
	await ui.frame('round-failed');
	expect(ui.fake.carried).toHaveLength(1);
});
