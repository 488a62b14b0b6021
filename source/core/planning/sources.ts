/** The files that disks run on when a plan is done. */
import {domainSourceKinds, snapshotSourceKinds} from '../domain-xml/sources.ts';
import type {PlacedDisk, SourceKind} from '../model/does.ts';
import {type Facts, formatOf} from '../model/facts.ts';
import {sameFile} from '../model/files.ts';
import type {Expectation, Plan} from '../model/plan.ts';

export type Source = Extract<Expectation, {kind: 'source'}>;

/** Those that the plan promises. */
export function sourcesOf(plan: Pick<Plan, 'expect'>): Source[] {
	return plan.expect.filter(expectation => expectation.kind === 'source');
}

/** Whether the disk runs on the file that it was to run on. */
export function isPutOn(facts: Pick<Facts, 'domain' | 'identities'>, {target, file}: Source): boolean {
	return facts.domain.disks.some(disk => disk.target === target && sameFile(facts, disk.source, file));
}

/** A disk that is put on an image which is there: as its definition, or libvirt's record of a snapshot, names that image. */
export function placeOf(facts: Facts, target: string, file: string, format = 'qcow2'): PlacedDisk {
	const as = sourceKindOf(facts, file);
	return {target, file, format: formatOf(facts, file) ?? format, ...(as ? {as} : {})};
}

/** What a definition has to call this image; undefined for a plain file. */
function sourceKindOf(facts: Facts, file: string): SourceKind | undefined {
	const {domain, inactiveXml, snapshotXml, blockDevices} = facts;
	const isIt = (name: string | null) => sameFile(facts, name, file);
	const defined = domain.disks.find(({source}) => isIt(source));
	const now = defined && domainSourceKinds(inactiveXml).get(defined.target);
	const recorded = domain.snapshots.flatMap(({tag, disks}) =>
		disks
			.filter(({source}) => isIt(source))
			.flatMap(({target}) => snapshotSourceKinds(snapshotXml[tag] ?? '').get(target) ?? []),
	);
	return now ?? recorded[0] ?? (blockDevices.includes(file) ? {type: 'block'} : undefined);
}
