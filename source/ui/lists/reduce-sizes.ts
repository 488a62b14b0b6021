/** Sizes are read of the domain that is looked at, and again when it has changed. */
import type {Action, Effect, Next} from '../state/actions.ts';
import {selectedDomain} from '../state/rows.ts';
import type {State} from '../state/state.ts';

/** After any change: requests what the selected domain lacks. */
export function wantSizes(state: State): readonly [State, readonly Effect[]] {
	const domain = selectedDomain(state);
	if (domain === null || domain === state.sizes.of || state.view.pending.has(domain.uuid)) return [state, []];
	const sizes = {...state.sizes, of: domain};
	return [{...state, sizes}, domain.snapshots.length === 0 ? [] : [{type: 'read-sizes', uuid: domain.uuid}]];
}

export function sizesRead(state: State, {uuid, sizes}: Extract<Action, {type: 'sizes'}>): Next {
	return [{...state, sizes: {...state.sizes, known: {...state.sizes.known, [uuid]: sizes}}}, []];
}
