/** What keys do about operations: look at one, at another, cancel it. */
import type {Act} from '../state/actions.ts';
import type {Screen, State} from '../state/state.ts';
import {shownWork} from '../state/works.ts';
import {openBatch} from './batch/acts.ts';
import {askedToCancel} from './reduce-operations.ts';

/** The batch, where what ran last is of it; from its own screen the operation that is under way. */
export const openProgress: Act = (state, rows) => {
	const {batch, screen, works} = state;
	const ofBatch = batch !== null && (!batch.over || works.length === 0 || works.at(-1)?.key === batch.work);
	if (ofBatch && screen.name !== 'batch') return openBatch(state, rows);
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
