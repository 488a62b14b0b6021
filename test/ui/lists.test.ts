import {expect, test} from 'vitest';
import {makePlan} from '../../source/core/make-plan.ts';
import type {Domain} from '../../source/core/model/domain.ts';
import type {View} from '../../source/core/model/hypervisor.ts';
import type {Snapshot} from '../../source/core/model/snapshot.ts';
import type {Action} from '../../source/ui/state/actions.ts';
import {isFold} from '../../source/ui/state/hosts/folds.ts';
import {scrolled} from '../../source/ui/state/paging.ts';
import {domainRows, selectedDomain, selectedSnapshot, snapshotRows, treeRows} from '../../source/ui/state/rows.ts';
import type {State} from '../../source/ui/state/state.ts';
import {domainOf, domains, host, overlaid, snapshotAt} from './domains.ts';
import {connected} from './fake-hypervisor.ts';
import {after, begin, press, pressed} from './play.ts';

const where = (state: State) =>
	`${state.focus === 'domains' ? '[' : ''}${selectedDomain(state)?.name}${state.focus === 'domains' ? ']' : ''} ${selectedSnapshot(state)?.tag ?? '-'}`;

const viewOf = (list: readonly Domain[]): View => ({...connected, inventory: {host, domains: list}});

test.each([
	['', '[web] after-upgrade'],
	['j', '[db] no-overlay'],
	['j j j j j j', '[broken] -'],
	['j k', '[web] after-upgrade'],
	['k', '[web] after-upgrade'],
	['G', '[broken] -'],
	['G g', '[web] after-upgrade'],
	['pagedown', '[broken] -'],
	['tab', 'web after-upgrade'],
	['l j', 'web experiment'],
	['right g', 'web fresh'],
	['l g h j k', '[web] fresh'],
	['l g h j l', 'db no-overlay'],
])('from the start, the keys %j lead to %s', (keys, expected) => {
	expect(where(pressed(begin(), keys))).toBe(expected);
});

test("rows keep the order of the facts: within a second libvirt's whole seconds come before QEMU's parts of it", () => {
	const at = (createdAt: string) => ({createdAt, libvirt: createdAt.endsWith('00.000Z')});
	const times = ['2026-11-20T08:00:00.200Z', '2026-11-20T08:00:00.900Z', '2026-11-20T08:00:00.000Z'];
	const made = times.map((time, index) => snapshotAt(`k${index + 1}`, 0, at(time)));
	const state = begin(viewOf([domainOf('one', {snapshots: made})]));
	const tags = (shown: State) => snapshotRows(shown).map(({cells: {tag}}) => tag);
	expect(tags(state)).toEqual(['k1', 'k2', 'k3']);
	expect(tags(pressed(state, 't'))).toEqual(['k1', 'k2', 'k3']);
});

test('the first look at a domain falls on its current snapshot, else on the newest', () => {
	expect(selectedSnapshot(begin())?.tag).toBe('after-upgrade');
	expect(selectedSnapshot(pressed(begin(), 'j'))?.tag).toBe('no-overlay');
});

test('the cursor stays on its domain when the list changes under it', () => {
	const state = pressed(begin(), 'j j');
	const grown = after(state, {
		type: 'views',
		views: [{host: null, view: viewOf([domainOf('new1'), domainOf('new2'), ...domains])}],
	});
	expect(selectedDomain(grown)).toBe(selectedDomain(state));
});

test('the cursor moves to the neighbour when its domain goes away, and to the last when that was the last', () => {
	const withoutDb = viewOf(domains.filter(({name}) => name !== 'db'));
	expect(where(after(pressed(begin(), 'j'), {type: 'views', views: [{host: null, view: withoutDb}]}))).toBe(
		'[數據庫-東京] evil\u001B[31m\nname',
	);
	const withoutLast = viewOf(domains.slice(0, -1));
	expect(where(after(pressed(begin(), 'G'), {type: 'views', views: [{host: null, view: withoutLast}]}))).toBe(
		'[clone] -',
	);
});

