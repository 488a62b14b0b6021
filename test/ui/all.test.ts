/** The list of all snapshots: the reducer under keys, and whole frames. */
import {afterEach, expect, test} from 'vitest';
import type {Domain} from '../../source/core/model/domain.ts';
import type {Snapshot, SnapshotSizes} from '../../source/core/model/snapshot.ts';
import {footerBindings, footerWord} from '../../source/ui/keys/bindings.ts';
import {allRows, markedOfAll, selectedOfAll} from '../../source/ui/lists/all/rows.ts';
import {keyOf} from '../../source/ui/state/hosts/placed.ts';
import {selectedDomain, selectedSnapshot} from '../../source/ui/state/rows.ts';
import type {State} from '../../source/ui/state/state.ts';
import {domainOf, domains, inventory, snapshotAt} from './domains.ts';
import {connected, fakeHypervisor} from './fake-hypervisor.ts';
import {type Opened, open} from './open.ts';
import {after, begin, play, pressed} from './play.ts';

let ui: Opened | undefined;
afterEach(async () => {
	await ui?.close();
	ui = undefined;
});

const MIB = 1024 ** 2;
const past = '2026-11-22T00:00:00.000Z';

const viewOf = (all: readonly Domain[]) => ({...connected, inventory: {...inventory, domains: all}});
const tags = (rows: readonly {readonly cells: {readonly tag: string}}[]) => rows.map(({cells}) => cells.tag);
const listed = (state: State) => tags(allRows(state));
const marked = (state: State) => tags(markedOfAll(state));
const at = (state: State) => selectedOfAll(state)?.cells.tag;
const sizesOf = ({snapshots, state}: Domain, bytes: (index: number) => number): SnapshotSizes[] =>
	snapshots.map(({tag, duplicates}, index) => ({
		tag,
		duplicates,
		about: state === 'running',
		ownBytes: bytes(index),
		sinceBytes: null,
		reason: null,
		disks: [],
	}));

const [web, db, tokyo] = domains as [Domain, Domain, Domain];

/** With some that have expired, of two domains. */
const keeping = (kept: Readonly<Record<string, Partial<Snapshot>>>) =>
	domains.map(domain => ({...domain, snapshots: domain.snapshots.map(one => ({...one, ...kept[one.tag]}))}));

test('S lists the snapshots of all domains, the newest first, and goes back to where it was opened', () => {
	const state = pressed(begin(), 'j S');
	expect(listed(state)).toHaveLength(web.snapshots.length + db.snapshots.length + tokyo.snapshots.length);
	expect(listed(state).slice(0, 4)).toEqual(['experiment', 'after-upgrade', 'before-upgrade', tokyo.snapshots[1]!.tag]);
	expect(at(state)).toBe('experiment');
	for (const key of ['S', 'q', 'esc']) expect(pressed(state, key)).toMatchObject({screen: {name: 'lists'}});
	expect(selectedDomain(pressed(state, 'S'))?.name).toBe('db');
});

test('O changes the order, round and round, and the cursor stays on its snapshot', () => {
	const start = pressed(begin(), 'S j');
	const sized = after(start, {type: 'sizes', domain: keyOf(null, web.uuid), sizes: sizesOf(web, index => index * MIB)});
	const own = pressed(sized, 'O');
	expect(listed(own).slice(0, 4)).toEqual(['experiment', 'after-upgrade', 'before-upgrade', 'fresh']);
	const health = pressed(own, 'O');
	expect(listed(health).slice(0, 4)).toEqual(['no-overlay', 'ghost', 'half', 'by-hand']);
	const tag = pressed(health, 'O');
	expect(listed(tag).slice(0, 4)).toEqual(['after-upgrade', 'before-upgrade', 'by-hand', tokyo.snapshots[1]!.tag]);
	const domain = pressed(tag, 'O');
	expect(listed(domain).slice(0, 6)).toEqual([...tags(db.snapshots.map(cells => ({cells}))), 'fresh']);
	for (const state of [own, health, tag, domain]) expect(at(state)).toBe('after-upgrade');
	expect(pressed(domain, 'O').all.order).toBe('age');
});

test('the filter goes by domain, tag, health and description', () => {
	const filtered = (text: string) => listed(pressed(begin(), `S / ${[...text].join(' ')} enter`));
	expect(filtered('db')).toEqual(tags(db.snapshots.map(cells => ({cells}))).toReversed());
	expect(filtered('orphan')).toEqual(['ghost']);
	expect(filtered('big')).toEqual(['before-upgrade']);
	const typing = pressed(begin(), 'S / u p g');
	expect([listed(typing), typing.domains.filter]).toEqual([['after-upgrade', 'before-upgrade'], '']);
	expect([pressed(typing, 'esc').all.filter, pressed(typing, 'esc').screen.name]).toEqual(['', 'all']);
	expect(at(pressed(typing, 'down enter'))).toBe('before-upgrade');
});

test('Enter goes to the snapshot in the list of its domain, whatever was filtered there; Esc comes back to the same row', () => {
	const hidden = pressed(begin(), '/ w e b enter l / f r e s h enter S');
	const there = pressed(hidden, 'G enter');
	expect([there.screen.name, there.focus, selectedDomain(there)?.name]).toEqual(['lists', 'snapshots', 'web']);
	expect([selectedSnapshot(there)?.tag, there.domains.filter]).toEqual(['fresh', 'web']);
	const other = pressed(hidden, 'G k enter');
	expect([selectedDomain(other)?.name, selectedSnapshot(other)?.tag]).toEqual(['db', 'nightly']);
	expect([other.domains.filter, other.snapshots.filter]).toEqual(['', '']);
	const back = pressed(other, 'esc');
	expect([back.screen.name, at(back)]).toEqual(['all', 'nightly']);
	// In another list Esc is what it always was.
	expect(pressed(other, 'h j esc').screen.name).toBe('lists');
});

