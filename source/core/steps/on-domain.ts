/** Commands of virsh on one domain, and the domain's address as data. */
import {type GenericSchema, nullable, object, string} from 'valibot';
import type {DomainAddress} from '../model/does.ts';
import type {Facts} from '../model/facts.ts';
import type {Plan} from '../model/plan.ts';

export const addressSchema: GenericSchema<unknown, DomainAddress> = object({uri: nullable(string()), uuid: string()});

/** The planned domain's. */
export function addressOf({host, domain}: Pick<Facts, 'host' | 'domain'>): DomainAddress {
	return {uri: host.uri, uuid: domain.uuid};
}

/** `virsh COMMAND --domain=UUID …`. */
export function virshOn({uri, uuid}: DomainAddress, command: string, ...words: readonly string[]): string[] {
	return virsh({uri}, command, `--domain=${uuid}`, ...words);
}

/** `virsh [-c URI] COMMAND…` (virsh(1)). */
export function virsh({uri}: Pick<DomainAddress, 'uri'>, ...words: readonly string[]): string[] {
	return ['virsh', ...(uri === null ? [] : ['-c', uri]), ...words];
}

/** What virsh connects to where it is given nothing: one of these, by user (libvirt.org/uri.html). */
const defaults: readonly (string | null)[] = [null, 'qemu:///system', 'qemu:///session'];

/** Whether the plan was made on another connection than that of this URI, as far as its steps tell. */
export function isOfOtherConnection({steps}: Pick<Plan, 'steps'>, uri: string | null): boolean {
	return steps.some(({does}) => {
		if (!('on' in does) || does.on.uri === uri) return false;
		// The default may be the same daemon that is named elsewhere.
		const unclear = does.on.uri === null || uri === null;
		return !(unclear && defaults.includes(does.on.uri) && defaults.includes(uri));
	});
}
