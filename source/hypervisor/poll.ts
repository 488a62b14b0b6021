/** A cheap look at what raises no event: is anything not as it was read? */

import {type DomainDefinition, parseCurrent, snapshotQuestions} from '../inventory/read.ts';
import type {Sources} from '../inventory/sources.ts';
import {askAround} from '../libvirt/virsh/ask.ts';
import {type DomainHead, headQuestions, parseHeads} from '../libvirt/virsh/domain-list.ts';

/** What was known of a domain when it was read last, for comparison. */
export type Known = {
	readonly head: Pick<DomainHead, 'name' | 'state'>;
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
export async function poll({libvirt, images}: Sources, known: ReadonlyMap<string, Known>): Promise<Findings> {
	const uuids = [...known.keys()];
	const [[{names, table}, answers], moved] = await Promise.all([
		askAround(libvirt, headQuestions, uuids.map(snapshotQuestions)),
		images.changed(new Set([...known.values()].flatMap(({files}) => files))),
	]);
	const heads = new Map(parseHeads(names.stdout, table.stdout).map(head => [head.uuid, head]));
	const changed = uuids.filter((uuid, index) => {
		const before = known.get(uuid)!;
		const head = heads.get(uuid);
		const {list, current} = answers[index]!;
		const sameNames = list.stdout === before.names.list && parseCurrent(current) === before.names.current;
		return head && !(sameHead(head, before.head) && sameNames && !before.files.some(file => moved.has(file)));
	});
	const fresh = [...heads.keys()].filter(uuid => !known.has(uuid));
	return {changed: [...changed, ...fresh], gone: uuids.filter(uuid => !heads.has(uuid))};
}

/** `no state` stands for a table that did not fit: no reason to read everything again. */
function sameHead(now: DomainHead, before: Known['head']): boolean {
	return now.name === before.name && (now.state === before.state || now.state === 'no state');
}
