/** What keys do about operations: look at one, at another, cancel it. */
import type {Act} from '../state/actions.ts';
import type {Screen, State} from '../state/state.ts';
import {shownWork} from '../state/works.ts';
import {askedToCancel} from './reduce-operations.ts';

export const openProgress: Act = state => {
	const work = shownWork(state);
	if (work === null) return [state, []];
	return [{...state, screen: {name: 'progress', top: 0, key: work.key, asking: false}}, []];
};

/** The screen of the operation before this one, round and round. */
export const showAnother: Act = state => {
	const {screen, works} = state;
	if (screen.name !== 'progress' || works.length < 2) return [state, []];
	const at = works.findIndex(({key}) => key === screen.key);
	const {key} = works[(at + works.length - 1) % works.length]!;
	return [{...state, screen: {...screen, key, top: 0, asking: false}}, []];
};

export const askWhetherToCancel: Act = state => [asking(state, true), []];

export const keepRunning: Act = state => [asking(state, false), []];

export const cancelOperation: Act = state => askedToCancel(state);

function asking(state: State, yes: boolean): State {
	const screen: Screen = state.screen.name === 'progress' ? {...state.screen, asking: yes} : state.screen;
	return {...state, screen};
}
