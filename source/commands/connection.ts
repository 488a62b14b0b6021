/** From a URI to known facts, and from what a person typed to a domain. */

import type {Domain, Inventory} from '../core/model/domain.ts';
import type {Hypervisor, NamedHost} from '../core/model/hypervisor.ts';
import type {Refusal} from '../core/model/refusal.ts';
import {RefusalError} from '../core/words/foreseen-error.ts';
import {asCommands} from '../core/words/remedy.ts';
import {enumerate, t} from '../core/words/text.ts';
import {type Context, NoConnection} from './context.ts';
import {onlyLooking} from './hosts/only-looking.ts';
import {nearest} from './line/nearest.ts';

/**
 * Open the hypervisor, hand it to `use`, close it whatever happens. `there` knows how a command is started on that machine: remedies are
 * told by it.
 */
export async function withHypervisor<T>(
	context: Context,
	use: (hypervisor: Hypervisor, there: Context) => Promise<T>,
): Promise<T> {
	const host = context.hosts.find(({uri}) => uri === context.uri);
	const hypervisor = openNamed(context, host ?? {name: '', uri: context.uri});
	let there = context;
	try {
		// One that is not reached says so when it is asked for something.
		const machine = await hypervisor.machine().catch(() => null);
		there = {...context, ssh: machine?.ssh ?? null};
		return await use(hypervisor, there);
	} catch (error) {
		if (!(error instanceof RefusalError)) throw error;
		const {refusal} = error;
		throw new RefusalError({...refusal, remedy: asCommands(refusal.remedy, there)}, {cause: error});
	} finally {
		await hypervisor.close();
	}
}

/** A host that is marked so is only looked at. */
export function openNamed({adapters, receipts, hosts}: Context, host: NamedHost): Hypervisor {
	const opened = adapters.openHypervisor(host.uri, receipts, hosts.length < 2);
	return host.readonly ? onlyLooking(opened, host) : opened;
}

/** Read everything once, or only the heads; rejects with `NoConnection` where libvirt does not answer. */
export async function readInventory(hypervisor: Hypervisor, what?: 'heads'): Promise<Inventory> {
	await hypervisor.refresh(what);
	const {connection, inventory} = hypervisor.view();
	if (connection.status === 'lost') throw new NoConnection(connection.reason, connection.remedy ?? null, connection);
	if (!inventory) throw new NoConnection('libvirt gave no answer', null);
	return inventory;
}

/** The one domain that this is the id, the UUID or the name of; refused where it is that of two. */
export function findDomain(domains: readonly Domain[], text: string): Domain | Refusal {
	const found = domains.filter(({id, uuid, name}) => isId(text, id) || uuid === text.toLowerCase() || name === text);
	if (found.length > 1) return ambiguous(found, text);
	if (found[0]) return found[0];
	const names = domains.map(({name}) => name);
	const guess = nearest(text, names) ?? names.find(name => name.toLowerCase() === text.toLowerCase()) ?? null;
	const remedy = t`${guess === null ? '' : t`Did you mean ${guess}? `}See all: virsnap list`;
	return {code: 'not-found', reason: t`No domain is called ${text}.`, remedy};
}

const isId = (text: string, id: number | null) => /^\d+$/.test(text) && id === Number(text);

/** virsh would take the id before the UUID, and both before the name (virsh-domain.c, virshLookupDomainInternal). */
function ambiguous(found: readonly Domain[], text: string): Refusal {
	const words = found.map(({id, uuid, name}) => {
		const what = isId(text, id) ? 'id' : name === text ? 'name' : 'UUID';
		return t`the ${what} of ${name} (${uuid})`;
	});
	return {
		code: 'ambiguous-name',
		reason: t`${text} is ${enumerate(words)}.`,
		remedy: 'Give the UUID of the one that you mean.',
	};
}

/** Whether `findDomain` found none. */
export function isRefusal(value: Domain | Refusal): value is Refusal {
	return 'code' in value;
}