test('marks are the ones of the lists: of both, and over all domains', () => {
	const state = pressed(begin(), 'l g space S');
	expect(marked(state)).toEqual(['fresh']);
	const more = pressed(state, 'space j j j j space');
	expect(marked(more)).toEqual(['experiment', 'no-overlay', 'fresh']);
	const there = pressed(more, 'g enter');
	expect(selectedSnapshot(there)?.tag).toBe('experiment');
	expect(marked(pressed(there, 'esc'))).toEqual(marked(more));
	expect(marked(pressed(more, 'esc'))).toEqual([]);
	expect(pressed(more, 'esc esc').screen.name).toBe('lists');
	expect(marked(pressed(more, '/ d b enter'))).toEqual(['no-overlay']);
});

test('v marks all from the nearest marked one to the cursor, up or down', () => {
	const down = pressed(begin(), 'S space j j v');
	expect(marked(down)).toEqual(listed(down).slice(0, 4));
	const up = pressed(begin(), 'S j j j space g v');
	expect(marked(up)).toEqual(listed(up).slice(0, 4));
	expect(pressed(begin(), 'S v').notice?.text).toContain('mark one end of the range first');
});

test('M marks what has expired in all domains, and says where nothing has', () => {
	const kept = {fresh: {expiresAt: past}, nightly: {expiresAt: past}, ghost: {expiresAt: past, protected: true}};
	const state = after(begin(viewOf(keeping(kept))), {type: 'tick', now: '2026-11-23T14:30:12Z'});
	expect(marked(pressed(state, 'S M'))).toEqual(['nightly', 'fresh']);
	expect(pressed(begin(), 'S M').notice?.text).toContain('no snapshot here has expired');
});

test('a snapshot that goes away leaves the cursor on its neighbour, and takes its mark with it', () => {
	const state = pressed(begin(), 'S j space k');
	const fewer = {...web, snapshots: web.snapshots.filter(({tag}) => tag !== 'after-upgrade')};
	const next = after(state, {type: 'views', views: [{host: null, view: viewOf([fewer, ...domains.slice(1)])}]});
	expect([at(next), marked(next)]).toEqual(['before-upgrade', []]);
});

test('sizes are read of one domain after the other, each once', () => {
	const {state, effects} = play(begin(), [{type: 'key', key: 'S'}]);
	// That of the domain in the lists is under way already.
	expect(effects).toEqual([]);
	const asked: string[] = [];
	let next = play(state, [{type: 'sizes', domain: keyOf(null, web.uuid), sizes: []}]);
	while (next.effects[0]?.type === 'read-sizes') {
		asked.push(next.effects[0].domain);
		next = play(next.state, [{type: 'sizes', domain: next.effects[0].domain, sizes: []}]);
	}
	expect(asked).toEqual([tokyo.uuid, db.uuid]);
});

test('the footer offers what can be done', () => {
	const words = footerBindings(pressed(begin(), 'S space')).map(one => footerWord(pressed(begin(), 'S space'), one));
	expect(words).toEqual(expect.arrayContaining(['go to', 'delete 1', 'range', 'unmark', 'order', 'filter']));
});

test('keys answer at once with 1,000 domains and 3,000 snapshots', () => {
	const many = Array.from({length: 1000}, (_, index) =>
		domainOf(`d${index}`, {
			uuid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
			snapshots: [0, 1, 2].map(minute => snapshotAt(`s${minute}`, index % 50, {parent: null, disks: []})),
		}),
	);
	const state = pressed(begin(viewOf(many)), 'S');
	expect(listed(state)).toHaveLength(3000);
	const first = allRows(state);
	// Not built anew for a key that changes no row.
	expect(allRows(pressed(state, 'j G k space v g'))).toBe(first);
});

test('what the list of all shows', async () => {
	const kept = {fresh: {expiresAt: past}, 'by-hand': {protected: true}, nightly: {expiresAt: '2026-12-24T00:00:00Z'}};
	const view = viewOf(keeping(kept));
	const sizes = async (uuid: string) => (uuid === web.uuid ? sizesOf(web, index => index * 12 * MIB) : []);
	ui = open(undefined, undefined, fakeHypervisor(view, {sizes}));
	await ui.expects('broken');
	ui.press('all');
	await ui.expects(/All snapshots 11 {2}newest first[\s\S]*~36 MiB/);
	await ui.frame('all');
	ui.press('mark', 'mark', 'mark-expired', 'order');
	await ui.expects('All snapshots 11, 3 marked  largest OWN first  marked OWN ~60 MiB');
	await ui.frame('all-marked');
	ui.press('filter');
	ui.type('db');
	await ui.expects('5 of 11 /db▏');
	await ui.frame('all-filter');
	ui.paste('\nno\u001B[31msuch');
	await ui.expects('No snapshot matches');
	ui.key('esc');
	await ui.expects('3 marked');
	ui.resize({columns: 120, rows: 30});
	await ui.expects(/KIND +DATE +AGE +OWN +KEEP +HEALTH/);
	await ui.frame('all');
	ui.resize({columns: 60, rows: 16});
	await ui.expects(/DOMAIN +SNAPSHOT +AGE +OWN/);
	await ui.frame('all');
});
