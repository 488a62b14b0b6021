import {afterEach, expect, test} from 'vitest';
import type {Domain} from '../../source/core/model/domain.ts';
import type {SnapshotSizes} from '../../source/core/model/snapshot.ts';
import type {ColumnName, ListOrder} from '../../source/core/snapshots/listed.ts';
import {performer} from '../../source/ui/effects.ts';
import {snapshotColumns} from '../../source/ui/lists/snapshot-table.ts';
import {reduce} from '../../source/ui/reduce.ts';
import type {Action} from '../../source/ui/state/actions.ts';
import {keyOf} from '../../source/ui/state/hosts/placed.ts';
import {snapshotRows} from '../../source/ui/state/rows.ts';
import {makeTheme} from '../../source/ui/terminal/theme.ts';
import {domainOf, domains, host, snapshotAt} from './domains.ts';
import {connected, fakeHypervisor} from './fake-hypervisor.ts';
import {type Opened, open} from './open.ts';
import {begin} from './play.ts';
import {quietInputs} from './quiet-inputs.ts';

const MIB = 1024 ** 2;
const wide = {columns: 160, rows: 30};
const [web] = domains as [Domain];

let ui: Opened | undefined;
afterEach(async () => {
	await ui?.close();
	ui = undefined;
});

const sizesOf = ({snapshots, state}: Domain): SnapshotSizes[] =>
	snapshots.map(({tag, duplicates}, index) => ({
		tag,
		duplicates,
		about: state === 'running',
		ownBytes: index * 12 * MIB,
		sinceBytes: index === 3 ? null : 2500 * MIB,
		reason: index === 3 ? 'vda does not run on /images/web.qcow2 now.' : null,
		disks: [],
	}));

test('what deleting frees and reverting discards, once it is read', async () => {
	ui = open(wide, undefined, fakeHypervisor(connected, {sizes: async () => sizesOf(web)}));
	await ui.expects('experiment');
	ui.press('snapshots-pane');
	await ui.expects('delete frees about 24 MiB; revert discards about 2.44 GiB');
	await ui.frame('sizes');
	ui.press('last');
	await ui.expects('delete frees about 36 MiB. vda does not run on /images/web.qcow2 now.');
});

test('the column of the order is there also where room is short', async () => {
	ui = open(undefined, undefined, fakeHypervisor(connected, {sizes: async () => sizesOf(web)}));
	await ui.expects('experiment');
	ui.press('snapshots-pane', 'order');
	await ui.expects(/newest first[\s\S]*~36 MiB/);
	await ui.frame('ordered-by-age');
	ui.press('order');
	await ui.expects(/largest OWN first[\s\S]*~36 MiB/);
	await ui.frame('ordered-by-own');
	ui.press('order', 'order');
	await ui.expects('by tag');
});

test('columns that were chosen get the room of the others', async () => {
	const {glyphs} = makeTheme({LANG: 'C.UTF-8'});
	const rows = snapshotRows(begin());
	const headings = (total: number, columns: readonly ColumnName[] | null, order: ListOrder = 'listed') =>
		snapshotColumns(rows, total, {glyphs, now: null, order, columns, sizes: () => null})
			.map(({heading}) => heading)
			.join(' ');
	expect(headings(46, null)).toBe('TAG VM SIZE DATE VM CLOCK HEALTH');
	expect(headings(46, ['own', 'since'])).toBe('TAG OWN SINCE HEALTH');
	expect(headings(200, ['date', 'own'])).toBe('TAG DATE OWN HEALTH');
	expect(headings(200, [])).toBe('TAG HEALTH');
	// What the list is ordered by is seen.
	expect(headings(200, ['date'], 'since')).toBe('TAG DATE SINCE HEALTH');
});

test('whoever runs through the list has only the last one read', async () => {
	const asked: string[] = [];
	const last = Promise.withResolvers<Action>();
	const sizes = async (uuid: string) => {
		asked.push(uuid);
		return [];
	};
	const {hypervisor} = fakeHypervisor(connected, {sizes});
	const perform = performer({...quietInputs, hosts: [{name: null, hypervisor}], dispatch: last.resolve});
	for (const uuid of ['web', 'db', 'web', 'clone']) perform({type: 'read-sizes', domain: keyOf(null, uuid)});
	expect(await last.promise).toEqual({type: 'sizes', domain: 'clone', sizes: []});
	expect(asked).toEqual(['clone']);
});

test('a reading that takes long is left when another domain is looked at', async () => {
	const left: string[] = [];
	const [db] = domains.filter(({name}) => name === 'db') as [Domain];
	const sizes: NonNullable<Parameters<typeof fakeHypervisor>[1]>['sizes'] = (uuid, {signal} = {}) =>
		uuid === db.uuid
			? Promise.resolve(sizesOf(db))
			: new Promise((_, reject) => {
					signal?.addEventListener('abort', () => {
						left.push(uuid);
						reject(signal.reason);
					});
					ui!.press('down', 'snapshots-pane');
				});
	ui = open(wide, undefined, fakeHypervisor(connected, {sizes}));
	await ui.expects('delete frees 48 MiB');
	expect(left).toEqual([web.uuid]);
});

test('they are requested of the domain that is looked at, and again when it has changed', () => {
	const wanted = (state: ReturnType<typeof begin>, action: Action) => reduce(state, action);
	const start = begin();
	const changed = domainOf('web', {...web, snapshots: [...web.snapshots, snapshotAt('new', 40)]});
	const view = {...connected, inventory: {host, domains: [changed, ...domains.slice(1)]}};
	const [again, effects] = wanted(start, {type: 'views', views: [{host: null, view}]});
	expect(effects).toEqual([{type: 'read-sizes', domain: web.uuid}]);
	expect(wanted(again, {type: 'tick', now: '2026-11-23T14:30:12Z'})[1]).toEqual([]);
	expect(
		wanted(again, {type: 'views', views: [{host: null, view: {...view, pending: new Set([web.uuid])}}]})[1],
	).toEqual([]);
});
