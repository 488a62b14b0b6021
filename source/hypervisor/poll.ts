/** A cheap look at what raises no event: is anything not as it was read? */

import {isDeepStrictEqual} from 'node:util';
import {type DomainDefinition, readNames} from '../inventory/read.ts';
import type {Sources} from '../inventory/sources.ts';
import type {DomainRow} from '../libvirt/reader.ts';

/** What was known of a domain when it was read last, for comparison. */
export type Known = {
	readonly head: Pick<DomainRow, 'name' | 'state'>;
	readonly names: DomainDefinition['names'];
	/** Active layers of its disks. */
	readonly files: readonly string[];
};

type Findings = {
	/** Domains to be read again, new ones included. */
	readonly changed: readonly string[];
	/** Domains that are no more. */
	readonly gone: readonly string[];
};

/**
 * Ask libvirt for states and snapshot names, and look at the images' headers.
 *
 * @throws {ConnectionError} libvirt could not be asked
 */
export async function poll({reader, images}: Sources, known: ReadonlyMap<string, Known>): Promise<Findings> {
	const uuids = [...known.keys()];
	const [rows, names, moved] = await Promise.all([
		reader.quiet.domains(),
		Promise.all(uuids.map(uuid => readNames(reader.quiet, uuid))),
		images.changed(new Set([...known.values()].flatMap(({files}) => files))),
	]);
	const heads = new Map(rows.map(row => [row.uuid, row]));
	const changed = uuids.filter((uuid, index) => {
		const before = known.get(uuid)!;
		const head = heads.get(uuid);
		const sameNames = isDeepStrictEqual(names[index], before.names);
		return head && !(sameHead(head, before.head) && sameNames && !before.files.some(file => moved.has(file)));
	});
	const fresh = [...heads.keys()].filter(uuid => !known.has(uuid));
	return {changed: [...changed, ...fresh], gone: uuids.filter(uuid => !heads.has(uuid))};
}

/** `no state` stands for a table that did not fit: no reason to read everything again. */
function sameHead(now: DomainRow, before: Known['head']): boolean {
	return now.name === before.name && (now.state === before.state || now.state === 'no state');
}
