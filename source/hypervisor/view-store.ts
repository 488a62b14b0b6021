/** The one present `View`, and those who want to hear when it becomes another one. */

import {isDeepStrictEqual} from 'node:util';
import type {Domain, Host} from '../core/model/domain.ts';
import {type ConnectionState, unread, type View} from '../core/model/hypervisor.ts';
import {debug, debugging} from '../programs/debug-log.ts';

export type ViewStore = {
	view(): View;
	subscribe(listener: () => void): () => void;
	connection(connection: ConnectionState): void;
	/** Put in place what was read. Domains that are as they were stay the same objects; if nothing differs nobody is called. */
	update(change: ViewChange): void;
};

type ViewChange = {
	readonly host?: Host;
	/** All domains there are now. */
	readonly domains?: readonly Domain[];
	readonly pending?: ReadonlySet<string>;
	readonly connection?: ConnectionState;
};

export function createViewStore(): ViewStore {
	let view = unread;
	const listeners = new Set<() => void>();

	function update(change: ViewChange): void {
		const next = merge(view, change);
		if (next === view) return;
		debugChange(view, next);
		view = next;
		for (const listener of listeners) listener();
	}

	return {
		view: () => view,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		connection: connection => update({connection}),
		update,
	};
}

function debugChange(before: View, after: View): void {
	if (!debugging()) return;
	const known = new Map(before.inventory?.domains.map(domain => [domain.uuid, domain]));
	const changed = after.inventory?.domains.filter(domain => known.get(domain.uuid) !== domain) ?? [];
	debug('view', {
		connection: after.connection,
		pending: after.pending.size,
		domains: after.inventory?.domains.length ?? null,
		changed: changed.map(({uuid, name, state, snapshots}) => ({uuid, name, state, snapshots: snapshots.length})),
	});
}

function merge(view: View, change: ViewChange): View {
	const connection = keep(view.connection, change.connection);
	const pending = keep(view.pending, change.pending);
	const inventory = mergeInventory(view, change);
	const same = connection === view.connection && pending === view.pending && inventory === view.inventory;
	return same ? view : {connection, inventory, pending};
}

function mergeInventory({inventory}: View, change: ViewChange): View['inventory'] {
	const host = keep(inventory?.host, change.host);
	if (!host || (!inventory && !change.domains)) return inventory;
	const domains = change.domains ? mergeDomains(inventory?.domains ?? [], change.domains) : inventory!.domains;
	return host === inventory?.host && domains === inventory.domains ? inventory : {host, domains};
}

function mergeDomains(before: readonly Domain[], after: readonly Domain[]): readonly Domain[] {
	const known = new Map(before.map(domain => [domain.uuid, domain]));
	const merged = after.map(domain => keep(known.get(domain.uuid), domain)!);
	const same = merged.length === before.length && merged.every((domain, index) => domain === before[index]);
	return same ? before : merged;
}

function keep<T>(before: T, after: T | undefined): T {
	return after === undefined || isDeepStrictEqual(before, after) ? before : after;
}
