/** Several snapshots of whatever domains, reviewed and confirmed together: the reducer under keys, and whole frames. */
import {afterEach, expect, test} from 'vitest';
import type {Domain} from '../../source/core/model/domain.ts';
import type {Facts} from '../../source/core/model/facts.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import type {SnapshotSizes} from '../../source/core/model/snapshot.ts';
import {markedOfAll} from '../../source/ui/lists/all/rows.ts';
import type {Batch, Dialog} from '../../source/ui/state/dialog.ts';
import {keyOf} from '../../source/ui/state/hosts/placed.ts';
import type {State} from '../../source/ui/state/state.ts';
import {domainOf, factsOf, inventory, snapshotAt} from './domains.ts';
import {connected, fakeHypervisor, receiptOf} from './fake-hypervisor.ts';
import {type Opened, open} from './open.ts';
import {after, begin, play, pressed} from './play.ts';

let ui: Opened | undefined;
afterEach(async () => {
	await ui?.close();
	ui = undefined;
});

const MIB = 1024 ** 2;

const web = domainOf('web', {snapshots: [snapshotAt('base', 1), snapshotAt('child', 2, {parent: 'base'})]});
const db = domainOf('db', {snapshots: [snapshotAt('nightly', 3), snapshotAt('keep', 4, {protected: true})]});
const viewOf = (...domains: readonly Domain[]) => ({...connected, inventory: {...inventory, domains}});
const view = viewOf(web, db);

const marked = (state: State) => markedOfAll(state).map(({cells}) => cells.tag);
const dialogOf = ({screen, notice}: State): Dialog => {
	if (screen.name !== 'dialog') throw new Error(`no dialog but ${screen.name}: ${notice?.text}`);
	return screen;
};
const batchOf = (state: State): Batch => state.batch!;
/** All four marked: keep and nightly of db, child and base of web. */
const all = () => pressed(begin(view), 'S space space space space');
const planned = (state: State) =>
	dialogOf(state).several!.reviewed!.map(
		({turn, outcome}) =>
			`${turn.domain} ${turn.snapshot.tag} ${'plan' in outcome ? outcome.plan.verb : outcome.refusal.code}`,
	);

const ended = (state: State, status: Receipt['status'] = 'verified', values: Partial<Receipt> = {}) => {
	const {key, plan} = state.works.at(-1)!;
	const receipt = receiptOf(plan, {status, endedAt: '2026-11-23T14:30:02Z', id: `r-${plan.tag}`, ...values});
	return play(state, [{type: 'finished', key, receipt}]);
};
/** The facts that the batch has asked for, as this domain is now. */
const told = (state: State, domain: Domain, change: Partial<Facts> = {}) =>
	play(state, [
		{
			type: 'facts',
			token: batchOf(state).token,
			domain: keyOf(null, domain.uuid),
			facts: {...factsOf(domain.uuid, [web, db]), ...change},
		},
	]);
const without = (domain: Domain, ...tags: readonly string[]) => ({
	domain: {...domain, snapshots: domain.snapshots.filter(({tag}) => !tags.includes(tag))},
});
/** The facts of the first turn are still to come. */
const entered = (state: State) => after(state, {type: 'key', key: 'enter'});
const confirmed = () => entered(pressed(all(), 'd 3'));

test('d plans each of all that is marked, what depends on another first, and leaves out what is refused', () => {
	const state = pressed(all(), 'd');
	expect(planned(state)).toEqual(['web child delete', 'web base delete', 'db keep protected', 'db nightly delete']);
	expect(pressed(state, 'esc').screen.name).toBe('all');
});

test('with nothing marked it is about the snapshot under the cursor, and wants its tag', () => {
	const state = pressed(begin(view), 'S j d');
	expect(planned(state)).toEqual(['db nightly delete']);
	expect(pressed(state, '1 enter').notice?.text).toBe('Not run: type nightly to confirm.');
	expect(pressed(state, 'n i g h t l y enter').screen.name).toBe('batch');
});

test('the facts of each domain are read once for the review, and one that cannot be read keeps no other from it', () => {
	const {state, effects} = play(all(), [{type: 'key', key: 'd'}]);
	expect(effects.map(effect => effect.type === 'read-facts' && effect.domain)).toEqual([web.uuid, db.uuid]);
	const {token} = dialogOf(state);
	const half = after(state, {type: 'facts-failed', token, domain: keyOf(null, web.uuid), reason: 'no such domain'});
	expect(dialogOf(half).several!.reviewed).toBeNull();
	const {state: whole, effects: more} = play(half, [
		{type: 'facts', token, domain: keyOf(null, db.uuid), facts: factsOf(db.uuid, [web, db])},
	]);
	expect(planned(whole)).toEqual([
		'web child not-found',
		'web base not-found',
		'db keep protected',
		'db nightly delete',
	]);
	expect(more.filter(({type}) => type === 'read-together')).toHaveLength(1);
});

