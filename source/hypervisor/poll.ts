/** A cheap look at what raises no event: is anything not as it was read? */

import {isDeepStrictEqual} from 'node:util';
import {isActive} from '../core/model/domain.ts';
import {type DomainDefinition, readSnapshotNames} from '../inventory/read.ts';
import type {Names} from '../inventory/snapshots.ts';
import type {Sources} from '../inventory/sources.ts';
import {type DomainRow, type LibvirtReader, orNull} from '../libvirt/reader.ts';

/** What was known of a domain when it was read last, for comparison. */
export type Known = {
	readonly head: Pick<DomainRow, 'name' | 'id' | 'state'>;
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
 * Ask libvirt for states, and for the snapshots of domains whose metadata is not known to be as it was; look at the images.
 *
 * @throws {ConnectionError} libvirt could not be asked
 */
export async function poll({reader, images, metadata}: Sources, known: ReadonlyMap<string, Known>): Promise<Findings> {
	const quiet = await metadata.quiet(new Map([...known].map(([uuid, {head}]) => [uuid, head.name])));
	const all = [...known.values()];
	const [rows, asked, moved] = await Promise.all([
		reader.quiet.domains(),
		Promise.all([...known].flatMap(([uuid, one]) => (quiet.has(uuid) ? [] : namesNow(reader.quiet, uuid, one.names)))),
		images.changed(watchedFiles(all), watchedFiles(all.filter(({head}) => isActive(head)))),
	]);
	const heads = new Map(rows.map(row => [row.uuid, row]));
	const same = asked.filter(names => isDeepStrictEqual(names, known.get(names.uuid)!.names));
	await metadata.settle(same.map(names => ({name: known.get(names.uuid)!.head.name, names})));
	const sameNames = new Set([...quiet, ...same.map(({uuid}) => uuid)]);
	const changed = [...known].flatMap(([uuid, {head: before, files}]) => {
		const head = heads.get(uuid);
		const asBefore = head && sameHead(head, before) && sameNames.has(uuid) && !files.some(file => moved.has(file));
		return head && !asBefore ? [uuid] : [];
	});
	const fresh = [...heads.keys()].filter(uuid => !known.has(uuid));
	return {changed: [...changed, ...fresh], gone: [...known.keys()].filter(uuid => !heads.has(uuid))};
}

function watchedFiles(known: readonly Known[]): Set<string> {
	return new Set(known.flatMap(({files}) => files));
}

/** Where there was none, there is no current one either without a name more: half the questions on many a host. */
async function namesNow(reader: LibvirtReader, uuid: string, before: Names): Promise<Names> {
	return before.list.length > 0
		? readSnapshotNames(reader, uuid)
		: {uuid, list: (await orNull(reader.snapshotNames(uuid))) ?? [], current: null};
}

/**
 * One that runs under another id was started again meanwhile. `no state` stands for a table that did not fit: no reason to read everything
 * again.
 */
export function sameHead(now: DomainRow, before: Known['head']): boolean {
	const same = now.state === before.state && now.id === before.id;
	return now.name === before.name && (same || now.state === 'no state');
}
