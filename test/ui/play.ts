/** The reducer under keys, without a terminal: what the key table and the reducer make of them together. */
import type {View} from '../../source/core/model/hypervisor.ts';
import {reduce} from '../../source/ui/reduce.ts';
import type {Action, Effect} from '../../source/ui/state/actions.ts';
import {type HostName, splitKey} from '../../source/ui/state/hosts/placed.ts';
import {initialState, type State} from '../../source/ui/state/state.ts';
import {makeTheme} from '../../source/ui/terminal/theme.ts';
import {factsOf} from './domains.ts';
import {connected} from './fake-hypervisor.ts';

type Played = {readonly state: State; readonly effects: readonly Effect[]};

export function begin(view: View = connected, size = {columns: 80, rows: 24}): State {
	const {glyphs} = makeTheme({LANG: 'C.UTF-8'});
	return after(initialState({size, glyphs, hosts: [{name: null, uri: null}]}), {
		type: 'views',
		views: [{host: null, view}],
	});
}

export const after = (state: State, ...actions: readonly Action[]): State => play(state, actions).state;

export function play(state: State, actions: readonly Action[]): Played {
	const effects: Effect[] = [];
	for (const action of actions) {
		const [next, asked] = reduce(state, action);
		state = next;
		effects.push(...asked);
	}
	return {state, effects};
}

/** Keys by their names in the key table, separated by spaces; facts that a dialog asks for arrive at once. */
export function press(state: State, keys: string): Played {
	const effects: Effect[] = [];
	for (const key of keys.split(' ')) {
		const played = play(state, [{type: 'key', key}]);
		state = played.state;
		effects.push(...played.effects);
		for (const effect of played.effects) {
			if (effect.type !== 'read-facts') continue;
			const {host, uuid} = splitKey(effect.domain);
			const answered = play(state, [
				{type: 'facts', token: effect.token, domain: effect.domain, facts: factsOf(uuid, onHost(state, host))},
			]);
			state = answered.state;
			effects.push(...answered.effects);
		}
	}
	return {state, effects};
}

const onHost = ({hosts}: State, host: HostName) => hosts.find(({name}) => name === host)?.view.inventory?.domains;

export const pressed = (state: State, keys: string): State => press(state, keys).state;