test('only their number confirms it, and no key that is held', () => {
	const state = pressed(all(), 'd');
	for (const keys of ['enter enter enter', '4 enter', 'y enter']) {
		const {state: next, effects} = play(
			state,
			keys.split(' ').map(key => ({type: 'key', key})),
		);
		expect([next.screen.name, next.notice?.text]).toEqual(['dialog', 'Not run: type 3 to confirm.']);
		expect(effects.filter(({type}) => type === 'carry-out')).toEqual([]);
	}
});

test('each has its turn with facts and a plan of its own, and what is done loses its mark', () => {
	const begun = confirmed();
	expect(begun.screen.name).toBe('batch');
	const first = told(begun, web);
	expect(first.effects).toMatchObject([{type: 'carry-out', plan: {verb: 'delete', tag: 'child'}}]);
	const second = ended(first.state);
	expect(second.effects).toEqual([{type: 'read-facts', domain: web.uuid, token: batchOf(second.state).token}]);
	const third = ended(told(second.state, web, without(web, 'child')).state);
	expect(third.effects).toMatchObject([{type: 'read-facts', domain: db.uuid}]);
	const {state, effects} = ended(told(third.state, db).state);
	expect(effects).toEqual([]);
	expect(state.works.map(({plan}) => plan.tag)).toEqual(['child', 'base', 'nightly']);
	expect(batchOf(state)).toMatchObject({over: true, ends: [{ok: true}, {ok: true}, {ok: true}]});
	expect(marked(pressed(state, 'enter'))).toEqual(['keep']);
});

test('it goes on while something else is looked at, and tells there how it ended', () => {
	const away = pressed(told(confirmed(), web).state, 'esc esc');
	expect(away.screen.name).toBe('all');
	const rest = ended(told(ended(away).state, web, without(web, 'child')).state);
	const {state} = ended(told(rest.state, db).state);
	expect(state.notice).toEqual({tone: 'ok', text: '3 of 3 snapshots deleted and verified'});
});

test.each([
	['stops', '', ['web child'], 'over'],
	['continues, as chosen in the review,', 'tab ', ['web child'], 'reading'],
])('a failure %s', (_, keys, named, how) => {
	const state = entered(pressed(all(), `d ${keys}3`));
	const failed = ended(told(state, web).state, 'failed', {message: 'It is as before.'});
	const {ends, turns, over} = batchOf(failed.state);
	expect(ends).toEqual([{ok: false, words: 'It is as before.', receipt: 'r-child'}]);
	expect(turns.slice(0, ends.length).map(({turn}) => `${turn.domain} ${turn.snapshot.tag}`)).toEqual(named);
	expect(over ? 'over' : 'reading').toBe(how);
	expect(failed.effects.map(({type}) => type)).toEqual(over ? [] : ['read-facts']);
	expect(marked(pressed(failed.state, 'esc'))).toContain('child');
});

test('what others have changed between is not passed over', () => {
	const begun = entered(pressed(all(), 'd tab 3'));
	const protectedNow = web.snapshots.map(one => ({...one, protected: true}));
	const refused = told(begun, web, {domain: {...web, snapshots: protectedNow}}).state;
	expect(batchOf(refused).ends[0]?.words).toContain('Refused: ');
	const anew = web.snapshots.map(one => ({...one, createdAt: '2026-11-23T14:00:00.000Z'}));
	const other = told(refused, web, {domain: {...web, snapshots: anew}}).state;
	expect(batchOf(other).ends[1]?.words).toContain('taken anew');
	const last = play(other, [
		{type: 'facts-failed', token: batchOf(other).token, domain: keyOf(null, db.uuid), reason: 'gone'},
	]);
	expect(batchOf(last.state)).toMatchObject({over: true, ends: [{}, {}, {words: 'Its facts could not be read: gone'}]});
	expect(last.state.works).toEqual([]);
});

test('a plan that would lose more than was reviewed is not run', () => {
	const begun = confirmed();
	// As if the reviewed plan had named nothing.
	const turns = batchOf(begun).turns.map(({turn, plan}) => ({turn, plan: {...plan, losses: []}}));
	const {state, effects} = told({...begun, batch: {...batchOf(begun), turns}}, web);
	expect(effects).toEqual([]);
	expect(batchOf(state).ends[0]?.words).toMatch(/^Not run, it would lose more than was reviewed: The snapshot child /);
});

test('c begins no further one, and quitting is asked twice', () => {
	const running = told(confirmed(), web).state;
	expect(pressed(running, 'esc S q').notice?.text).toBe(
		'2 marked snapshots will not be begun when you quit. Press again to quit.',
	);
	const stopped = ended(pressed(running, 'c'));
	expect(stopped.effects).toEqual([]);
	expect(batchOf(stopped.state)).toMatchObject({over: true, ends: [{ok: true}]});
	expect(pressed(stopped.state, 'c').notice?.text).toContain('it has ended');
});

