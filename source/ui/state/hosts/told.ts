/** Hosts as they are told on the screen. */
import type {HostColor} from '../../../core/model/hypervisor.ts';
import type {Tone} from '../../terminal/theme.ts';
import type {State} from '../state.ts';
import type {HostName, HostView} from './placed.ts';

export type HostState = 'connected' | 'slow' | 'connecting' | 'lost' | 'asking' | 'refused';

export function hostState({view: {connection}}: HostView): HostState {
	if (connection.status !== 'lost') return connection.status;
	if (connection.asks) return 'asking';
	return connection.refused ? 'refused' : 'lost';
}

export const HOST_TONES: Readonly<Record<HostState, Tone>> = {
	connected: 'ok',
	slow: 'warn',
	connecting: 'dim',
	lost: 'bad',
	asking: 'warn',
	refused: 'bad',
};

/** In this order they are counted, too. */
export const hostStates: readonly HostState[] = ['connected', 'slow', 'connecting', 'lost', 'asking', 'refused'];

const NONE: ReadonlySet<HostName> = new Set();

const lostOf = new WeakMap<readonly HostView[], ReadonlySet<HostName>>();

/** Of several those whose domains are as they were known last; the one that is alone says so in its first line. */
export function lostHosts({hosts}: State): ReadonlySet<HostName> {
	if (hosts.length < 2) return NONE;
	const known = lostOf.get(hosts);
	if (known) return known;
	const lost = hosts.filter(({view}) => view.connection.status === 'lost').map(({name}) => name);
	const made = lost.length === 0 ? NONE : new Set(lost);
	lostOf.set(hosts, made);
	return made;
}

const coloursOf = new WeakMap<readonly HostView[], ReadonlyMap<HostName, HostColor>>();

/** How the name of a host is drawn: in the colour that the configuration gives it, else as `other` says. */
export function hostTone({hosts}: State, host: HostName, other: Tone): Tone {
	let colours = coloursOf.get(hosts);
	if (colours === undefined) {
		colours = new Map(hosts.flatMap(({name, color}) => (color ? [[name, color] as const] : [])));
		coloursOf.set(hosts, colours);
	}
	const colour = colours.get(host);
	return colour ? `host ${colour}` : other;
}

export const severalHosts = ({hosts}: State): true | string => hosts.length > 1 || 'there is one host';

const asks = (host: HostView): boolean => hostState(host) === 'asking';

/** Whom ssh would have to ask a person for: this one, else the first one; undefined where none (null is the name of one that is alone). */
export function askingHost({hosts}: State, preferred: HostName): HostName | undefined {
	const asking = hosts.filter(asks);
	return (asking.find(({name}) => name === preferred) ?? asking[0])?.name;
}
