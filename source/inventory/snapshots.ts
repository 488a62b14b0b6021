/** libvirt's snapshots of domains: names first, then each one's metadata. */
import type {LibvirtSnapshot} from '../core/model/snapshot.ts';
import type {LibvirtReader} from '../libvirt/reader.ts';
import {snapshotParser} from '../libvirt/snapshot-xml.ts';

/** What libvirt lists of one domain: its snapshots' names as `LibvirtReader.snapshotNames` gives them, and the current one. */
export type Names = {readonly uuid: string; readonly list: readonly string[]; readonly current: string | null};

export type DomainSnapshots = {readonly snapshots: readonly LibvirtSnapshot[]; readonly problems: readonly string[]};

/** Metadata by name, as libvirt wrote it. */
export type Metadata = Readonly<Record<string, string>>;

/** Read the metadata of one domain's snapshots. `secure` keeps passwords in it, which is needed to write it back. */
export async function readSnapshots(
	reader: LibvirtReader,
	{uuid, list, current}: Names,
	secure = false,
): Promise<DomainSnapshots & {readonly xml: Metadata}> {
	const {records, problems} = await reader.snapshots(uuid, list, {secure});
	const read = snapshotParser();
	const parsed = records.map(({name, xml}) => parse(name, () => read(xml), current));
	return {
		snapshots: parsed.flatMap(({snapshot}) => snapshot ?? []),
		xml: Object.fromEntries(records.map(({name, xml}) => [name, xml])),
		problems: [...problems, ...parsed.flatMap(({problem}) => problem ?? [])],
	};
}

/** libvirt drops control characters from XML, so the name that was asked for is the true one. */
function parse(
	name: string,
	read: () => Omit<LibvirtSnapshot, 'current'>,
	current: string | null,
): {snapshot?: LibvirtSnapshot; problem?: string} {
	try {
		return {snapshot: {...read(), name, current: name === current}};
	} catch (error) {
		return {problem: `snapshot ${name}: ${(error as Error).message}`};
	}
}