test('an interrupted operation of one of the domains is said first', () => {
	const deleted = confirmed();
	const plan = told(deleted, web).state.works[0]!.plan;
	const state = after(begin(view), {
		type: 'found',
		host: null,
		unfinished: [{receipt: receiptOf(plan), state: 'cut-off'}],
		past: [],
		since: '',
	});
	const asked = pressed(state, 'S space space space space');
	const {state: opened} = play(asked, [{type: 'key', key: 'd'}]);
	expect(opened.notice?.text).toContain('web has an interrupted delete');
});

test('one set at a time', () => {
	expect(pressed(confirmed(), 'esc d').notice?.text).toContain('others are still under way');
});

test('o shows the set, and from there the operation that is under way, and Esc leads back', () => {
	const running = told(confirmed(), web).state;
	const work = pressed(running, 'esc o o');
	expect(work.screen.name).toBe('progress');
	expect(pressed(work, 'esc').screen.name).toBe('batch');
});

test('P protects all marked ones, or unprotects them where all are; E gives all one time', () => {
	const protect = pressed(all(), 'P');
	expect(planned(protect)).toEqual(['web child edit', 'web base edit', 'db keep unchanged', 'db nightly edit']);
	expect(pressed(protect, 'enter').screen.name).toBe('dialog');
	const armed = after(protect, {type: 'armed', arming: dialogOf(protect).arming});
	expect(batchOf(pressed(armed, 'enter')).intent).toEqual({verb: 'edit', tag: '', protect: true});
	expect(dialogOf(pressed(begin(view), 'S P')).intent).toMatchObject({protect: false});
	const typing = pressed(all(), 'E');
	expect(pressed(after(typing, {type: 'text', text: 'soon'}), 'enter').notice?.text).toBe('soon is no time.');
	const expire = pressed(after(typing, {type: 'text', text: '2w'}), 'enter');
	expect(planned(expire)).toEqual(['web child edit', 'web base edit', 'db keep edit', 'db nightly edit']);
	const shown = dialogOf(expire).several!.reviewed![0]!.outcome;
	expect('plan' in shown && shown.plan.expect).toMatchObject([{expiresAt: '2026-12-07T14:30:00.000Z'}]);
});

const sizesOf = ({snapshots}: Domain): SnapshotSizes[] =>
	snapshots.map(({tag, duplicates}) => ({
		tag,
		duplicates,
		about: false,
		ownBytes: 12 * MIB,
		sinceBytes: null,
		reason: null,
		disks: [],
	}));

test('on the screen: the review, its progress, a failure with its receipt', async () => {
	const fake = fakeHypervisor(view, {facts: {sizes: sizesOf(web)}});
	ui = open(undefined, undefined, fake);
	await ui.expects('web');
	ui.press('all', 'mark', 'mark', 'mark', 'mark', 'delete');
	await ui.expects('delete 3 snapshots (frees at least');
	await ui.frame('several-review');
	ui.resize({columns: 60, rows: 16});
	await ui.expects('Type 3 to delete 3 (at least 24 MiB), then Enter.');
	ui.resize({columns: 80, rows: 24});
	await ui.expects('delete 3 snapshots (frees at least');
	// In a hurry, and a paste of another thing.
	ui.enter(3);
	ui.paste('12\n');
	ui.enter();
	await ui.expects('Not run');
	expect(fake.carried).toEqual([]);
	ui.retype('3');
	ui.press('at-error');
	await ui.expects('continue with the rest');
	ui.enter(4);
	await ui.expects('0 of 3 snapshots deleted.');
	await expect.poll(() => fake.carried.length).toBe(1);
	fake.carried[0]!.report(receiptOf(fake.carried[0]!.plan));
	await ui.expects('step 1 of');
	await ui.frame('several-progress');
	const finish = (index: number, values: Partial<Receipt>) => {
		const {plan, finish: end} = fake.carried[index]!;
		end(receiptOf(plan, {endedAt: '2026-11-23T14:30:02Z', ...values}));
	};
	finish(0, {status: 'failed', message: 'Deleting failed; the snapshot is as it was.', id: '20261123-143000-web'});
	await ui.expects('base of web: ');
	finish(1, {status: 'verified'});
	await ui.expects('nightly of db: ');
	finish(2, {status: 'verified'});
	await ui.expects('2 of 3 snapshots deleted, 1 failed');
	await ui.frame('several-failed');
	ui.key('esc');
	await ui.expects('All snapshots 4, 2 marked');
});

test('protecting on the screen', async () => {
	ui = open(undefined, undefined, fakeHypervisor(view));
	await ui.expects('web');
	ui.press('all', 'mark', 'mark', 'mark', 'protect');
	await ui.expects('Press Enter');
	await ui.frame('several-protect');
});
