/** Commands of virsh on one domain, and the domain's address as data. */
import {type GenericSchema, nullable, object, string} from 'valibot';
import type {DomainAddress} from '../model/does.ts';
import type {Facts} from '../model/domain.ts';

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
