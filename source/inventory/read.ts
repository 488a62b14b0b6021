/** From one libvirt to an `Inventory`, in three turns: a list, all about the domains, all about their snapshots. */
import {isDeepStrictEqual} from 'node:util';
import type {Disk} from '../core/model/disk.ts';
import type {Domain, Host} from '../core/model/domain.ts';
import {nameAmong} from '../core/model/files.ts';
import type {LibvirtSnapshot} from '../core/model/snapshot.ts';
import {definitionProblems} from '../core/snapshots/definitions.ts';
import {joinSnapshots} from '../core/snapshots/join.ts';
import {imageProblems, stateProblems} from '../core/snapshots/problems.ts';
import {withRetention} from '../core/snapshots/retention.ts';
import {hostOf} from '../libvirt/capabilities.ts';
import {type DomainXml, parseDomainXml} from '../libvirt/domain-xml.ts';
import {type DomainRow, type LibvirtReader, orNull} from '../libvirt/reader.ts';
import type {ImageReader} from '../qemu/image-reader.ts';
import {checkedDefinitions, withPending} from './definitions.ts';
import {confirmed, readDisk, readPending} from './disks.ts';
import {type DomainSnapshots, type Names, readSnapshots} from './snapshots.ts';
import type {Sources} from './sources.ts';
import {readVolumes, resolved, type Volumes} from './volumes.ts';

/**
 * The hypervisor itself and its domains' names and states: what the first screen shows.
 *
 * @throws {ConnectionError} libvirt could not be asked
 */
export async function readHeads(sources: Sources): Promise<{host: Host; heads: readonly DomainRow[]}> {
	const {reader, memory} = sources;
	const [heads, host] = await Promise.all([reader.domains(), memory.host ?? readHost(sources)]);
	memory.host = host;
	const way = reader.way();
	return {host: {...host, throughVirsh: way.kind === 'virsh' ? way.reason : null}, heads};
}

async function readHost({libvirt: {uri}, reader, places}: Sources): Promise<Omit<Host, 'throughVirsh'>> {
	places.forget();
	const [versions, capabilities, {elsewhere}] = await Promise.all([
		reader.versions(),
		reader.capabilities(),
		places.place(),
	]);
	return hostOf({uri, elsewhere, system: places.system}, versions, capabilities);
}

/** What libvirt said of one domain before its images and snapshots were looked at. */
export type DomainDefinition = {
	readonly xml: DomainXml;
	/** What it starts with the next time, while it is active. */
	readonly next: DomainXml | null;
	readonly state: Domain['state'];
	readonly stateReason: string | null;
	readonly persistent: boolean;
	readonly managedSave: boolean;
	readonly names: Names;
};

/** Ask libvirt about domains; those that are gone by now are left out. */
export async function readDefinitions(reader: LibvirtReader, uuids: readonly string[]): Promise<DomainDefinition[]> {
	if (uuids.length === 0) return [];
	const [list, read] = await Promise.all([
		reader.domains(),
		Promise.all(uuids.map(uuid => orNull(readDefinition(reader, uuid)))),
	]);
	const rows = new Map(list.map(row => [row.uuid, row]));
	return read.flatMap(definition => {
		const row = rows.get(definition?.names.uuid ?? '');
		if (!definition || !row) return [];
		const {persistent, managedSave} = row;
		const state = definition.state === 'shut off' && managedSave ? 'saved' : definition.state;
		return {...definition, state, persistent, managedSave};
	});
}

async function readDefinition(reader: LibvirtReader, uuid: string) {
	const [{state, reason}, xml, names] = await Promise.all([
		reader.state(uuid),
		reader.definition(uuid),
		readSnapshotNames(reader, uuid),
	]);
	const active = parseDomainXml(xml);
	const inactive = active.id === null ? null : await orNull(reader.definition(uuid, {inactive: true}));
	return {xml: active, next: inactive === null ? null : parseDomainXml(inactive), state, stateReason: reason, names};
}

/** The cheap part about snapshots, asked over and over to notice a change; not every driver of libvirt has them. */
export async function readSnapshotNames(reader: LibvirtReader, uuid: string): Promise<Names> {
	const [list, current] = await Promise.all([orNull(reader.snapshotNames(uuid)), orNull(reader.currentSnapshot(uuid))]);
	return {uuid, list: list ?? [], current};
}

