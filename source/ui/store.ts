/** Holds the state. Dispatching is synchronous, so of many keys in one read each meets the state that the one before it left. */

import {reduce} from './reduce.ts';
import type {Action, Effect} from './state/actions.ts';
import type {State} from './state/state.ts';

export type Store = {
	state(): State;
	dispatch(action: Action): void;
	subscribe(listener: () => void): () => void;
	/** While more keys wait to be handed over nobody draws what the next one changes again. */
	hold(on: boolean): void;
};

/** In milliseconds: of a paste that comes as keys something is seen meanwhile. */
const LONGEST_HOLD = 50;

/** Its menu reads keys itself: each has to find it as the one before it left it. */
const readsKeys = ({screen}: State): boolean => screen.name === 'dialog';

export function createStore(initial: State, perform: (effect: Effect) => void): Store {
	let state = initial;
	const listeners = new Set<() => void>();
	let held = false;
	/** Since when something is to be told. */
	let owed: number | null = null;
	const tell = () => {
		owed = null;
		for (const listener of listeners) listener();
	};
	return {
		state: () => state,
		dispatch(action) {
			const [next, effects] = reduce(state, action);
			if (next !== state) {
				const waits = held && !readsKeys(state) && !readsKeys(next);
				state = next;
				owed ??= performance.now();
				if (!waits || performance.now() - owed > LONGEST_HOLD) tell();
			}
			for (const effect of effects) perform(effect);
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		hold(on) {
			held = on;
			if (!on && owed !== null) tell();
		},
	};
}
