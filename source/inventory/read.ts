/** From one libvirt to an `Inventory`, in as few processes as can be: a list, one batch about the domains, one about their snapshots. */
import {isDeepStrictEqual} from 'node:util';
import type {Disk, Domain, Host} from '../core/model/domain.ts';
import type {LibvirtSnapshot} from '../core/model/snapshot.ts';
import {joinSnapshots} from '../core/snapshots/join.ts';
import {hostQuestions, parseHost} from '../libvirt/capabilities.ts';
import {type DomainXml, parseDomainXml} from '../libvirt/domain-xml.ts';
import {type Answer, askAround, askNamed, type Libvirt} from '../libvirt/virsh/ask.ts';
import {type DomainHead, headQuestions, parseHeads, parseState, parseUuids} from '../libvirt/virsh/domain-list.ts';
import type {ImageReader} from '../qemu/image-reader.ts';
import {readDisk} from './disks.ts';
import {readSavedMemory} from './save-images.ts';
import {type DomainSnapshots, type Names, readSnapshots} from './snapshots.ts';
import type {Sources} from './sources.ts';
import {readVolumes, resolved, type Volumes} from './volumes.ts';

/**
 * The hypervisor itself and its domains' names and states: what the first screen shows.
 *
 * @throws {ConnectionError} libvirt could not be asked
 */
export async function readHeads({libvirt, memory}: Sources): Promise<{host: Host; heads: DomainHead[]}> {
	const known = memory.host;
	if (known !== null) {
		const {names, table} = await askNamed(libvirt, headQuestions);
		return {host: known, heads: parseHeads(names.stdout, table.stdout)};
	}
	const {names, table, version, capabilities} = await askNamed(libvirt, {...headQuestions, ...hostQuestions});
	const host = parseHost(libvirt.uri, version.stdout, capabilities.stdout);
	memory.host = host;
	return {host, heads: parseHeads(names.stdout, table.stdout)};
}

/** What libvirt said of one domain before its images and snapshots were looked at. */
export type DomainDefinition = {
	readonly xml: DomainXml;
	readonly state: Domain['state'];
	readonly persistent: boolean;
	readonly managedSave: boolean;
	readonly names: Names;
};

/** Ask libvirt about domains; those that are gone by now are left out. */
export async function readDefinitions(libvirt: Libvirt, uuids: readonly string[]): Promise<DomainDefinition[]> {
	if (uuids.length === 0) return [];
	const [{saved, transient}, answers] = await askAround(libvirt, kindQuestions, uuids.map(domainQuestions));
	const savedOnes = new Set(parseUuids(saved.stdout));
	const transientOnes = new Set(parseUuids(transient.stdout));
	return uuids.flatMap((uuid, index) => {
		const {state, xml, list, current} = answers[index]!;
		if (state.failed || xml.failed) return [];
		const managedSave = savedOnes.has(uuid);
		return {
			xml: parseDomainXml(xml.stdout),
			state: parseState(state.stdout, managedSave),
			persistent: !transientOnes.has(uuid),
			managedSave,
			names: {uuid, list: list.stdout, current: parseCurrent(current)},
		};
	});
}

const kindQuestions = {
	saved: ['list', '--all', '--with-managed-save', '--uuid', '--name'],
	transient: ['list', '--all', '--transient', '--uuid', '--name'],
};

function domainQuestions(uuid: string) {
	return {
		state: ['domstate', `--domain=${uuid}`],
		xml: ['dumpxml', `--domain=${uuid}`],
		...snapshotQuestions(uuid),
	};
}

/** The cheap part about snapshots, asked over and over to notice a change. */
export function snapshotQuestions(uuid: string) {
	return {
		list: ['snapshot-list', `--domain=${uuid}`, '--name'],
		current: ['snapshot-current', `--domain=${uuid}`, '--name'],
	};
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
	return completeDomains(sources, await readDefinitions(sources.libvirt, uuids), options);
}

