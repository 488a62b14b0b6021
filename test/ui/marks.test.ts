/** Marks, and working through what is marked: the reducer under keys. */
import {expect, test} from 'vitest';
import type {Domain} from '../../source/core/model/domain.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import type {Snapshot} from '../../source/core/model/snapshot.ts';
import {footerBindings, footerWord} from '../../source/ui/keys/bindings.ts';
import {keymap} from '../../source/ui/keys/keymap.ts';
import {keyName} from '../../source/ui/keys/words.ts';
import type {Dialog} from '../../source/ui/state/dialog.ts';
import {clearedNext, markedIn} from '../../source/ui/state/marks.ts';
import {selectedDomain, selectedSnapshot} from '../../source/ui/state/rows.ts';
import type {Pane, State} from '../../source/ui/state/state.ts';
import {fieldText} from '../../source/ui/terminal/text-field.ts';
import {domainOf, domains, factsOf, inventory, snapshotAt} from './domains.ts';
import {connected, receiptOf} from './fake-hypervisor.ts';
import {after, begin, play, press, pressed} from './play.ts';

const viewOf = (all: readonly Domain[]) => ({...connected, inventory: {...inventory, domains: all}});
const nameOf = (state: State, key: string) => state.view.inventory!.domains.find(one => one.key === key)?.name;
const marked = (state: State, pane: Pane) =>
	markedIn(state, pane).map(({domain, snapshot: key}) => key?.replace(/^\d+:/, '') ?? nameOf(state, domain));
const dialogOf = (state: State): Dialog => {
	if (state.screen.name !== 'dialog') throw new Error(`no dialog but ${state.screen.name}: ${state.notice?.text}`);
	return state.screen;
};
/** What the dialog is about, and which of how many it is. */
const about = (state: State) => {
	const {domainName, task, intent} = dialogOf(state);
	const of = state.round && `${state.round.count - state.round.left.length}/${state.round.count} `;
	return `${of ?? ''}${domainName} ${task}${intent && 'tag' in intent && intent.tag ? ` ${intent.tag}` : ''}`;
};

const ended = (state: State, status: Receipt['status'], values: Partial<Receipt> = {}) => {
	const {key, plan} = state.works.at(-1)!;
	const receipt = receiptOf(plan, {status, endedAt: '2026-11-23T14:30:02Z', ...values});
	return after(state, {type: 'finished', key, receipt});
};
/** With the facts of the dialog that follows, if one does. */
const verified = (state: State) => {
	const next = ended(state, 'verified');
	return next.screen.name === 'dialog' ? answered(next) : next;
};

/** The facts that the dialog asked for. */
const answered = (state: State) => {
	const {token, domain} = dialogOf(state);
	return after(state, {type: 'facts', token, domain, facts: factsOf(domain, state.view.inventory?.domains)});
};
/** The planner's choice, as the method menu would report it. */
const chosen = (state: State) => after(state, {type: 'menu-chosen', row: dialogOf(state).row!});
/** From a review without a word to type to the plan that is carried out. */
const confirmed = (state: State) => pressed(after(state, {type: 'armed', arming: dialogOf(state).arming}), 'enter');

test.each([
	['space', 'domains', ['web'], 'db'],
	['space space', 'domains', ['web', 'db'], '數據庫-東京'],
	['space k space', 'domains', [], 'db'],
	['G space space', 'domains', [], 'broken'],
	['j space g space', 'domains', ['web', 'db'], 'db'],
	['l g space j space', 'snapshots', ['fresh', 'after-upgrade'], 'web'],
	['l g space h j', 'snapshots', [], 'db'],
	['l g space h j k', 'snapshots', ['fresh'], 'web'],
] as const)('%j marks in the %s %j, and the domain is then %s', (keys, pane, expected, at) => {
	const state = pressed(begin(), keys);
	expect(marked(state, pane)).toEqual(expected);
	expect(selectedDomain(state)?.name).toBe(at);
});

test('Space says why it cannot', () => {
	const state = pressed(begin(), 'G l space');
	expect(state.notice?.text).toContain('no snapshot is selected');
	expect(clearedNext(state)).toBeNull();
});

test('memory that is saved can be marked as well', () => {
	const asleep = domainOf('asleep', {state: 'saved', managedSave: true, snapshots: [snapshotAt('before', 3)]});
	const state = pressed(begin(viewOf([asleep])), 'l g space space');
	expect(marked(state, 'snapshots')).toEqual(['before', 'managed save']);
	expect(about(pressed(state, 'd'))).toBe('1/2 asleep memory');
});

test('a filter hides marks, and what is hidden is not acted on', () => {
	const state = pressed(begin(), 'space space / d b enter');
	expect(marked(state, 'domains')).toEqual(['db']);
	expect(about(pressed(state, 'c'))).toMatch(/^1\/1 db create/);
	expect(marked(pressed(state, 'esc'), 'domains')).toEqual(['web', 'db']);
});

