/** Domains among those of all hosts. */
import type {Domain, Host} from '../../../core/model/domain.ts';
import type {ConnectionState, HostColor, View} from '../../../core/model/hypervisor.ts';

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
	/** The configuration wants nothing changed there. */
	readonly readonly?: true;
	readonly color?: HostColor;
	readonly view: View;
};

/** What is there now on a host. */
export type HostNews = {readonly host: HostName; readonly view: View};

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

/** Of a host that has not changed nothing is looked at: there may be a thousand others. */
const madeOfAll = new WeakMap<readonly Domain[], {readonly host: HostName; readonly all: readonly Placed[]}>();

function placed(domain: Domain, host: HostName): Placed {
	const known = made.get(domain);
	if (known?.host === host) return known;
	const one: Placed = {...domain, host, key: keyOf(host, domain.uuid)};
	made.set(domain, one);
	return one;
}

function allPlaced(domains: readonly Domain[], host: HostName): readonly Placed[] {
	const known = madeOfAll.get(domains);
	if (known?.host === host) return known.all;
	const all = domains.map(domain => placed(domain, host));
	madeOfAll.set(domains, {host, all});
	return all;
}

export function seen(hosts: readonly HostView[]): Seen {
	const read = hosts.flatMap(({name, view: {inventory}}) => (inventory === null ? [] : [{name, inventory}]));
	const domains = read.flatMap(({name, inventory}) => allPlaced(inventory.domains, name));
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

/** In the order given; the same ones where nothing differs. */
export function withViews(hosts: readonly HostView[], views: ReadonlyMap<HostName, View>): readonly HostView[] {
	const next = hosts.map(host => {
		const view = views.get(host.name) ?? host.view;
		return view === host.view ? host : {...host, view};
	});
	return next.every((host, index) => host === hosts[index]) ? hosts : next;
}
