/** Lists of domains, put together: libvirt gives one for each state, in no order. */
import type {DomainState} from '../../../core/model/domain.ts';
import {sortByName} from '../../reader.ts';

/** One of a list. */
export type ListedDomain = {readonly name: string; readonly uuid: string; readonly id: number};

/** The state of each domain that exactly one of the lists has: others changed between them. */
export function byState(lists: Partial<Record<DomainState, readonly ListedDomain[]>>): Map<string, DomainState> {
	const found = new Map<string, DomainState[]>();
	for (const [state, domains] of Object.entries(lists) as [DomainState, readonly ListedDomain[]][]) {
		for (const {uuid} of domains) found.set(uuid, [...(found.get(uuid) ?? []), state]);
	}

	return new Map([...found].flatMap(([uuid, states]) => (states.length === 1 ? [[uuid, states[0]!] as const] : [])));
}

/** Active ones by their ids, then the others by name, as `virsh list` sorts them. */
export function inOrder<T extends ListedDomain>(domains: readonly T[]): T[] {
	const active = domains.filter(({id}) => id >= 0).sort((left, right) => left.id - right.id);
	return [
		...active,
		...sortByName(
			domains.filter(({id}) => id < 0),
			({name}) => name,
		),
	];
}
