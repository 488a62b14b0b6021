/** What hosts tell: what is there, and how they answer. */
import type {Contact, FileSystem} from '../../../core/model/hypervisor.ts';
import {clockWords} from '../../../core/words/clock.ts';
import {t} from '../../../core/words/text.ts';
import type {State} from '../state.ts';
import {type HostName, type HostNews, seen, withViews} from './placed.ts';

export function viewed(state: State, news: readonly HostNews[]): State {
	const views = new Map(news.map(({host, view}) => [host, view]));
	const hosts = withViews(state.hosts, views);
	return hosts === state.hosts ? state : {...state, hosts, view: seen(hosts)};
}

/** Ages and expiry on the screen go by the clock here, dates by the clock there: where they differ that is said. */
export function contacted(state: State, name: HostName, contact: Contact): State {
	const next = {...state, contacts: {...state.contacts, [name ?? '']: contact}};
	const clock = clockWords(contact);
	if (clock === null || state.notice !== null || state.screen.name !== 'lists') return next;
	const whose = name === null ? 'of the host' : t`of ${name}`;
	return {...next, notice: {tone: 'warn', text: `The clock ${whose} is ${clock}: dates there go by it.`}};
}

export const fileSystemsTold = (state: State, name: HostName, fileSystems: readonly FileSystem[]): State => ({
	...state,
	fileSystems: {...state.fileSystems, [name ?? '']: fileSystems},
});