/** Add images and snapshots to definitions: both are read at the same time. */
export async function completeDomains(
	sources: Sources,
	definitions: readonly DomainDefinition[],
	options: ReadOptions = {},
): Promise<Domain[]> {
	const [snapshots, disks] = await Promise.all([
		readAllSnapshots(sources, definitions, options),
		readAllDisks(sources, definitions, options),
	]);
	const recorded = [...snapshots.values()].flatMap(read => read.snapshots.flatMap(sourcesOf));
	const volumes = await readVolumes(sources.libvirt, recorded);
	return Promise.all(
		definitions.map((definition, index) => {
			const {snapshots: records, problems} = snapshots.get(definition.names.uuid)!;
			const located = records.map(record => withPaths(record, volumes));
			return assemble(sources, definition, disks[index]!, {snapshots: located, problems});
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
	const aliases = await images.aliases([...layers, ...others]);
	const named = (file: string | null) => aliases.get(file ?? '') ?? file;
	return records.map(record => ({
		...record,
		disks: record.disks.map(part => ({...part, file: named(part.file), source: named(part.source)})),
	}));
}

async function readAllSnapshots(
	{libvirt, memory}: Sources,
	definitions: readonly DomainDefinition[],
	{reuse = false, secure = false}: ReadOptions,
): Promise<Map<string, DomainSnapshots>> {
	const names = definitions.map(definition => definition.names);
	const known = new Map(names.flatMap(({uuid}) => (reuse ? [[uuid, memory.snapshots.get(uuid)] as const] : [])));
	const asked = names.filter(wanted => !isDeepStrictEqual(known.get(wanted.uuid)?.names, wanted));
	const read = await readSnapshots(libvirt, asked, secure);
	for (const wanted of asked) memory.snapshots.set(wanted.uuid, {names: wanted, read: read.get(wanted.uuid)!});
	return new Map(names.map(({uuid}) => [uuid, read.get(uuid) ?? known.get(uuid)!.read]));
}

async function readAllDisks(
	{libvirt, images}: Sources,
	definitions: readonly DomainDefinition[],
	options: ReadOptions,
): Promise<Disk[][]> {
	const disks = definitions.flatMap(({xml}) => xml.disks.filter(({type}) => type === 'volume'));
	const volumes = await readVolumes(
		libvirt,
		disks.map(({source}) => source),
	);
	return Promise.all(
		definitions.map(({xml}) =>
			Promise.all(xml.disks.map(disk => readDisk(images, disk, {fresh: options.fresh ?? false, volumes}))),
		),
	);
}

async function assemble(
	sources: Sources,
	{xml, state, persistent, managedSave}: DomainDefinition,
	disks: readonly Disk[],
	{snapshots: records, problems}: Omit<DomainSnapshots, 'xml'>,
): Promise<Domain> {
	const snapshots = await inTheirNames(sources.images, disks, records);
	const [missing, fileSizes, savedMemory] = await Promise.all([
		sources.images.missing(externalFiles(snapshots)),
		sizesOf(sources.images, snapshots),
		managedSave ? readSavedMemory(sources, xml.name) : null,
	]);
	return {
		...xml,
		state,
		persistent,
		managedSave,
		savedMemory,
		disks,
		snapshots: joinSnapshots(disks, snapshots, missing, fileSizes),
		problems,
	};
}

/** Of the memory files of external checkpoints. */
async function sizesOf(images: ImageReader, snapshots: readonly LibvirtSnapshot[]): Promise<Map<string, number>> {
	const files = snapshots.flatMap(({memory}) => (memory.file?.startsWith('/') ? [memory.file] : []));
	const sizes = await Promise.all(files.map(async file => [file, (await images.file(file))?.bytes] as const));
	return new Map(sizes.filter((size): size is [string, number] => size[1] !== undefined));
}

/** Files that snapshots need: overlays, memory, and what each disk ran on then, which an overlay stands on. */
function externalFiles(snapshots: readonly LibvirtSnapshot[]): string[] {
	const files = snapshots.flatMap(snapshot => [
		snapshot.memory.file,
		...snapshot.disks.flatMap(disk => (disk.snapshot === 'no' ? [] : [disk.file, disk.source])),
	]);
	return [...new Set(files.filter(file => file !== null).filter(file => file.startsWith('/')))];
}

/** The name that `snapshot-current --name` prints; null where there is none, which virsh calls an error. */
export function parseCurrent(answer: Pick<Answer, 'stdout' | 'failed'>): string | null {
	return answer.failed ? null : answer.stdout.replace(/\n$/, '');
}
