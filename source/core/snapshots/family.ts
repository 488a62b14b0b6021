/** Who descends from whom in libvirt's tree of snapshots, and what depends on which file. */

import {snapshotOverlays, snapshotSources} from '../domain-xml/sources.ts';
import {type Disk, filesOf, type Image} from '../model/disk.ts';
import {type Domain, isWritable} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import {sameFile} from '../model/files.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {fileExists} from '../planning/files.ts';

/** Those taken on this snapshot, as libvirt's records have it. */
export function childrenOf({domain}: Pick<Facts, 'domain'>, snapshot: Snapshot): Snapshot[] {
	if (!snapshot.libvirt) return [];
	return domain.snapshots.filter(other => other.libvirt && other.parent === snapshot.tag);
}

/** Its children, and theirs, level by level. */
export function descendantsOf(facts: Pick<Facts, 'domain'>, snapshot: Snapshot): Snapshot[] {
	const found = childrenOf(facts, snapshot);
	// The list grows while it is walked; a record that is its own ancestor is met once.
	for (const one of found) {
		for (const child of childrenOf(facts, one)) if (child !== snapshot && !found.includes(child)) found.push(child);
	}
	return found;
}

/** What depends on another goes before it, else the newest first; `snapshots` as their domain has them, the oldest first. */
export function childrenFirst(snapshots: readonly Snapshot[]): Snapshot[] {
	const newest = snapshots.toReversed();
	const children = Map.groupBy(
		newest.filter(({libvirt}) => libvirt),
		({parent}) => parent,
	);
	const placed = new Set<Snapshot>();
	const met = new Set<Snapshot>();
	const place = (snapshot: Snapshot): void => {
		if (met.has(snapshot)) return;
		met.add(snapshot);
		if (snapshot.libvirt) for (const child of children.get(snapshot.tag) ?? []) place(child);
		placed.add(snapshot);
	};
	for (const snapshot of newest) place(snapshot);
	return [...placed];
}

/** Snapshots that were taken of this file: it is what they go back to. */
export function takenOn({snapshots}: Pick<Domain, 'snapshots'>, file: string): Snapshot[] {
	return snapshots.filter(snapshot => snapshot.disks.some(part => part.kind === 'external' && part.source === file));
}

/** Layers of the present chains whose base is this file. */
export function layersOn(facts: Pick<Facts, 'domain' | 'identities'>, file: string): Image[] {
	return facts.domain.disks.flatMap(({chain}) =>
		chain.filter((_, depth) => sameFile(facts, chain[depth + 1]?.file, file)),
	);
}

/** A disk's part in an external snapshot: the base that it was taken of, and the overlay that came of it. */
type RecordedLayer = {
	readonly target: string;
	readonly source?: string | null | undefined;
	readonly file: string | null;
};

type RecordedParts = readonly {readonly disks: readonly RecordedLayer[]}[];

/**
 * The disk that a part of a snapshot is about, told by what it runs on: it may have got another target since, and its old one been given
 * to another disk. Undefined where the domain has neither.
 */
export function diskOf(
	disks: readonly Disk[],
	part: RecordedLayer,
	snapshots: RecordedParts,
	same: (one: string, other: string) => boolean = Object.is,
): Disk | undefined {
	const layers = [part.file, part.source].filter(file => file != null);
	const isOn = (disk: Disk, files: Iterable<string>) => {
		const present = filesOf(disk);
		for (const layer of files) if (present.some(file => same(file, layer))) return true;
		return false;
	};
	const own = disks.find(({target}) => target === part.target);
	if (own && isOn(own, downFrom(layers, snapshots))) return own;
	return disks.find(disk => isWritable(disk) && isOn(disk, layers)) ?? own;
}

/**
 * These layers, and then what they were overlays of, as records tell: a revert may have put the disk on any of that. One after the other,
 * since nearly always the first ones are enough, and records are many.
 */