type ReadOptions = {
	/** Ask qemu-img even where nothing seems to have changed. */
	readonly fresh?: boolean;
	/** Take a domain's snapshots as they were read before, where libvirt lists the same names. */
	readonly reuse?: boolean;
	/** Snapshot metadata with its passwords, to be written back. */
	readonly secure?: boolean;
};

/**
 * Read some domains whole; those that are gone by now are left out.
 *
 * @throws {ConnectionError} libvirt could not be asked; whatever else goes wrong is said in a domain's `problems`
 */
export async function readDomains(
	sources: Sources,
	uuids: readonly string[],
	options: ReadOptions = {},
): Promise<Domain[]> {
	return completeDomains(sources, await readDefinitions(sources.reader, uuids), options);
}

/** Add images and snapshots to definitions: both are read at the same time. */
export async function completeDomains(
	sources: Sources,
	definitions: readonly DomainDefinition[],
	options: ReadOptions = {},
): Promise<Domain[]> {
	const [snapshots, disks, pending] = await Promise.all([
		readAllSnapshots(sources, definitions, options),
		readAllDisks(sources, definitions, options),
		Promise.all(definitions.map(definition => readPending(sources, definition))),
	]);
	const recorded = [...snapshots.values()].flatMap(read => read.snapshots.flatMap(sourcesOf));
	const volumes = await readVolumes(sources.reader, recorded);
	return Promise.all(
		definitions.map((definition, index) => {
			const {snapshots: records, problems} = snapshots.get(definition.names.uuid)!;
			const located = records.map(record => withPaths(record, volumes));
			const read = {disks: disks[index]!, pendingDisks: pending[index]!};
			return assemble(sources, definition, read, {snapshots: located, problems});
		}),
	);
}

function sourcesOf({disks}: LibvirtSnapshot): (string | null)[] {
	return disks.map(({source}) => source);
}

/** The record with paths for what ran on a storage volume. */
function withPaths(record: LibvirtSnapshot, volumes: Volumes): LibvirtSnapshot {
	return {...record, disks: record.disks.map(part => ({...part, source: resolved(volumes, part.source)}))};
}

/** The records with the names that the present chains have for the files, where they name them by another path. */
async function inTheirNames(
	images: ImageReader,
	disks: readonly Disk[],
	records: readonly LibvirtSnapshot[],
): Promise<readonly LibvirtSnapshot[]> {
	const layers = disks.flatMap(disk => disk.chain.map(image => image.file));
	const recorded = records.flatMap(record => record.disks.flatMap(({file, source}) => [file, source]));
	const others = recorded.filter(file => file?.startsWith('/') && !layers.includes(file)) as string[];
	if (others.length === 0) return records;
	const facts = {identities: Object.fromEntries(await images.identities([...layers, ...others]))};
	// The disk's own chain first: two disks may reach one file by two names.
	const names = new Map(disks.map(({target, chain}) => [target, namesFirst(chain.map(({file}) => file))]));
	function namesFirst(own: readonly string[]) {
		const name = nameAmong(facts, [...own, ...layers, ...others]);
		return (file: string | null) => (file === null ? null : name(file));
	}
	const elsewhere = namesFirst([]);
	return records.map(record => ({
		...record,
		disks: record.disks.map(part => {
			const named = names.get(part.target) ?? elsewhere;
			return {...part, file: named(part.file), source: named(part.source)};
		}),
	}));
}

async function readAllSnapshots(
	{reader, memory}: Sources,
	definitions: readonly DomainDefinition[],
	{reuse = false, secure = false}: ReadOptions,
): Promise<Map<string, DomainSnapshots>> {
	const read = definitions.map(async ({names}): Promise<[string, DomainSnapshots]> => {
		const known = reuse ? memory.snapshots.get(names.uuid) : undefined;
		if (known && isDeepStrictEqual(known.names, names)) return [names.uuid, known.read];
		const {xml, ...snapshots} = await readSnapshots(reader, names, secure);
		memory.snapshots.set(names.uuid, {names, read: snapshots});
		if (secure) memory.metadata.set(names.uuid, xml);
		return [names.uuid, snapshots];
	});
	return new Map(await Promise.all(read));
}

