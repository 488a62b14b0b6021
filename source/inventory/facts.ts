/** Fresh facts for a planner and for the executor: the planned domain without any cache, the others as their images are now. */
import {randomBytes} from 'node:crypto';
import path from 'node:path';
import {pathsIn} from '../core/domain-xml/named-files.ts';
import {domainSources, recordedBelow, snapshotOverlays, snapshotSources} from '../core/domain-xml/sources.ts';
import {type Directory, type Domain, type Facts, isActive, writableDisks} from '../core/model/domain.ts';
import type {Plan} from '../core/model/plan.ts';
import {filesOf} from '../core/recover/plan-files.ts';
import {writesTables} from '../core/recover/repair.ts';
import type {Looking} from '../execute/operation-context.ts';
import {CommandError} from '../libvirt/errors.ts';
import {readHeld} from '../libvirt/held.ts';
import {type LibvirtReader, orNull} from '../libvirt/reader.ts';
import {isRoot} from '../programs/is-root.ts';
import type {ImageReader} from '../qemu/image-reader.ts';
import {readFirmware} from './nvram.ts';
import {readDomains, readHeads, readTimes} from './read.ts';
import {readLeft} from './reclaimable.ts';
import {readSaveImages} from './save-images.ts';
import type {Sources} from './sources.ts';

type Around = {
	readonly folders?: readonly string[];
	readonly file?: string;
	readonly counts?: boolean;
	readonly files?: readonly string[];
};

/**
 * Everything a planner may look at.
 *
 * @param around.folders more folders that the plan may write to
 * @param around.file a file of saved memory that the plan is about
 * @param around.files more files whose identity is wanted
 * @param around.counts also check how the clusters of its images are counted, while nothing runs on them
 * @throws {CommandError} there is no such domain
 * @throws {ConnectionError} libvirt could not be asked
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one reading of everything that a plan depends on, and what it finds by name
export async function readFacts(
	sources: Sources,
	uuid: string,
	{folders = [], file, counts = false, files = []}: Around = {},
): Promise<Facts> {
	const {host, heads} = await readHeads(sources);
	const uuids = heads.map(head => head.uuid);
	const others = uuids.filter(other => other !== uuid);
	const [[read], rest, {inactiveXml, job, checkpoints}] = await Promise.all([
		readDomains(sources, [uuid], {fresh: true, secure: true}),
		readDomains(sources, others, {reuse: true}),
		readPlanned(sources.reader, uuid),
	]);
	if (!read) throw new CommandError(['virsh', 'dominfo', uuid], 1, `error: failed to get domain '${uuid}'`);
	const domain = {...read, firmware: await readFirmware(sources, read)};
	const memory = [...domain.snapshots.flatMap(snapshot => snapshot.memoryFile ?? []), ...(file ? [file] : [])];
	const snapshotXml = sources.memory.metadata.get(uuid) ?? {};
	const [directories, saveImages, readOnly, writers, miscounted, identities, blockDevices, writtenAt] =
		await Promise.all([
			readDirectories(sources.images, domain, [...memory, ...folders.map(folder => path.join(folder, 'x'))]),
			readSaveImages(sources, domain, memory),
			sources.images.readOnly(imagesOf(domain)),
			isActive(domain) ? [] : sources.images.writers(unusedLayers(domain, rest)),
			counts && !isActive(domain) ? sources.images.miscounted(qcow2Files(domain)) : [],
			sources.images.identities([
				...[domain, ...rest].flatMap(imagesOf),
				...recordedFiles(snapshotXml, inactiveXml),
				...memory,
				...files,
				...nvramOf(domain),
			]),
			sources.images.blockDevices(imagesOf(domain)),
			readTimes(sources.images, basesOf(domain)),
		]);
	const documents = [inactiveXml, ...Object.values(snapshotXml), ...Object.values(saveImages).map(({xml}) => xml)];
	const gone = await sources.images.missing([...new Set(documents.flatMap(pathsIn))]);
	const domains = [domain, ...rest];
	const active = domains.filter(isActive).map(one => one.uuid);
	const defined = () => readDefinedFiles(sources.reader, active);
	const left = await readLeft(sources.images, {domain, domains, directories, defined});
	const held = domain.state === 'paused' ? await readHeld(sources.reader, uuid) : null;
	return {
		host,
		domain,
		domains: domains.sort((a, b) => uuids.indexOf(a.uuid) - uuids.indexOf(b.uuid)),
		...left,
		held,
		job,
		checkpoints,
		directories,
		inactiveXml,
		snapshotXml,
		saveImages,
		identities: Object.fromEntries(identities),
		readOnly,
		gone: [...gone],
		blockDevices,
		writers,
		writtenAt,
		rewritten: [],
		miscounted,
		spoiled: [],
		sizes: [],
		root: isRoot(),
		random: randomBytes(32).toString('hex'),
		now: new Date().toISOString(),
	};
}

/**
 * The facts that a plan depends on and is held against, its files looked for wherever it puts them.
 *
 * @param looking.brokenOff whether something of it was: then its images are checked too, where it wrote to their snapshot tables
 */
