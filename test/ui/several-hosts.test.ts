/** What keys do where there are several hosts, without a screen. */
import {describe, expect, test} from 'vitest';
import type {Contact, View} from '../../source/core/model/hypervisor.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import {severalLines} from '../../source/ui/dialog/several/lines.ts';
import {helpLines} from '../../source/ui/keys/help.ts';
import {beginOperation} from '../../source/ui/operations/reduce-operations.ts';
import type {Action} from '../../source/ui/state/actions.ts';
import type {Dialog} from '../../source/ui/state/dialog.ts';
import {hostBlocks} from '../../source/ui/state/hosts/lines.ts';
import {keyOf, seen, splitKey} from '../../source/ui/state/hosts/placed.ts';
import {domainRows, selectedDomain} from '../../source/ui/state/rows.ts';
import type {State} from '../../source/ui/state/state.ts';
import {planFor} from '../facts/plan.ts';
import {factsOf} from './domains.ts';
import {receiptOf} from './fake-hypervisor.ts';
import {after, begin, play, press, pressed} from './play.ts';
import {db, lost, mail, onSecondWeb, several, viewOf, views, web} from './several-hosts.ts';

describe('domains of several hosts', () => {
	test.each([
		[null, 'u-1'],
		['h1', 'u-1'],
		['root@h1:22', 'u-1'],
	])('a key leads back to host %j and UUID %s', (name, uuid) => {
		expect(splitKey(keyOf(name, uuid))).toEqual({host: name, uuid});
	});

	test('what is as before is the same object, so that nothing is listed anew for it', () => {
		const hosts = [{name: 'h1', uri: null, view: views.h1}];
		expect(seen(hosts).inventory!.domains[0]).toBe(seen([...hosts]).inventory!.domains[0]);
	});

	test('two of one UUID are two', () => {
		const state = pressed(several(views), 'space');
		expect([...state.marks.domains]).toEqual([`h1/${web!.uuid}`]);
		expect(onSecondWeb().domains.cursor.key).toBe(`h2/${web!.uuid}`);
	});

	test('a plan is made and carried out where its domain is', () => {
		const {state, effects} = press(onSecondWeb(), 'l g c');
		expect(effects).toContainEqual(expect.objectContaining({type: 'read-facts', domain: `h2/${web!.uuid}`}));
		expect(state.screen).toMatchObject({name: 'dialog', domainName: 'h2/web'});
	});

	test('an operation on one keeps nobody from the other', () => {
		const receipt = receiptOf(planFor(factsOf(web!.uuid), {verb: 'create', tag: 'x'}));
		const unfinished = [{receipt, state: 'running'} as const];
		const {state, effects} = play(several(views), [{type: 'found', host: 'h1', unfinished, past: [], since: ''}]);
		expect(effects).toMatchObject([{type: 'follow', host: 'h1', id: receipt.id}]);
		expect(pressed(state, 'c').notice?.text).toMatch(/create x on h1\/web is still under way/);
		expect(pressed(state, 'j j c').screen).toMatchObject({name: 'dialog', domainName: 'h2/web'});
	});

	test('before all receipts are read nothing is said to be missing among them; what ended here meanwhile is there once', () => {
		const found = (host: string, past: readonly Receipt[] = []): Action => ({
			type: 'found',
			host,
			unfinished: [],
			past,
			since: '',
		});
		const {state: unread} = play(several(views), [found('h1')]);
		expect(pressed(unread, 'o').notice?.text).toContain('the receipts are not read yet');
		expect(pressed(unread, 'u').notice?.text).toContain('the receipts are not read yet');
		const {state: read} = play(unread, [found('h2')]);
		expect(pressed(read, 'o').notice?.text).toContain('none yet');
		expect(pressed(read, 'u').notice?.text).toContain('no interrupted operations');

		const plan = planFor(factsOf(web!.uuid), {verb: 'create', tag: 'x'});
		const ended = receiptOf(plan, {status: 'verified', endedAt: '2026-11-23T14:30:05Z'});
		const older = {...ended, id: 'older', endedAt: '2026-11-23T14:00:00Z'};
		const {state, key} = beginOperation(unread, 'h2', plan);
		const {works} = play(state, [{type: 'finished', key, receipt: ended}, found('h2', [older, ended])]).state;
		expect(works.map(({receipt}) => receipt?.id)).toEqual(['older', ended.id]);
	});

	test('a lost host keeps its rows, and takes no intents', () => {
		const state = after(onSecondWeb(), {
			type: 'views',
			views: [{host: 'h2', view: lost(views.h2, 'Connection refused')}],
		});
		expect(state.view.inventory!.domains).toHaveLength(4);
		const {state: next, effects} = press(state, 'c');
		expect([next.screen.name, next.notice?.text]).toEqual([
			'lists',
			'c, create a snapshot: the connection to h2 is lost',
		]);
		expect(effects).toEqual([]);
		expect(pressed(state, 'g c').screen.name).toBe('dialog');
	});

	test('the screen of the hosts tells where something is under way', () => {
		const plan = planFor(factsOf(web!.uuid), {verb: 'create', tag: 'x'});
		const {state} = beginOperation(several(views), 'h2', plan);
		const words = hostBlocks(state).flatMap(({name, lines}) =>
			lines.map(line => `${name}: ${line.map(({text}) => text).join('')}`),
		);
		expect(words.filter(one => one.includes('under way'))).toEqual(['h2:   1 operation under way there.']);
	});

	test('of a host that is marked readonly keys say so, and so does the screen of the hosts', () => {
		const state = onSecondWeb();
		const marked = {
			...state,
			hosts: state.hosts.map(one => (one.name === 'h2' ? {...one, readonly: true as const} : one)),
		};
		const {state: next, effects} = press(marked, 'c');
		expect([next.screen.name, next.notice?.text, effects]).toEqual([
			'lists',
			'c, create a snapshot: h2 is marked readonly in the configuration',
			[],
		]);
		expect(pressed(marked, 'g c').screen.name).toBe('dialog');
		const words = hostBlocks(marked).flatMap(({name, lines}) =>
			lines.map(line => `${name}: ${line.map(({text}) => text).join('')}`),
		);
		expect(words.filter(one => one.includes('readonly'))).toEqual([
			'h2:   It is marked readonly in the configuration: nothing is changed there.',
		]);
	});

	test('snapshots of several hosts are confirmed together, and each is carried out where it is', () => {
		const start = several(views);
		const webs = start.view.inventory!.domains.filter(({uuid}) => uuid === web!.uuid);
		const {tag} = web!.snapshots.at(-1)!;
		const marks = Object.fromEntries(webs.map(({key}) => [key, new Set([`0:${tag}`])]));
		const asked = press({...start, marks: {...start.marks, snapshots: marks}}, 'S d');
		const asking = asked.effects.filter(({type}) => type === 'read-facts');
		expect(asking).toMatchObject(webs.map(({key}) => ({domain: key})));
		const text = severalLines(asked.state.screen as Dialog, 80).map(line => line.map(one => one.text).join(''));
		expect(text[0]).toMatch(/delete 2 snapshots of 2 domains on 2 hosts$/);
		expect(text.join('\n')).toMatch(/ of h1\/web\n[\s\S]* of h2\/web\n/);
		let {state} = play(pressed(asked.state, '2'), [{type: 'key', key: 'enter'}]);
		for (const {host, key: domain} of webs) {
			const begun = play(state, [
				{
					type: 'facts',
					token: state.batch!.token,
					domain,
					facts: factsOf(web!.uuid, views[host as keyof typeof views].inventory!.domains),
				},
			]);
			expect(begun.effects).toMatchObject([{type: 'carry-out', host, plan: {verb: 'delete', tag}}]);
			const {key, plan} = begun.state.works.at(-1)!;
			({state} = play(begun.state, [{type: 'finished', key, receipt: receiptOf(plan, {status: 'verified'})}]));
		}
		expect(state.batch).toMatchObject({over: true, ends: [{ok: true}, {ok: true}]});
	});

	test('a clock that goes wrong is said, and one that goes right is not', () => {
		const contact: Contact = {milliseconds: 1, ahead: 0};
		const notice = (ahead: number) =>
			play(several(views), [{type: 'contact', host: 'h2', contact: {...contact, ahead}}]).state.notice;
		expect(notice(65_000)?.text).toBe('The clock of h2 is 65 s ahead: dates there go by it.');
		expect(notice(1)).toBeNull();
	});
});

