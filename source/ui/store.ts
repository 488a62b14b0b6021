/** Holds the state. Dispatching is synchronous, so of many keys in one read each meets the state that the one before it left. */

import {reduce} from './reduce.ts';
import type {Action, Effect} from './state/actions.ts';
import type {State} from './state/state.ts';

export type Store = {
	state(): State;
	dispatch(action: Action): void;
	subscribe(listener: () => void): () => void;
};

export function createStore(initial: State, perform: (effect: Effect) => void): Store {
	let state = initial;
	const listeners = new Set<() => void>();
	return {
		state: () => state,
		dispatch(action) {
			const [next, effects] = reduce(state, action);
			if (next !== state) {
				state = next;
				for (const listener of listeners) listener();
			}
			for (const effect of effects) perform(effect);
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}
