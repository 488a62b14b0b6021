/** What is marked, and a round, on the whole UI. */
import {afterEach, expect, test} from 'vitest';
import type {Domain} from '../../source/core/model/domain.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import {inventory} from './facts.ts';
import {connected, receiptOf} from './fake-hypervisor.ts';
import {golden} from './frame.ts';
import {type Opened, open} from './open.ts';

let t: Opened;
afterEach(async () => {
	t.ui.instance.unmount();
	await t.ui.exited;
});

const finish = (index: number, values: Partial<Receipt> = {}) => {
	const {plan, finish: end} = t.fake.carried[index]!;
	const receipt = receiptOf(plan);
	const steps = receipt.steps.map(step => ({...step, status: 'done' as const, exitCode: 0}));
	end({...receipt, steps, status: 'verified', endedAt: '2026-11-23T14:30:02Z', ...values});
};
const without = (tag: string) => {
	const change = (one: Domain) => ({...one, snapshots: one.snapshots.filter(({tag: has}) => has !== tag)});
	t.fake.show({...connected, inventory: {...inventory, domains: inventory.domains.map(change)}});
};

test('marks cost no column, and the titles and the footer count them', async () => {
	t = open();
	await t.waitFor('web');
	t.write(' jj ');
	await golden(await t.waitFor('Domains 5, 2 marked'), 'marked-domains-80x24');
	t.write('gl g  k');
	await golden(await t.waitFor(/4, 3 marked[\s\S]*─ before-upgrade ─/), 'marked-snapshots-80x24');
	t.write('t');
	await golden(await t.waitFor('you are here'), 'marked-tree-80x24');
	t.write('/up');
	await golden(await t.waitFor('2 of 4, 2 marked /up▏'), 'marked-filter-80x24');
});

test('what marks the current snapshot in the tree is told where there is room for all of it', async () => {
	t = open({columns: 76, rows: 24});
	await t.waitFor('web');
	t.write('t');
	expect(await t.waitFor('└')).toMatch(/running: 4 ─+\n/);
});

test('in ASCII as well', async () => {
	t = open(undefined, {LANG: 'C'});
	await t.waitFor('web');
	t.write(' jj gl g  k');
	const screen = await t.waitFor(/4, 3 marked[\s\S]*- before-upgrade -/);
	expect(screen).toMatch(/^[ -~\n]*$/);
	await golden(screen, 'marked-ascii-80x24');
});

test('two snapshots are deleted by many keys at once, a wrong word among them', async () => {
	t = open();
	await t.waitFor('web');
	t.write('jlg  d');
	await t.waitFor('1 of 2: db: delete by-hand');
	t.write('nightly\r\r\r');
	await golden(await t.waitFor('Not run'), 'round-wrong-word-80x24');
	expect(t.fake.carried).toEqual([]);
	t.write('\u0015by-hand\r');
	await golden(await t.waitFor('1 of 2: delete by-hand on db'), 'round-progress-80x24');
	without('by-hand');
	finish(0);
	await golden(await t.waitFor(/2 of 2: db: delete nightly .* step 1 of 2/), 'round-next-80x24');
	t.write('\r\r\r\rby-hand\r\r');
	await t.waitFor('Not run');
	expect(t.fake.carried).toHaveLength(1);
	t.write('\u0015nightly\r');
	await t.waitFor('2 of 2: delete nightly on db');
	finish(1);
	await t.waitFor('Done and verified');
	expect(t.fake.carried.map(({plan}) => [plan.verb, plan.tag])).toEqual([
		['delete', 'by-hand'],
		['delete', 'nightly'],
	]);
});

test('a failure stays on the screen, and nothing more begins', async () => {
	t = open();
	await t.waitFor('web');
	t.write('jlg  d');
	await t.waitFor('1 of 2');
	t.write('by-hand\r');
	await t.waitFor('1 of 2: delete by-hand on db');
	finish(0, {status: 'failed', message: 'It is as before.'});
	await t.waitFor('FAILED.');
	t.write('q');
	await golden(await t.waitFor('5, 2 marked'), 'round-failed-80x24');
	expect(t.fake.carried).toHaveLength(1);
});
