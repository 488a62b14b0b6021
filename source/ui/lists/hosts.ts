/** What keys do about hosts. */
import type {Act} from '../state/actions.ts';
import type {Condition} from '../state/conditions.ts';
import {hostBlocks} from '../state/hosts/lines.ts';
import type {HostName} from '../state/hosts/placed.ts';
import {askingHost} from '../state/hosts/told.ts';
import {type Move, moved, pageRows} from '../state/paging.ts';
import {selectedHost} from '../state/rows.ts';
import type {State} from '../state/state.ts';

/** At the one that waits for an answer, else at the one that was looked at. */
export const openHosts: Act = state => {
	const host = askingHost(state, selectedHost(state)) ?? selectedHost(state) ?? state.hosts[0]!.name;
	return [toHost({...state, screen: {name: 'hosts', top: 0, host}}, host), [{type: 'ask-hosts'}]];
};

/** Those that are lost are tried at once. */
export const readHostsAgain: Act = state => [state, [{type: 'refresh'}, {type: 'ask-hosts'}]];

export const moveToHost =
	(by: Move): Act =>
	state => {
		if (state.screen.name !== 'hosts') return [state, []];
		const {host} = state.screen;
		const blocks = hostBlocks(state);
		const at = Math.max(
			0,
			blocks.findIndex(({name}) => name === host),
		);
		const page = Math.max(1, Math.floor((pageRows(state) * blocks.length) / (blocks.at(-1)!.first + 1)));
		return [toHost(state, blocks[moved(at, by, blocks.length, page)]!.name), []];
	};

/** As little is scrolled as shows all that is said of it; with the first one the headings are seen. */
function toHost(state: State, host: HostName): State {
	const {screen} = state;
	const blocks = hostBlocks(state);
	const block = blocks.find(({name}) => name === host);
	if (screen.name !== 'hosts' || block === undefined) return state;
	const begin = block === blocks[0] ? 0 : block.first;
	const end = block.first + block.lines.length;
	const top = Math.min(begin, Math.max(screen.top, end - pageRows(state)));
	return {...state, screen: {...screen, top, host}};
}

/** The one under the cursor; on the list, where one that never connected has no row, any other if that needs nothing. */
function hostToAnswer(state: State): HostName | undefined {
	const {screen} = state;
	if (screen.name !== 'hosts') return askingHost(state, selectedHost(state));
	return askingHost(state, screen.host) === screen.host ? screen.host : undefined;
}

export const wantsAnswer: Condition = state => {
	if (hostToAnswer(state) !== undefined) return true;
	return state.screen.name === 'hosts' ? 'this host asks for nothing' : 'no host asks for anything';
};

export const letAsk: Act = state => {
	const host = hostToAnswer(state);
	return [state, host === undefined ? [] : [{type: 'let-ask', host}]];
};