describe('hosts that are folded', () => {
	const start = () => several(views);
	const keys = (state: State) => domainRows(state).map(({key}) => key);
	const [web1, db1] = [`h1/${web!.uuid}`, `h1/${db!.uuid}`];
	const [web2, mail2] = [`h2/${web!.uuid}`, `h2/${mail.uuid}`];

	test.each([
		['z', ['h1/', web2, mail2], 'h1/'],
		['j z', ['h1/', web2, mail2], 'h1/'],
		['j z z', [web1, db1, web2, mail2], web1],
		['z enter', [web1, db1, web2, mail2], web1],
		['z j z', ['h1/', 'h2/'], 'h2/'],
		['j j j Z', ['h1/', 'h2/'], 'h2/'],
		['Z Z', [web1, db1, web2, mail2], web1],
		['z Z', ['h1/', 'h2/'], 'h1/'],
		['Z j enter', ['h1/', web2, mail2], web2],
		// From the snapshots as well: they are out of sight then.
		['l z', ['h1/', web2, mail2], 'h1/'],
	])('%s: one row stands for the domains, and the cursor stays with what it meant', (pressedKeys, rows, cursor) => {
		const state = pressed(start(), pressedKeys);
		expect(keys(state)).toEqual(rows);
		expect(state.domains.cursor.key).toBe(cursor);
		expect(state.focus).toBe('domains');
	});

	test('a filter shows what it finds wherever it is, and the hosts are folded again without it', () => {
		const typed = pressed(start(), 'Z / w e b enter');
		expect(keys(typed)).toEqual([web1, web2]);
		expect(pressed(typed, 'z').notice?.text).toContain('what the filter finds is shown of every host');
		const cleared = pressed(typed, 'j esc');
		expect(keys(cleared)).toEqual(['h1/', 'h2/']);
		expect(cleared.domains.cursor.key).toBe('h2/');
	});

	test('no key acts on what is out of sight', () => {
		const marked = pressed(start(), 'space Z');
		for (const key of ['c', 's', 'x', 'X', 'p', 'm', 'n', 'b', 'y', 'space', 'r', 'd']) {
			const {state, effects} = press(marked, key);
			expect([key, state.screen.name, effects, state.notice?.text]).toEqual([
				key,
				'lists',
				[],
				expect.stringContaining('the host is folded: z unfolds it'),
			]);
		}
		expect([...pressed(marked, 'Z').marks.domains]).toEqual([web1]);
	});

	test('a host stays folded while what it has changes, and one that has nothing left has no row', () => {
		const told = (state: State, view: View) => play(state, [{type: 'views', views: [{host: 'h1', view}]}]).state;
		const more = told(pressed(start(), 'Z'), viewOf(mail));
		expect(keys(more)).toEqual(['h1/', 'h2/']);
		const none = told(more, viewOf());
		expect(keys(none)).toEqual(['h2/']);
		expect(none.domains.cursor.key).toBe('h2/');
		expect(keys(told(none, views.h1))).toEqual(['h1/', 'h2/']);
	});

	test('from the list of all snapshots one leads to its domain', () => {
		const all = pressed(start(), 'Z S');
		const state = pressed(all, 'G enter');
		const {key} = state.domains.cursor;
		expect(state.screen.name).toBe('lists');
		expect(keys(state)).toContain(key);
		expect(selectedDomain(state)?.key).toBe(key);
		expect(state.folded.size).toBe(1);
	});
});

test('one host alone has no key for hosts, and its help does not speak of them', () => {
	const state = begin();
	expect(pressed(state, 'H')).toEqual(state);
	const words = helpLines(state, 80).flatMap(line => line.map(({text}) => text));
	expect(words.filter(text => /hosts/i.test(text))).toEqual([]);
	expect(pressed(state, 'z Z a')).toEqual(state);
	expect(words.filter(text => /ssh/.test(text))).toEqual([]);
});