export function factsFor(sources: Sources, plan: Plan, {brokenOff = false}: Looking = {}): Promise<Facts> {
	const files = filesOf(plan);
	const folders = files.map(file => path.dirname(file));
	const counts = brokenOff && writesTables(plan);
	return readFacts(sources, plan.domain.uuid, {
		folders,
		counts,
		files,
		...(plan.file === undefined ? {} : {file: plan.file}),
	});
}

/** What the definitions of these domains name, with which they start the next time. */
async function readDefinedFiles(reader: LibvirtReader, uuids: readonly string[]): Promise<string[]> {
	const answers = await Promise.all(uuids.map(one => orNull(reader.definition(one, {inactive: true}))));
	const sources = answers.flatMap(xml => (xml === null ? [] : domainSources(xml)));
	return sources.flatMap(({source}) => (source?.startsWith('/') ? [source] : []));
}

/**
 * What only the planned domain is asked for. `secure`: without its passwords a definition that is written back would lose them.
 * A domain that is off has no job, and libvirt may know no checkpoints: both questions fail then.
 */
async function readPlanned(reader: LibvirtReader, uuid: string) {
	const [inactiveXml, job, checkpoints] = await Promise.all([
		orNull(reader.definition(uuid, {inactive: true, secure: true})),
		orNull(reader.job(uuid)),
		orNull(reader.checkpoints(uuid)),
	]);
	return {inactiveXml: inactiveXml ?? '', job: job?.operation ?? null, checkpoints: checkpoints ?? []};
}

function nvramOf({firmware}: Domain): string[] {
	return firmware.nvram ? [firmware.nvram.file] : [];
}

/** The images that it runs on, and those that libvirt's records name. */
function imagesOf(domain: Domain): string[] {
	const layers = domain.disks.flatMap(disk => [disk.source, ...disk.chain.map(image => image.file)]);
	const recorded = domain.snapshots.flatMap(({disks}) => disks.flatMap(({file, source}) => [file, source]));
	return [...new Set([...layers, ...recorded].filter(file => typeof file === 'string'))];
}

/** What its external snapshots go back to. */
function basesOf({snapshots}: Domain): string[] {
	const parts = snapshots.flatMap(({disks}) => disks.filter(({kind}) => kind === 'external'));
	return parts.flatMap(({source}) => (source?.startsWith('/') ? [source] : []));
}

/** The files that libvirt's records and the definition name, by the names that they have there. */
function recordedFiles(snapshotXml: Facts['snapshotXml'], inactiveXml: string): string[] {
	const sources = Object.values(snapshotXml).flatMap(xml => [...snapshotSources(xml), ...snapshotOverlays(xml)]);
	const recorded = [...sources, ...domainSources(inactiveXml)].flatMap(({source}) => source ?? []);
	const below = [inactiveXml, ...Object.values(snapshotXml)].flatMap(xml => [...recordedBelow(xml).values()].flat());
	return [...recorded, ...below].filter(file => file.startsWith('/'));
}

/** The images that its internal snapshots are in. */
function qcow2Files(domain: Domain): string[] {
	return writableDisks(domain).flatMap(({chain: [top]}) => (top?.format === 'qcow2' ? [top.file] : []));
}

/** Files of its chains on which no other domain runs. */
function unusedLayers(domain: Domain, others: readonly Domain[]): string[] {
	const layers = (one: Domain) => one.disks.flatMap(({chain}) => chain);
	const used = new Set(
		others
			.filter(isActive)
			.flatMap(layers)
			.flatMap(({fileIds}) => fileIds),
	);
	return layers(domain).flatMap(({file, fileIds}) => (fileIds.some(id => used.has(id)) ? [] : [file]));
}

/** Folders of the domain's images and of these files. */
async function readDirectories(
	images: ImageReader,
	domain: Domain,
	others: readonly string[],
): Promise<Record<string, Directory>> {
	const nvram = domain.firmware.nvram?.file;
	const files = [...imagesOf(domain), nvram, ...others].filter(file => typeof file === 'string');
	const wanted = new Set(files.filter(file => path.isAbsolute(file)).map(file => path.dirname(file)));
	const found = await Promise.all([...wanted].map(async folder => [folder, await images.directory(folder)] as const));
	return Object.fromEntries(found.filter((entry): entry is [string, Directory] => entry[1] !== null));
}