test('Esc clears the filter, then the marks of both panes', () => {
	const both = pressed(begin(), 'space k l space / u p enter');
	const unfiltered = pressed(both, 'esc');
	expect([unfiltered.snapshots.filter, clearedNext(unfiltered)]).toEqual(['', 'marks']);
	const clean = pressed(unfiltered, 'esc');
	expect(clearedNext(clean)).toBeNull();
	expect(marked(clean, 'domains')).toEqual([]);
});

test('Esc while a filter is typed leaves the marks', () => {
	expect(marked(pressed(begin(), 'space / d b esc'), 'domains')).toEqual(['web']);
});

test('a mark goes with its row, and does not come back with another of that name', () => {
	const [web, db, ...others] = domains;
	const state = pressed(begin(), 'space space k k l g space space');
	const fewer = {...web!, snapshots: web!.snapshots.filter(({tag}) => tag !== 'fresh')};
	const less = after(state, {type: 'views', views: [{host: null, view: viewOf([fewer, ...others])}]});
	expect([marked(less, 'domains'), marked(less, 'snapshots')]).toEqual([['web'], ['before-upgrade']]);
	const again = after(less, {type: 'views', views: [{host: null, view: viewOf([web!, db!, ...others])}]});
	expect([marked(again, 'domains'), marked(again, 'snapshots')]).toEqual([['web'], ['before-upgrade']]);
});

test('the footer counts what a key will take, and offers the way out', () => {
	const state = pressed(begin(), 'space space k k l g space');
	const words = footerBindings(state).map(binding => footerWord(state, binding));
	expect(words).toEqual(expect.arrayContaining(['create 2', 'delete 1', 'revert', 'unmark']));
	expect(footerBindings(begin()).map(({name}) => name)).not.toContain('back');
});

test('the help of Space names every key that takes what is marked', () => {
	const {label} = keymap.find(({name}) => name === 'mark')!;
	const named = label.slice(label.indexOf(':') + 1).match(/(?<![a-z])[a-zA-Z](?![a-z])/g);
	expect(named?.toSorted()).toEqual(
		keymap
			.filter(({each}) => each !== undefined)
			.flatMap(({keys}) => keys.map(key => keyName(key)))
			.toSorted(),
	);
});

const db = pressed(begin(), 'j l g space space');

test('deletes one after another, each with a plan, a review and a word of its own', () => {
	const first = pressed(db, 'd');
	expect(about(first)).toBe('1/2 db delete by-hand');
	const wrong = press(first, 'n i g h t l y enter');
	expect(wrong.effects).toEqual([]);
	expect(wrong.state.notice?.text).toContain('Not run');
	const begun = pressed(wrong.state, 'ctrl-u b y - h a n d enter');
	expect(begun.screen.name).toBe('progress');
	const second = verified(begun);
	expect(about(second)).toBe('2/2 db delete nightly');
	expect(second.notice?.text).toBe('delete by-hand on db: done and verified');
	expect(marked(second, 'snapshots')).toEqual(['nightly']);
	expect(selectedSnapshot(second)?.tag).toBe('nightly');
	const last = verified(pressed(second, 'enter n i g h t l y enter'));
	expect([last.screen.name, last.round, clearedNext(last)]).toEqual(['progress', null, null]);
	expect(last.works.map(({plan}) => plan.tag)).toEqual(['by-hand', 'nightly']);
});

test('each dialog asks for facts of its own', () => {
	const begun = pressed(db, 'd b y - h a n d enter');
	const {key, plan} = begun.works.at(-1)!;
	const receipt = receiptOf(plan, {status: 'verified', endedAt: '2026-11-23T14:30:02Z'});
	const {state, effects} = play(begun, [{type: 'finished', key, receipt}]);
	expect(effects).toEqual([{type: 'read-facts', domain: dialogOf(state).domain, token: dialogOf(state).token}]);
	expect(dialogOf(state)).toMatchObject({facts: null, outcome: null});
});

test.each([
	[
		'children before their parents',
		'l g space space space space',
		['experiment', 'after-upgrade', 'before-upgrade', 'fresh'],
	],
	['what is not marked stays out', 'l g space j space', ['after-upgrade', 'fresh']],
	['in the tree as well', 't l g space j space', ['after-upgrade', 'fresh']],
	['from the other pane as well', 'l g space j space h', ['after-upgrade', 'fresh']],
])('of deletes: %s', (_, keys, order) => {
	const {round} = pressed(begin(), `${keys} d`);
	expect([round!.mark, ...round!.left].map(({snapshot: key}) => key!.slice(2))).toEqual(order);
});