async function readAllDisks(
	sources: Sources,
	definitions: readonly DomainDefinition[],
	{fresh = false}: ReadOptions,
): Promise<Disk[][]> {
	const disks = definitions.flatMap(({xml}) => xml.disks.filter(({type}) => type === 'volume'));
	const volumes = await readVolumes(
		sources.reader,
		disks.map(({source}) => source),
	);
	const read = async (uuid: string, disk: DomainXml['disks'][number]) =>
		confirmed(sources, uuid, await readDisk(sources.images, disk, {fresh, volumes}));
	return Promise.all(definitions.map(({xml, names}) => Promise.all(xml.disks.map(disk => read(names.uuid, disk)))));
}

async function assemble(
	sources: Sources,
	{xml, next, state, stateReason, persistent, managedSave}: DomainDefinition,
	{disks: read, pendingDisks}: Pick<Domain, 'disks'> & Required<Pick<Domain, 'pendingDisks'>>,
	{snapshots: records, problems}: DomainSnapshots,
): Promise<Domain> {
	const checked = await checkedDefinitions(sources.images, read, next);
	const disks = next && persistent ? await withPending(sources.images, checked, xml.disks, next) : checked;
	// Memory that was loaded has brought the metadata of its time with it.
	const {retentions} = next ?? xml;
	const snapshots = await inTheirNames(sources.images, disks, records);
	const [missing, fileSizes, writtenAt, savedMemory] = await Promise.all([
		sources.images.missing(externalFiles(snapshots)),
		sizesOf(sources.images, snapshots),
		readTimes(sources.images, snapshots.flatMap(basesOf)),
		managedSave ? savedMemoryOf(sources, xml.name) : null,
	]);
	return {
		...xml,
		state,
		stateReason,
		persistent,
		managedSave,
		savedMemory,
		disks,
		...(pendingDisks.length === 0 ? {} : {pendingDisks}),
		retentions,
		snapshots: withRetention(joinSnapshots(disks, snapshots, missing, fileSizes, writtenAt), retentions),
		problems: [
			...problems,
			...stateProblems({...xml, state, stateReason}),
			...imageProblems(disks),
			...definitionProblems(xml, disks),
		],
	};
}

/** Loaded where there is some. */
async function savedMemoryOf(sources: Sources, name: string): Promise<Domain['savedMemory']> {
	return (await import('./save-images.ts')).readSavedMemory(sources, name);
}

/** What the disks in external files go back to. */
function basesOf({disks}: LibvirtSnapshot): string[] {
	return disks.flatMap(({snapshot, source}) => (snapshot === 'external' && source?.startsWith('/') ? [source] : []));
}

/** When each of these files was last written to (ISO 8601), as far as that can be looked at. */
export async function readTimes(images: ImageReader, files: readonly string[]): Promise<Record<string, string>> {
	if (files.length === 0) return {};
	const times = await images.modified([...new Set(files)]);
	return Object.fromEntries([...times].map(([file, time]) => [file, new Date(time).toISOString()]));
}

/** Of the memory files of external checkpoints. */
async function sizesOf(images: ImageReader, snapshots: readonly LibvirtSnapshot[]): Promise<Map<string, number>> {
	const files = snapshots.flatMap(({memory}) => (memory.file?.startsWith('/') ? [memory.file] : []));
	const sizes = await Promise.all(files.map(async file => [file, (await images.file(file))?.bytes] as const));
	return new Map(sizes.filter((size): size is [string, number] => size[1] !== undefined));
}

/** Files that snapshots need: overlays, memory, and what each disk ran on then, which an overlay depends on. */
function externalFiles(snapshots: readonly LibvirtSnapshot[]): string[] {
	const files = snapshots.flatMap(snapshot => [
		snapshot.memory.file,
		...snapshot.disks.flatMap(disk => (disk.snapshot === 'no' ? [] : [disk.file, disk.source])),
	]);
	return [...new Set(files.filter(file => file !== null).filter(file => file.startsWith('/')))];
}
