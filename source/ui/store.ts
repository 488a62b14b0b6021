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

/** Its menu reads keys itself: each has to find it as the one before it left it. */
const readsKeys = ({screen}: State): boolean => screen.name === 'dialog';

export function createStore(initial: State, perform: (effect: Effect) => void): Store {
	let state = initial;
	const listeners = new Set<() => void>();
	let [held, owed] = [false, false];
	const tell = () => {
		owed = false;
		for (const listener of listeners) listener();
	};
	return {
		state: () => state,
		dispatch(action) {
			const [next, effects] = reduce(state, action);
			if (next !== state) {
				const waits = held && !readsKeys(state) && !readsKeys(next);
				state = next;
				if (waits) owed = true;
				else tell();
			}
			for (const effect of effects) perform(effect);
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		hold(on) {
			held = on;
			if (!on && owed) tell();
		},
	};
}
