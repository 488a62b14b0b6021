/** Names alone, for the completion of a command line: as little is asked as can be. */
import {isWritable} from '../core/model/domain.ts';
import type {Name} from '../core/model/hypervisor.ts';
import {parseDomainXml} from '../libvirt/domain-xml.ts';
import {readDomains, readHeads} from './read.ts';
import type {Sources} from './sources.ts';

/**
 * Every domain, with its state.
 *
 * @throws {ConnectionError} libvirt could not be asked
 */
export async function domainNames(sources: Sources): Promise<Name[]> {
	const {heads} = await readHeads(sources);
	return heads.map(({name, state}) => ({name, about: state}));
}

/**
 * The disks of one domain that a snapshot can hold, each with what it runs on, under the same conditions.
 *
 * @throws {ConnectionError} libvirt could not be asked
 */
export async function diskNames(sources: Sources, domain: string): Promise<Name[]> {
	const {heads} = await readHeads(sources);
	const head = heads.find(({uuid, name}) => name === domain || uuid === domain);
	if (!head) return [];
	const {disks} = parseDomainXml(await sources.reader.definition(head.uuid));
	return disks.filter(isWritable).map(({target, source}) => ({name: target, about: source ?? ''}));
}

/**
 * The snapshots of one domain, given by name or UUID, with their kind, or their health where that is not ok; none where there is
 * no such domain. Other domains are not looked at.
 *
 * @throws {ConnectionError} libvirt could not be asked
 */
export async function snapshotNames(sources: Sources, domain: string): Promise<Name[]> {
	const {heads} = await readHeads(sources);
	const head = heads.find(({uuid, name}) => name === domain || uuid === domain);
	if (!head) return [];
	const found = await readDomains(sources, [head.uuid]);
	return found.flatMap(({snapshots}) =>
		snapshots.map(({tag, kind, health}) => ({name: tag, about: health === 'ok' ? kind : health})),
	);
}
