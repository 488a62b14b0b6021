/** Sizes are read of the domain that is looked at, and again when it has changed; for the list of all of one domain after the other. */
import type {Domain} from '../../core/model/domain.ts';
import type {Action, Effect, Next} from '../state/actions.ts';
import {selectedDomain} from '../state/rows.ts';
import type {State} from '../state/state.ts';
import {allRows, selectedOfAll} from './all/rows.ts';

/** After any change: requests what the selected domain lacks. */
export function wantSizes(state: State): readonly [State, readonly Effect[]] {
	const domain = state.screen.name === 'all' ? nextOfAll(state) : selectedDomain(state);
	if (domain === null || domain === state.sizes.of || state.view.pending.has(domain.uuid)) return [state, []];
	const sizes = {...state.sizes, of: domain};
	return [{...state, sizes}, domain.snapshots.length === 0 ? [] : [{type: 'read-sizes', uuid: domain.uuid}]];
}

/** The domain under the cursor, else the next one in the list, of which nothing is known yet; null while one is being read. */
function nextOfAll(state: State): Domain | null {
	const {known, of} = state.sizes;
	const isUnknown = ({uuid}: Domain) => known[uuid] === undefined;
	const domains = state.view.inventory?.domains ?? [];
	// One that is gone is not answered for.
	if (of !== null && of.snapshots.length > 0 && isUnknown(of) && domains.some(({uuid}) => uuid === of.uuid))
		return null;
	const readable = (domain: Domain | undefined) =>
		domain !== undefined && isUnknown(domain) && !state.view.pending.has(domain.uuid);
	const here = selectedOfAll(state)?.domain;
	if (here && readable(here)) return here;
	return allRows(state).find(({domain}) => readable(domain))?.domain ?? null;
}

export function sizesRead(state: State, {uuid, sizes}: Extract<Action, {type: 'sizes'}>): Next {
	return [{...state, sizes: {...state.sizes, known: {...state.sizes.known, [uuid]: sizes}}}, []];
}
