/** How the files and folders are now that a plan for a domain depends on. */
import path from 'node:path';
import {uuidOf} from '../../core/domain-xml/identity.ts';
import {pathsIn} from '../../core/domain-xml/named-files.ts';
import {type Domain, isActive} from '../../core/model/domain.ts';
import type {Directory, Facts} from '../../core/model/facts.ts';
import {type EarlierReceipt, filesMadeIn, foldersIn} from '../../core/recover/plan-files.ts';
import type {ImageReader} from '../../qemu/image-reader.ts';
import {readTimes} from '../read.ts';
import {readSaveImages} from '../save-images.ts';
import type {Sources} from '../sources.ts';
import {readListeners} from './listeners.ts';
import {basesOf, filesInRecords, imagesOf, layersOf, nvramOf, qcow2Files, unusedLayers} from './named-files.ts';

/** What is looked at beside the files that the domain itself names. */
export type Further = {
	/** Folders that the plan may write to. */
	readonly folders?: readonly string[];
	/** A file of saved memory that the plan is about. */
	readonly file?: string;
	/** Also check how the clusters of its images are counted, while nothing runs on them. */
	readonly counts?: boolean;
	/** Files whose identity is wanted. */
	readonly files?: readonly string[];
	/** Receipts of earlier operations: what they have made an undo takes back only where it is that file, and nothing depends on it. */
	readonly earlier?: readonly EarlierReceipt[];
};

type Planned = Pick<Facts, 'domain' | 'inactiveXml' | 'snapshotXml'> & {readonly others: readonly Domain[]};

type AboutFiles = Pick<
	Facts,
	| 'directories'
	| 'saveImages'
	| 'identities'
	| 'readOnly'
	| 'gone'
	| 'listening'
	| 'blockDevices'
	| 'writers'
	| 'notOpen'
	| 'writtenAt'
	| 'miscounted'
>;

export async function readFiles(
	sources: Sources,
	{domain, others, inactiveXml, snapshotXml}: Planned,
	{folders = [], file, counts = false, files = [], earlier = []}: Further,
): Promise<AboutFiles> {
	const {images} = sources;
	const recorded = domain.snapshots.flatMap(snapshot => snapshot.memoryFile ?? []);
	const memory = [...recorded, ...[domain.savedMemory?.file, file].filter(one => typeof one === 'string')];
	const named = filesInRecords(snapshotXml, inactiveXml);
	const readAround = async () => {
		const near = foldersAround(domain, [...memory, ...folders.map(folder => path.join(folder, 'x'))]);
		const told = foldersIn(earlier, domain.uuid, nearFiles(domain, others, named)).filter(folder => !near.has(folder));
		const directories = await readDirectories(images, [...near, ...told]);
		return {directories, saveImages: await readSaved(sources, domain, directories, {memory, told})};
	};
	const [{directories, saveImages}, readOnly, writers, notOpen, miscounted, identities, blockDevices, writtenAt] =
		await Promise.all([
			readAround(),
			images.readOnly(imagesOf(domain)),
			isActive(domain) ? [] : images.writers(unusedLayers(domain, others)),
			isActive(domain) ? images.notOpen(domain.uuid, layersOf(domain)) : [],
			counts && !isActive(domain) ? images.miscounted(qcow2Files(domain)) : [],
			images.identities([
				...[domain, ...others].flatMap(imagesOf),
				...named,
				...memory,
				...files,
				...filesMadeIn(earlier, domain.uuid),
				...nvramOf(domain),
			]),
			images.blockDevices(imagesOf(domain)),
			readTimes(images, [...basesOf(domain), ...imagesOf(domain)]),
		]);
	const documents = [inactiveXml, ...Object.values(snapshotXml), ...Object.values(saveImages).map(({xml}) => xml)];
	const [gone, listening] = await Promise.all([
		images.missing([...new Set(documents.flatMap(pathsIn))]),
		readListeners(sources, domain, documents),
	]);
	return {
		directories,
		saveImages,
		identities: Object.fromEntries(identities),
		readOnly,
		gone: [...gone.keys()],
		listening,
		blockDevices,
		writers,
		notOpen,
		writtenAt,
		miscounted,
	};
}

/** Its files, and those of domains that share one with it, as a clone does. */
function nearFiles(domain: Domain, others: readonly Domain[], named: readonly string[]): ReadonlySet<string> {
	const own = new Set([...imagesOf(domain), ...named]);
	const sharing = others.map(imagesOf).filter(files => files.some(file => own.has(file)));
	return new Set([...own, ...sharing.flat()]);
}

/** Folders of the domain's images and of these files. */
function foldersAround(domain: Domain, others: readonly string[]): ReadonlySet<string> {
	const nvram = domain.firmware.nvram?.file;
	const files = [...imagesOf(domain), nvram, ...others].filter(file => typeof file === 'string');
	return new Set(files.filter(file => path.isAbsolute(file)).map(file => path.dirname(file)));
}

async function readDirectories(images: ImageReader, folders: readonly string[]): Promise<Record<string, Directory>> {
	const found = await Promise.all(folders.map(async folder => [folder, await images.directory(folder)] as const));
	return Object.fromEntries(found.filter((entry): entry is [string, Directory] => entry[1] !== null));
}

/**
 * The memory in these files, and in whatever else lies in the folders and holds memory of this domain: what is done to its disks spoils
 * that. While it is active nothing fits its disks. In folders that only receipts tell of it is `told`: no plan depends on it.
 */
async function readSaved(
	sources: Sources,
	domain: Domain,
	directories: Facts['directories'],
	{memory, told}: {readonly memory: readonly string[]; readonly told: readonly string[]},
): Promise<Facts['saveImages']> {
	const entries = Object.values(directories).flatMap(folder =>
		folder.entries.map(name => path.join(folder.path, name)),
	);
	const others = isActive(domain) ? [] : entries.filter(entry => !memory.includes(entry));
	const read = await readSaveImages(sources, domain, [...memory, ...(await sources.images.saved(others))]);
	const own = Object.entries(read).filter(([file, {xml}]) => memory.includes(file) || uuidOf(xml) === domain.uuid);
	const isTold = (file: string) => !memory.includes(file) && told.includes(path.dirname(file));
	return Object.fromEntries(own.map(([file, image]) => [file, isTold(file) ? {...image, told: true} : image]));
}