function* downFrom(layers: readonly string[], snapshots: RecordedParts): Generator<string> {
	const found = new Set(layers);
	// The set grows while it is walked.
	for (const file of found) {
		yield file;
		for (const {disks} of snapshots)
			for (const one of disks) if (one.file === file && one.source != null) found.add(one.source);
	}
}

/**
 * Whether the overlay of this part was merged into its base: what was taken on the overlay depends on the base. QEMU leaves it so when it
 * has merged a layer, until libvirt has recorded that; for good where one of them dies in between (verified on 9.0). `virsh blockpull
 * --base` leaves the same chain, and a base that was not written to.
 *
 * @param writtenAt when bases were last written to (ISO 8601), by file, as far as that is known
 */
export function isMerged(
	disks: readonly Disk[],
	{target, source, file}: RecordedLayer,
	snapshots: readonly {readonly createdAt: string | null; readonly disks: readonly RecordedLayer[]}[],
	writtenAt: Facts['writtenAt'],
): boolean {
	const chain = disks.find(disk => disk.target === target)?.chain.map(image => image.file) ?? [];
	if (source == null || file === null || chain.includes(file)) return false;
	const above = chain[chain.indexOf(source) - 1];
	if (above === undefined) return false;
	const heirs = snapshots.filter(other => other.disks.some(part => part.source === file && part.file === above));
	const time = writtenAt[source];
	return heirs.some(({createdAt}) => time === undefined || createdAt === null || time >= createdAt);
}

/** What a base stands on, down to the bottom, as records have it, and as far as no present chain shows that. */
export function layersBelow(disks: readonly Disk[], base: string | null, snapshots: RecordedParts): string[] {
	const found: string[] = [];
	if (base === null) return found;
	for (const file of downFrom([base], snapshots)) {
		if (disks.some(({chain}) => chain.some(image => image.file === file))) break;
		if (file !== base) found.push(file);
	}
	return found;
}

/** Whether the domain runs on the file itself, with no layer between. */
export function runsOn(facts: Pick<Facts, 'domain' | 'identities'>, file: string): boolean {
	return facts.domain.disks.some(disk => sameFile(facts, disk.chain[0]?.file ?? disk.source, file));
}

/** Whether the file is surely there: part of a chain that was read, or an entry of its folder. */
export function isThere(facts: Pick<Facts, 'domains' | 'identities' | 'directories'>, file: string): boolean {
	const chains = facts.domains.flatMap(({disks}) => disks.map(({chain}) => chain));
	return chains.some(chain => chain.some(image => sameFile(facts, image.file, file))) || fileExists(facts, file);
}

/**
 * Whether a disk was a volume when the snapshot was taken: a file to us, and another one to libvirt, which knows the base of an
 * overlay by its path. It reverts no such snapshot ("source disk for 'vda' is not a regular file", 11.3), and deletes one only while
 * the domain has not been started since ("snapshot VM disk source and parent disk source are not the same", 9.0 and 11.3). The
 * record of a volume names no file.
 */
export function stoodOnVolume({snapshotXml}: Pick<Facts, 'snapshotXml'>, snapshot: Snapshot): boolean {
	const recorded = snapshotSources(snapshotXml[snapshot.tag] ?? '');
	const nameless = new Set(recorded.filter(({source}) => source === null).map(({target}) => target));
	return snapshot.disks.some(part => nameless.has(part.target) && part.source?.startsWith('/'));
}

/** Whether libvirt's record names a file of it by another path than the domain does: by a link, say, since the images were moved. */
export function recordedElsewhere({snapshotXml}: Pick<Facts, 'snapshotXml'>, snapshot: Snapshot): boolean {
	const xml = snapshotXml[snapshot.tag] ?? '';
	const differs = (
		recorded: readonly {target: string; source: string | null}[],
		target: string,
		file?: string | null,
	) => recorded.some(one => one.target === target && one.source !== null && one.source !== file);
	const [sources, overlays] = [snapshotSources(xml), snapshotOverlays(xml)];
	return snapshot.disks.some(
		part =>
			part.kind === 'external' &&
			(differs(sources, part.target, part.source) || differs(overlays, part.target, part.file)),
	);
}