test('the cursor stays on its snapshot when an older one goes away', () => {
	const [web, ...others] = domains;
	const fewer = {...web!, snapshots: web!.snapshots.filter(({tag}) => tag !== 'fresh')};
	const state = after(pressed(begin(), 'l j'), {
		type: 'views',
		views: [{host: null, view: viewOf([fewer, ...others])}],
	});
	expect(where(state)).toBe('web experiment');
});

/** What is listed of the first domain from now on. */
const withSnapshots = (change: (snapshots: readonly Snapshot[]) => readonly Snapshot[]): Action => {
	const [web, ...others] = domains;
	const view = viewOf([{...web!, snapshots: change(web!.snapshots)}, ...others]);
	return {type: 'views', views: [{host: null, view}]};
};

/** Pressed from the lists to the plan that is carried out. */
const creating = (state: State): State => {
	const reviewed = pressed(state, 'c');
	if (reviewed.screen.name !== 'dialog') throw new Error('no dialog');
	const intent = {verb: 'create', tag: 'made'} as const;
	const outcome = makePlan(reviewed.screen.facts!, intent);
	const at = reviewed.screen.steps.indexOf('review');
	return pressed({...reviewed, screen: {...reviewed.screen, intent, outcome, at, armed: true}}, 'enter');
};

const made = snapshotAt('made', 5, {parent: 'fresh', current: true});

test.each([
	['', '[web] made'],
	['t', '[web] made'],
	['l', 'web made'],
	['l g', 'web made'],
])('after %j the cursor goes to the snapshot that was created, once it is listed', (keys, expected) => {
	const begun = pressed(creating(pressed(begin(), keys)), 'esc');
	expect(
		where(
			after(
				begun,
				withSnapshots(all => [...all, made]),
			),
		),
	).toBe(expected);
});

test('the cursor stays on a snapshot that is given another tag, wherever that is listed', () => {
	const layered = overlaid('layered');
	const [old] = layered.snapshots;
	const listed = (...snapshots: readonly Snapshot[]): Action => ({
		type: 'views',
		views: [{host: null, view: viewOf([{...layered, snapshots}])}],
	});
	const named = {...old!, tag: 'a-new-one'};
	const typed = after(pressed(begin(viewOf([layered])), 'l g N ctrl-u'), {type: 'text', text: named.tag});
	const reviewed = pressed(typed, 'enter');
	if (reviewed.screen.name !== 'dialog') throw new Error('no dialog');
	const begun = pressed({...reviewed, screen: {...reviewed.screen, armed: true}}, 'enter esc');
	const others = [snapshotAt('earlier', 1), snapshotAt('later', 9)];
	expect(where(after(begun, listed(others[0]!, old!, others[1]!)))).toBe('layered before');
	expect(where(after(begun, listed(old!, ...others), listed(...others, named)))).toBe('layered a-new-one');
	expect(where(after(begun, listed(others[0]!, named, others[1]!)))).toBe('layered a-new-one');
});

test('a cursor that was moved while a snapshot was created stays', () => {
	const begun = pressed(creating(begin()), 'esc l k');
	const listed = after(
		begun,
		withSnapshots(all => [...all, made]),
	);
	expect(where(listed)).toBe('web before-upgrade');
	expect(
		where(
			after(
				pressed(listed, 'j'),
				withSnapshots(all => [...all, made, snapshotAt('later', 50)]),
			),
		),
	).toBe('web after-upgrade');
});

test('the cursor of a domain is near a snapshot that went away, also while another domain was looked at', () => {
	const gone = withSnapshots(all => all.filter(({tag}) => tag !== 'before-upgrade'));
	expect(where(after(pressed(begin(), 'l k'), gone))).toBe('web after-upgrade');
	expect(where(pressed(after(pressed(begin(), 'l k h j'), gone), 'k'))).toBe('[web] after-upgrade');
	const last = withSnapshots(all => all.slice(0, 2));
	expect(where(pressed(after(pressed(begin(), 'l G h j'), last), 'k'))).toBe('[web] before-upgrade');
});

