/** Holds the state. Dispatching is synchronous, so of many keys in one read each meets the state that the one before it left. */

import {reduce} from './reduce.ts';
import type {Action, Effect} from './state/actions.ts';
import type {HostNews} from './state/hosts/placed.ts';
import type {State} from './state/state.ts';

export type Store = {
	state(): State;
	dispatch(action: Action): void;
	/** One after the other; what they change is drawn once. */
	dispatchAll(actions: readonly Action[]): void;
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
	const dispatchAll = (actions: readonly Action[]) => {
		const effects: Effect[] = [];
		let waits = held;
		const before = state;
		for (const action of actions) {
			const [next, wanted] = reduce(state, action);
			waits &&= !readsKeys(state) && !readsKeys(next);
			state = next;
			effects.push(...wanted);
		}
		if (state !== before) {
			owed ??= performance.now();
			if (!waits || performance.now() - owed > LONGEST_HOLD) tell();
		}
		for (const effect of effects) perform(effect);
	};
	return {
		state: () => state,
		dispatch: action => dispatchAll([action]),
		dispatchAll,
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

/** A key that waits longer than this for what hosts tell is felt to hang. */
const FELT_MS = 16;

/** What a host tells that nobody has asked for with a key. */
export type HostPost<Host> = {
	/** Its view has changed. */
	show(host: Host): void;
	tell(action: Action): void;
};

/**
 * Takes what hosts tell to the store: at once, but where that takes long, as with hundreds of hosts, what all of them have told meanwhile
 * goes together, so that keys are answered between.
 */
export function hostPost<Host>(
	store: Pick<Store, 'dispatchAll'>,
	several: boolean,
	newsOf: (host: Host) => HostNews,
): HostPost<Host> {
	const changed = new Set<Host>();
	let told: Action[] = [];
	// Several that connect in one moment would have a key wait for one frame after the other.
	const short = several ? FELT_MS : 0;
	let resting = false;
	const post = () => {
		resting = true;
		const views: Action[] = changed.size === 0 ? [] : [{type: 'views', views: [...changed].map(newsOf)}];
		const actions = [...views, ...told];
		changed.clear();
		told = [];
		const begun = performance.now();
		store.dispatchAll(actions);
		// Once the frame behind it is drawn.
		setImmediate(() => {
			const took = performance.now() - begun;
			const rest = took < FELT_MS ? short : 2 * took;
			if (rest === 0) rested();
			else setTimeout(rested, rest).unref();
		});
	};
	const rested = () => {
		resting = false;
		if (changed.size + told.length > 0) post();
	};
	return {
		show(host) {
			changed.add(host);
			if (!resting) post();
		},
		tell(action) {
			told.push(action);
			if (!resting || !several) post();
		},
	};
}
