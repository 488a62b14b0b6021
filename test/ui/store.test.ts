import {afterEach, describe, expect, test, vi} from 'vitest';
import {unread, type View} from '../../source/core/model/hypervisor.ts';
import type {Action} from '../../source/ui/state/actions.ts';
import {initialState} from '../../source/ui/state/state.ts';
import {createStore, hostPost} from '../../source/ui/store.ts';
import {makeTheme} from '../../source/ui/terminal/theme.ts';

afterEach(() => void vi.useRealTimers());

/** Of a store that tells how often it was to be drawn. */
function counted() {
	const {glyphs} = makeTheme({});
	const hosts = [{name: null, uri: null}];
	const store = createStore(initialState({size: {columns: 80, rows: 24}, glyphs, columns: null, hosts}), () => {});
	let draws = 0;
	store.subscribe(() => draws++);
	/** Either of them changes the state. */
	const turn = () => store.dispatch({type: 'key', key: 't'});
	return {store, turn, draws: () => draws};
}

test('while keys wait nothing is drawn, and behind them once', () => {
	const {store, turn, draws} = counted();
	store.hold(true);
	turn();
	turn();
	expect(draws()).toBe(0);
	store.hold(false);
	store.hold(false);
	expect(draws()).toBe(1);
	turn();
	expect(draws()).toBe(2);
});

test('of a paste that comes as keys something is seen meanwhile', () => {
	vi.useFakeTimers({toFake: ['performance']});
	const {store, turn, draws} = counted();
	store.hold(true);
	turn();
	vi.advanceTimersByTime(60);
	turn();
	turn();
	expect(draws()).toBe(1);
});

describe('what hosts tell', () => {
	const contact = (milliseconds: number): Action => ({type: 'contact', host: null, contact: {milliseconds, ahead: 0}});
	const notShown = () => {
		throw new Error('no view has changed');
	};

	test('of several: the first at once, then what all of them have told meanwhile in one frame', async () => {
		const {store, draws} = counted();
		const {tell} = hostPost(store, true, notShown);
		for (const milliseconds of [1, 2, 3, 4]) tell(contact(milliseconds));
		expect([draws(), store.state().contacts['']?.milliseconds]).toEqual([1, 1]);
		await expect.poll(() => store.state().contacts['']?.milliseconds).toBe(4);
		expect(draws()).toBe(2);
	});

	test('of one nothing waits', () => {
		const {store, draws} = counted();
		const {tell} = hostPost(store, false, notShown);
		for (const milliseconds of [1, 2]) tell(contact(milliseconds));
		expect([draws(), store.state().contacts['']?.milliseconds]).toEqual([2, 2]);
	});

	test('views are those of the moment in which they are told', async () => {
		const {store} = counted();
		let view: View = unread;
		const {show} = hostPost(store, true, () => ({host: null, view}));
		show('here');
		view = {...unread, connection: {status: 'slow', since: ''}};
		show('here');
		view = {...unread, connection: {status: 'connected'}};
		await expect.poll(() => store.state().view.connection.status).toBe('connected');
	});
});