test('a child goes first even if its clock says that it is older', () => {
	const odd = [snapshotAt('child', 1, {parent: 'parent'}), snapshotAt('other', 5), snapshotAt('parent', 9)];
	const {round} = pressed(begin(viewOf([domainOf('web', {snapshots: odd})])), 'l g space space space d');
	expect([round!.mark, ...round!.left].map(({snapshot: key}) => key)).toEqual(['0:child', '0:parent', '0:other']);
});

/** The first of the two, from the lists to the plan that is carried out. */
const carriedOut = (state: State) => pressed(state, 'd b y - h a n d enter');
const reported = (state: State) => {
	const {key, plan} = state.works.at(-1)!;
	return after(state, {type: 'receipt', key, receipt: receiptOf(plan)});
};
const broken = (state: State) => after(state, {type: 'work-failed', key: state.works.at(-1)!.key, reason: 'no runner'});
const asked = (state: State, answer = '') => verified(pressed(reported(carriedOut(state)), `c${answer}`));

test.each([
	['Esc in its dialog', (state: State) => pressed(state, 'd esc'), ['nightly', 'by-hand']],
	['Esc in a later one', (state: State) => pressed(verified(carriedOut(state)), 'esc'), ['nightly']],
	['a failure', (state: State) => ended(carriedOut(state), 'failed'), ['nightly', 'by-hand']],
	['a cancel', (state: State) => ended(carriedOut(state), 'undone', {cancelled: true}), ['nightly', 'by-hand']],
	['facts that had changed', (state: State) => ended(carriedOut(state), 'stale'), ['nightly', 'by-hand']],
	['a runner that broke', (state: State) => broken(carriedOut(state)), ['nightly', 'by-hand']],
	['being asked whether to cancel it', (state: State) => asked(state), ['nightly']],
	['a cancel that came too late', (state: State) => asked(state, ' y'), ['nightly']],
	['leaving its progress', (state: State) => verified(pressed(carriedOut(state), 'esc')), ['nightly']],
	[
		'leaving its progress and coming back',
		(state: State) => verified(pressed(carriedOut(state), 'esc o')),
		['nightly'],
	],
	['taking its marks away', (state: State) => verified(pressed(carriedOut(state), 'esc esc')), []],
])('%s ends it, and what is left stays marked', (_, act, left) => {
	const state = act(db);
	expect(state.round).toBeNull();
	expect(state.screen.name).not.toBe('dialog');
	expect(marked(state, 'snapshots')).toEqual(left);
});

test('a cancel that was thought better of does not', () => {
	expect(about(asked(db, ' n'))).toBe('2/2 db delete nightly');
});

test('a refusal that is left ends it', () => {
	const refused = pressed(begin(), 'G k space space c enter enter');
	const menu = pressed(refused, 'esc esc esc');
	expect([menu.screen.name, menu.round, marked(menu, 'domains')]).toEqual(['lists', null, ['clone', 'broken']]);
});

test('what went away meanwhile is passed over in silence', () => {
	const [a, b, c] = [snapshotAt('a', 1), snapshotAt('b', 2), snapshotAt('c', 3)];
	const view = (...snapshots: readonly Snapshot[]) => viewOf([domainOf('solo', {snapshots})]);
	const running = pressed(begin(view(a, b, c)), 'l g space space space d enter c enter');
	const next = ended(after(running, {type: 'views', views: [{host: null, view: view(a)}]}), 'verified');
	expect(about(next)).toBe('3/3 solo delete a');
});

test('a create proposes for the next what was typed for the first', () => {
	const first = pressed(begin(), 'space space c ctrl-u a l l enter w h y enter');
	expect(about(first)).toBe('1/2 web create all');
	const second = verified(confirmed(chosen(first)));
	expect(about(second)).toBe('2/2 db create all');
	expect(fieldText(dialogOf(second).field)).toBe('all');
	expect(fieldText(dialogOf(pressed(second, 'enter')).field)).toBe('why');
	expect(dialogOf(second).intent).toEqual({verb: 'create', tag: 'all', description: 'why'});
});

test('the method chosen for the first is under the cursor of the next, where it can be used', () => {
	const live = (state: State) => verified(confirmed(after(state, {type: 'menu-chosen', row: 'external-live'})));
	const next = live(pressed(begin(), 'space space c a l l enter enter'));
	expect(about(next)).toBe('2/2 db create all');
	expect(dialogOf(pressed(next, 'enter enter')).row).toBe('external-live');
	const off = live(pressed(begin(), 'space j space c a l l enter enter'));
	expect(about(off)).toBe('2/2 數據庫-東京 create all');
	expect(dialogOf(off).intent).toEqual({verb: 'create', tag: 'all', description: undefined});
});

