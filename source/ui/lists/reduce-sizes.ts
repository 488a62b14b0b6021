/** Sizes are read of the domain that is looked at, and again when it has changed; for the list of all of one domain after the other. */
import type {Action, Effect, Next} from '../state/actions.ts';
import type {Placed} from '../state/hosts/placed.ts';
import {selectedDomain} from '../state/rows.ts';
import type {State} from '../state/state.ts';
import {allRows, selectedOfAll} from './all/rows.ts';

/** After any change: requests what the selected domain lacks. */
export function wantSizes(state: State): readonly [State, readonly Effect[]] {
	const domain = state.screen.name === 'all' ? nextOfAll(state) : selectedDomain(state);
	if (domain === null || domain === state.sizes.of || state.view.pending.has(domain.key)) return [state, []];
	const sizes = {...state.sizes, of: domain};
	return [{...state, sizes}, domain.snapshots.length === 0 ? [] : [{type: 'read-sizes', domain: domain.key}]];
}

/** The domain under the cursor, else the next one in the list, of which nothing is known yet; null while one is being read. */
function nextOfAll(state: State): Placed | null {
	const {known, of} = state.sizes;
	const isUnknown = ({key}: Placed) => known[key] === undefined;
	const domains = state.view.inventory?.domains ?? [];
	// One that is gone is not answered for.
	if (of !== null && of.snapshots.length > 0 && isUnknown(of) && domains.some(({key}) => key === of.key)) return null;
	const readable = (domain: Placed | undefined) =>
		domain !== undefined && isUnknown(domain) && !state.view.pending.has(domain.key);
	const here = selectedOfAll(state)?.domain;
	if (here && readable(here)) return here;
	return allRows(state).find(({domain}) => readable(domain))?.domain ?? null;
}

export function sizesRead(state: State, {domain, sizes}: Extract<Action, {type: 'sizes'}>): Next {
	return [{...state, sizes: {...state.sizes, known: {...state.sizes.known, [domain]: sizes}}}, []];
}