test('an unchanged view is no change at all', () => {
	const state = begin();
	expect(after(state, {type: 'views', views: [{host: null, view: connected}]})).toBe(state);
});

test.each([
	['/ b', ['db', 'web', 'broken']],
	['/ d b', ['db']],
	['/ S H U T', ['數據庫-東京', 'clone', 'broken']],
	['/ x y z', []],
	['/ x y z enter / d b', ['db']],
	['/ x y z esc', ['web', 'db', '數據庫-東京', 'clone', 'broken']],
	['/ d b enter esc', ['web', 'db', '數據庫-東京', 'clone', 'broken']],
	['/ d b backspace backspace', ['web', 'db', '數據庫-東京', 'clone', 'broken']],
])('%j filters the domains to %j', (keys, expected) => {
	const shown = domainRows(pressed(begin(), keys)).map(row => (isFold(row) ? row.key : row.name));
	expect(shown.toSorted()).toEqual(expected.toSorted());
});

test('letters typed into a filter are text, whatever else they would do', () => {
	const state = pressed(begin(), '/ q d r');
	expect(state.domains.filter).toBe('qdr');
	expect(state.screen.name).toBe('lists');
});

test('a filter in the snapshots pane leaves the domains alone', () => {
	const state = pressed(begin(), 'l / u p g r a d e');
	expect(snapshotRows(state).map(({cells: {tag}}) => tag)).toEqual(['before-upgrade', 'after-upgrade']);
	expect(domainRows(state)).toHaveLength(domains.length);
});

test('the tree puts children under their parents', () => {
	const rows = snapshotRows(pressed(begin(), 't'));
	expect(rows.map(({cells: {tag}, branches}) => `${'.'.repeat(branches.length)}${tag}`)).toEqual([
		'fresh',
		'.before-upgrade',
		'..after-upgrade',
		'.experiment',
	]);
});

test('O orders the snapshots, in the tree those under one parent; the cursor stays on its snapshot', () => {
	const tags = (keys: string) => snapshotRows(pressed(begin(), keys)).map(({cells: {tag}}) => tag);
	expect(tags('O')).toEqual(['experiment', 'after-upgrade', 'before-upgrade', 'fresh']);
	expect(tags('O t')).toEqual(['fresh', 'experiment', 'before-upgrade', 'after-upgrade']);
	expect(tags('O O O O')).toEqual(['after-upgrade', 'before-upgrade', 'experiment', 'fresh']);
	expect(tags('O O O O O')).toEqual(tags('l'));
	expect(where(pressed(begin(), 'l g O'))).toBe('web fresh');
});

test('snapshots whose parents form a loop are all listed', () => {
	const loop = [snapshotAt('a', 1, {parent: 'b'}), snapshotAt('b', 2, {parent: 'a'})];
	expect(treeRows(loop).map(({cells: {tag}}) => tag)).toEqual(['a', 'b']);
});

test('of two snapshots with one tag each has its own row', () => {
	const twice = [snapshotAt('same', 1), snapshotAt('same', 2, {duplicates: 1})];
	const state = pressed(begin(viewOf([domainOf('web', {snapshots: twice})])), 'l g j');
	expect(selectedSnapshot(state)?.duplicates).toBe(1);
});

test.each([
	// top, cursor, count, page → top
	[0, 5, 100, 10, 0],
	[0, 10, 100, 10, 5],
	[5, 4, 100, 10, 0],
	[90, 99, 100, 10, 90],
	[90, 40, 50, 10, 35],
	[0, 3, 4, 10, 0],
])('with %i on top and the cursor on %i of %i, %i shown, the top is %i', (top, index, count, page, expected) => {
	expect(scrolled(top, index, count, page)).toBe(expected);
});

test('in a terminal too small to show anything, only the way out works', () => {
	const state = begin(connected, {columns: 40, rows: 10});
	expect(pressed(state, 'j d x enter')).toBe(state);
	expect(press(state, 'q').effects).toEqual([{type: 'quit'}]);
});
