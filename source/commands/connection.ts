/** From a URI to known facts, and from what a person typed to a domain. */

import type {Domain, Inventory} from '../core/model/domain.ts';
import type {Hypervisor} from '../core/model/hypervisor.ts';
import type {Refusal} from '../core/model/refusal.ts';
import {t} from '../core/words/text.ts';
import {type Context, NoConnection} from './context.ts';
import {nearest} from './line/nearest.ts';

/** Open the hypervisor, hand it to `use`, close it whatever happens. */
export async function withHypervisor<T>(context: Context, use: (hypervisor: Hypervisor) => Promise<T>): Promise<T> {
	const hypervisor = context.adapters.openHypervisor(context.uri, context.receipts);
	try {
		return await use(hypervisor);
	} finally {
		await hypervisor.close();
	}
}

/** Read everything once; rejects with `NoConnection` where libvirt does not answer. */
export async function readInventory(hypervisor: Hypervisor): Promise<Inventory> {
	await hypervisor.refresh();
	const {connection, inventory} = hypervisor.view();
	if (connection.status === 'lost') throw new NoConnection(connection.reason);
	if (!inventory) throw new NoConnection('libvirt gave no answer');
	return inventory;
}

/** Find a domain by id, UUID or name, in virsh's own order (virsh-domain.c, virshLookupDomainInternal). */
export function findDomain(domains: readonly Domain[], text: string): Domain | Refusal {
	const found =
		(/^\d+$/.test(text) ? domains.find(domain => domain.id === Number(text)) : undefined) ??
		domains.find(domain => domain.uuid === text.toLowerCase()) ??
		domains.find(domain => domain.name === text);
	if (found) return found;
	const names = domains.map(({name}) => name);
	const guess = nearest(text, names) ?? names.find(name => name.toLowerCase() === text.toLowerCase()) ?? null;
	const remedy = t`${guess === null ? '' : t`Did you mean ${guess}? `}See all: virsnap list`;
	return {code: 'not-found', reason: t`No domain is called ${text}.`, remedy};
}

/** Whether `findDomain` found none. */
export function isRefusal(value: Domain | Refusal): value is Refusal {
	return 'code' in value;
}