test('a domain on which the key cannot act is passed over with a word, and stays marked', () => {
	const all = pressed(begin(), 'space space space');
	const first = pressed(all, 's');
	expect(about(first)).toBe('3/3 數據庫-東京 start');
	const last = verified(confirmed(first));
	expect(last.notice?.text).toBe(
		'Skipped, still marked: web (the domain is already running), db (the domain is already paused)',
	);
	expect(marked(last, 'domains')).toEqual(['web', 'db']);
});

test('where it can act on none of them it names the first and why', () => {
	const state = pressed(begin(), 'space G s');
	expect(state.screen.name).toBe('lists');
	expect(state.notice?.text).toBe('s, start the domain: web, marked: the domain is already running');
	expect(pressed(begin(), 'G space g x').notice?.text).toContain('broken, marked: the domain is shut off');
});

test('p pauses or resumes each, as it is', () => {
	const first = pressed(begin(), 'space space p');
	expect(about(first)).toBe('1/2 web suspend');
	expect(about(verified(confirmed(first)))).toBe('2/2 db resume');
});

test.each([
	['r', 'l g r', 'web revert fresh'],
	['m', 'm', 'web memory'],
	['n', 'n', 'web clone'],
])('%s acts on what the cursor stands on alone', (_, keys, expected) => {
	const state = pressed(begin(), `l g j j space space h j space space g ${keys}`);
	expect([about(state), state.round]).toEqual([expected, null]);
});

test('with nothing marked a key acts on the row under the cursor, and no dialog follows', () => {
	const state = verified(confirmed(pressed(begin(), 'p')));
	expect([state.screen.name, state.round]).toEqual(['progress', null]);
});

test('a mark set while another operation runs stays', () => {
	const state = pressed(confirmed(pressed(begin(), 'p')), 'esc space');
	expect(marked(verified(state), 'domains')).toEqual(['web']);
});

/** The first domain with its snapshots kept so: by tag, what differs. */
const keeping = (kept: Readonly<Record<string, Partial<Snapshot>>>): State => {
	const [web, ...others] = domains;
	const snapshots = web!.snapshots.map(one => ({...one, ...kept[one.tag]}));
	const state = begin(viewOf([{...web!, snapshots}, ...others]));
	return after(state, {type: 'tick', now: '2026-11-23T14:30:12Z'});
};

const past = '2026-11-22T00:00:00.000Z';

test('M marks what has expired and is not protected, so that d deletes it', () => {
	const kept = {
		fresh: {expiresAt: past},
		experiment: {expiresAt: past},
		'after-upgrade': {expiresAt: past, protected: true},
	};
	const state = pressed(keeping(kept), 'M');
	expect(marked(state, 'snapshots')).toEqual(['fresh', 'experiment']);
	expect(about(pressed(state, 'd'))).toBe('1/2 web delete experiment');
	expect(pressed(keeping({}), 'M').notice?.text).toContain('no snapshot of this domain has expired');
	expect(pressed(keeping({fresh: {expiresAt: '2026-12-24T00:00:00Z'}}), 'M').notice?.text).toContain('expired');
});

test('P protects all marked ones as the first, and passes over those that are; E proposes the same time for each', () => {
	const state = pressed(keeping({'before-upgrade': {protected: true}}), 'l g space space space');
	const first = pressed(state, 'P');
	expect(about(first)).toBe('1/3 web protect fresh');
	const second = verified(confirmed(first));
	expect(about(second)).toBe('3/3 web protect after-upgrade');
	expect(dialogOf(second).intent).toEqual({verb: 'edit', tag: 'after-upgrade', protect: true});
	const typed = after(pressed(state, 'E'), {type: 'text', text: '30d'});
	const next = verified(confirmed(pressed(typed, 'enter')));
	expect(about(next)).toBe('2/3 web expire before-upgrade');
	expect(fieldText(dialogOf(next).field)).toBe('30d');
});

test('nor with one that was deleted and taken anew between two looks, or that stood behind it under the same tag', () => {
	const [old, second] = [snapshotAt('nightly', 1), snapshotAt('nightly', 5, {duplicates: 1, libvirt: false})];
	const state = pressed(begin(viewOf([domainOf('db', {snapshots: [old, second]})])), 'l g space');
	expect(marked(state, 'snapshots')).toEqual(['nightly']);
	const looked = (snapshot: Snapshot) =>
		marked(
			after(state, {type: 'views', views: [{host: null, view: viewOf([domainOf('db', {snapshots: [snapshot]})])}]}),
			'snapshots',
		);
	expect(looked(snapshotAt('nightly', 3))).toEqual([]);
	expect(looked({...second, duplicates: 0})).toEqual([]);
	// libvirt dates in whole seconds, images do not.
	expect(looked({...old, createdAt: old.createdAt!.replace('.000Z', '.700Z')})).toEqual(['nightly']);
	expect(looked({...old, createdAt: null})).toEqual(['nightly']);
});
