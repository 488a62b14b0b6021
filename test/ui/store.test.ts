import {afterEach, expect, test, vi} from 'vitest';
import {initialState} from '../../source/ui/state/state.ts';
import {createStore} from '../../source/ui/store.ts';
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
