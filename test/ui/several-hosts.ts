/** Two hosts, with a copy of one domain on the second. */
import type {View} from '../../source/core/model/hypervisor.ts';
import {initialState, type State} from '../../source/ui/state/state.ts';
import {makeTheme} from '../../source/ui/terminal/theme.ts';
import {domainOf, domains, host, snapshotAt} from './domains.ts';
import {connected} from './fake-hypervisor.ts';
import {after, pressed} from './play.ts';

export const [web, db] = domains;
export const mail = domainOf('mail', {snapshots: [snapshotAt('monday', 3)]});

export const viewOf = (...all: readonly (typeof mail)[]): View => ({...connected, inventory: {host, domains: all}});
/** A copy of web is on the second, by the same UUID. */
export const views = {h1: viewOf(web!, db!), h2: viewOf({...web!, state: 'shut off', id: null}, mail)};

export const lost = (view: View, reason: string, refused = false): View => ({
	...view,
	connection: {status: 'lost', reason, remedy: 'Check that the host runs.', retryAt: '2026-11-23T14:31:00Z', refused},
});

export function several(all: Readonly<Record<string, View>>): State {
	const {glyphs} = makeTheme({LANG: 'C.UTF-8'});
	const names = Object.keys(all);
	const start = initialState({size: {columns: 100, rows: 30}, glyphs, hosts: names.map(name => ({name, uri: name}))});
	return after(start, ...names.map(name => ({type: 'views', views: [{host: name, view: all[name]!}]}) as const));
}

/** Down to the web of the second host: behind web and db of the first one. */
export const onSecondWeb = () => pressed(several(views), 'j j');
