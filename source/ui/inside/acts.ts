/** A snapshot that is opened for reading: what comes of it, and what keys do there. */
import type {Act, Action, Next} from '../state/actions.ts';
import {selectedDomain, selectedSnapshot} from '../state/rows.ts';
import type {Inside, State} from '../state/state.ts';

export const openInside: Act = state => {
	const [domain, snapshot] = [selectedDomain(state), selectedSnapshot(state)];
	if (domain === null || snapshot === null) return [state, []];
	const token = state.tokens + 1;
	const screen: Inside = {
		name: 'inside',
		top: 0,
		domain: domain.key,
		token,
		tag: snapshot.tag,
		opened: null,
		failure: null,
	};
	return [{...state, tokens: token, screen}, [{type: 'open-snapshot', domain: domain.key, snapshot, token}]];
};

export const closeInside: Act = state => {
	const {screen} = state;
	if (screen.name !== 'inside') return [state, []];
	return [{...state, screen: {name: 'lists'}}, [{type: 'close-snapshot', token: screen.token}]];
};

type Answer = Extract<Action, {type: 'opened' | 'not-open'}>;

/** What was left before it was open is closed. */
export function insideAnswered(state: State, action: Answer): Next {
	const {screen} = state;
	if (screen.name !== 'inside' || screen.token !== action.token)
		return [state, action.type === 'opened' ? [{type: 'close-snapshot', token: action.token}] : []];
	const now: Inside =
		action.type === 'opened' ? {...screen, opened: action.opened} : {...screen, opened: null, failure: action.reason};
	return [{...state, screen: now}, []];
}
