/** Domains among those of all hosts. */
import type {Domain, Host} from '../../../core/model/domain.ts';
import type {ConnectionState, View} from '../../../core/model/hypervisor.ts';

/** Null: the only one, which nothing on the screen names. */
export type HostName = string | null;

declare const ofDomain: unique symbol;

/** A host and a UUID: two hosts may have the same UUID, as after a copy. */
export type DomainKey = string & {readonly [ofDomain]: true};

/** No UUID has a slash, and no name of a host. */
export const keyOf = (host: HostName, uuid: string): DomainKey =>
	(host === null ? uuid : `${host}/${uuid}`) as DomainKey;

export function splitKey(key: DomainKey): {readonly host: HostName; readonly uuid: string} {
	const at = key.indexOf('/');
	return at < 0 ? {host: null, uuid: key} : {host: key.slice(0, at), uuid: key.slice(at + 1)};
}

export type Placed = Domain & {readonly host: HostName; readonly key: DomainKey};

/** How a domain is called on the screen, and on the command line: `h1/web` where there are several hosts. */
export const calledOn = (host: HostName, name: string): string => (host === null ? name : `${host}/${name}`);

export const calledName = ({host, name}: Pick<Placed, 'host' | 'name'>): string => calledOn(host, name);

/** A host, and what is known of it. */
export type HostView = {
	readonly name: HostName;
	/** As given; null: virsh's own default. */
	readonly uri: string | null;
	readonly view: View;
};

/** All hosts as one: what the lists are made of. */
export type Seen = {
	/** Of several: connected where one of them is. */
	readonly connection: ConnectionState;
	/** Last known facts; null before the first answer of any. `host` is the first one that has answered. */
	readonly inventory: {readonly host: Host; readonly domains: readonly Placed[]} | null;
	/** Domains whose disks and snapshots are still being read. */
	readonly pending: ReadonlySet<DomainKey>;
};

/** Facts never change in place: a domain that is as before is the same object, also here. */
const made = new WeakMap<Domain, Placed>();

function placed(domain: Domain, host: HostName): Placed {
	const known = made.get(domain);
	if (known?.host === host) return known;
	const one: Placed = {...domain, host, key: keyOf(host, domain.uuid)};
	made.set(domain, one);
	return one;
}

export function seen(hosts: readonly HostView[]): Seen {
	const read = hosts.flatMap(({name, view: {inventory}}) => (inventory === null ? [] : [{name, inventory}]));
	const domains = read.flatMap(({name, inventory}) => inventory.domains.map(domain => placed(domain, name)));
	return {
		connection: joined(hosts.map(({view}) => view.connection)),
		inventory: read[0] === undefined ? null : {host: read[0].inventory.host, domains},
		pending: new Set(hosts.flatMap(({name, view}) => [...view.pending].map(uuid => keyOf(name, uuid)))),
	};
}

/** The best of them. */
function joined(all: readonly ConnectionState[]): ConnectionState {
	const rank = ({status}: ConnectionState) => ['connected', 'slow', 'connecting', 'lost'].indexOf(status);
	return all.toSorted((one, other) => rank(one) - rank(other))[0] ?? {status: 'connecting'};
}

/** In the order given. */
export function withView(hosts: readonly HostView[], name: HostName, view: View): readonly HostView[] {
	return hosts.map(host => (host.name === name && host.view !== view ? {...host, view} : host));
}
