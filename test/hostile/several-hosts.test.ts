/** Any keys, while hosts come, go and change: the screen stands, and what is done is done to what is on it. */
import fc from 'fast-check';
import {expect, test} from 'vitest';
import type {View} from '../../source/core/model/hypervisor.ts';
import {footerBindings} from '../../source/ui/keys/bindings.ts';
import {keymap} from '../../source/ui/keys/keymap.ts';
import {content} from '../../source/ui/reading/content.ts';
import type {Action, Effect} from '../../source/ui/state/actions.ts';
import {keyOf, splitKey} from '../../source/ui/state/hosts/placed.ts';
import {domainRows, snapshotCursor, snapshotRows} from '../../source/ui/state/rows.ts';
import {initialState, type State} from '../../source/ui/state/state.ts';
import {makeTheme} from '../../source/ui/terminal/theme.ts';
import {domainOf, factsOf, host, snapshotAt} from '../ui/domains.ts';
import {connected, receiptOf} from '../ui/fake-hypervisor.ts';
import {play} from '../ui/play.ts';
import {runs} from './texts.ts';

const names = ['h1', 'h2', 'h3'];
const all = ['web', 'db', 'mail'].map((name, index) =>
	domainOf(name, {snapshots: [snapshotAt('monday', 1), snapshotAt('tuesday', index + 2)]}),
);

const views: fc.Arbitrary<View> = fc.oneof(
	fc.subarray(all).map(domains => ({...connected, inventory: {host, domains}})),
	fc
		.subarray(all)
		.map(domains => ({...connected, inventory: {host, domains}, pending: new Set(domains.map(({uuid}) => uuid))})),
	fc.subarray(all).map(domains => ({
		...connected,
		inventory: {host, domains},
		connection: {status: 'lost', reason: 'Connection refused', remedy: null, retryAt: '2026-11-23T14:31:00Z'} as const,
	})),
	fc.constant<View>({connection: {status: 'connecting'}, inventory: null, pending: new Set()}),
);

// What people press most, and everything else.
const keys = fc.oneof(
	fc.constantFrom('j', 'k', 'G', 'g', 'z', 'Z', 'space', 'enter', 'esc', 'tab', 'l', 'S', '/', 'c', 'd', 's', 'H'),
	fc.constantFrom(...new Set(keymap.flatMap(binding => binding.keys))),
);

const happenings = fc.oneof(
	{weight: 6, arbitrary: keys.map((key): Action => ({type: 'key', key}))},
	{weight: 1, arbitrary: fc.constantFrom('w', 'h2', 'mon').map((text): Action => ({type: 'text', text}))},
	{
		weight: 2,
		arbitrary: fc
			.uniqueArray(fc.record({host: fc.constantFrom(...names), view: views}), {
				selector: ({host}) => host,
				minLength: 1,
			})
			.map((views): Action => ({type: 'views', views})),
	},
	{
		weight: 1,
		arbitrary: fc
			.record({columns: fc.integer({min: 20, max: 160}), rows: fc.integer({min: 5, max: 50})})
			.map((size): Action => ({type: 'resize', size})),
	},
);

function start(): State {
	const {glyphs} = makeTheme({LANG: 'C.UTF-8'});
	const empty = initialState({size: {columns: 80, rows: 24}, glyphs, hosts: names.map(name => ({name, uri: name}))});
	const views = names.map(name => ({host: name, view: {...connected, inventory: {host, domains: all}}}));
	return play(empty, [{type: 'views', views}]).state;
}

/** What the world answers at once. */
function answerTo(state: State, effect: Effect): readonly Action[] {
	if (effect.type === 'read-facts') {
		const {host: name, uuid} = splitKey(effect.domain);
		const there = state.hosts.find(one => one.name === name)?.view.inventory?.domains ?? [];
		if (!there.some(one => one.uuid === uuid)) return [{...effect, type: 'facts-failed', reason: 'gone'}];
		return [{type: 'facts', token: effect.token, domain: effect.domain, facts: factsOf(uuid, there)}];
	}
	if (effect.type === 'arm') return [{type: 'armed', arming: effect.arming}];
	if (effect.type === 'carry-out')
		return [{type: 'finished', key: effect.key, receipt: receiptOf(effect.plan, {status: 'verified'})}];
	return [];
}

function holds(state: State): void {
	const rows = domainRows(state).map(({key}) => key);
	if (rows.length > 0) expect(rows).toContain(state.domains.cursor.key);
	const snapshots = snapshotRows(state).map(({key}) => key);
	if (snapshots.length > 0) expect(snapshots).toContain(snapshotCursor(state).key);
	expect(Array.isArray(content(state))).toBe(true);
	expect(Array.isArray(footerBindings(state))).toBe(true);
}

test('the screen stands, the cursor is on a row, and a plan is carried out where its facts were read', () => {
	fc.assert(
		fc.property(fc.array(happenings, {minLength: 1, maxLength: 120, size: 'max'}), actions => {
			let state = start();
			const read = new Set<string>();
			const next = [...actions].reverse();
			while (next.length > 0) {
				const played = play(state, [next.pop()!]);
				for (const effect of played.effects) {
					if (effect.type === 'read-facts') read.add(effect.domain);
					// Where nothing is there any more whoever carries it out says so.
					if (effect.type === 'carry-out') expect(read).toContain(keyOf(effect.host, effect.plan.domain.uuid));
					next.push(...answerTo(played.state, effect));
				}
				({state} = played);
				holds(state);
			}
		}),
		{numRuns: runs()},
	);
});
