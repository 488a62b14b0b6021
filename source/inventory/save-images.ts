/** Files of saved memory: what libvirt finds in their headers, and whether the disks have moved on since. */
import path from 'node:path';
import {uuidOf} from '../core/domain-xml/identity.ts';
import {domainSources} from '../core/domain-xml/sources.ts';
import type {Domain, SavedMemory} from '../core/model/domain.ts';
import type {SaveImage} from '../core/model/facts.ts';
import {orNull} from '../libvirt/reader.ts';
import type {Sources} from './sources.ts';
import {readVolumes, resolved} from './volumes.ts';

/** QEMU closes the images a moment after the memory file is complete (50 ms before it, seen on QEMU 7.2; more on slow disks). */
const slackMilliseconds = 2000;

/** Read the headers of these files; those that are no saved memory, or that libvirt cannot read, are left out. */
export async function readSaveImages(
	{reader, images}: Sources,
	domain: Domain,
	files: readonly string[],
): Promise<Record<string, SaveImage>> {
	// libvirt opens them as they are: a pipe would keep one of its few workers for good, and us waiting for an answer.
	const hanging = await images.hanging(files);
	const answers = await Promise.all(
		files.map(file => (hanging.has(file) ? null : orNull(reader.savedXml(file, {secure: true})))),
	);
	const readable = files
		.map((file, index) => ({file, xml: answers[index] ?? null}))
		.filter((answer): answer is {file: string; xml: string} => answer.xml !== null);
	const then = new Map(readable.map(({file, xml}) => [file, domainSources(xml)]));
	const volumes = await readVolumes(
		reader,
		[...then.values()].flatMap(disks => disks.map(({source}) => source)),
	);
	const layers = domain.disks.filter(disk => !disk.readonly).flatMap(disk => disk.chain.map(({file}) => file));
	const named = (file: string) =>
		then.get(file)!.map(({target, source}) => ({target, source: resolved(volumes, source)}));
	const loaded = readable.flatMap(({file}) => named(file).flatMap(({source}) => source ?? []));
	const times = await images.modified([...files, ...layers, ...loaded]);
	return Object.fromEntries(
		readable.map(({file, xml}) => {
			const written = times.get(file) ?? null;
			const sources = named(file);
			// A disk that has left the domain comes back with the memory: it must not have changed either.
			const disks = [...layers, ...sources.flatMap(({source}) => source ?? [])];
			const later = disks.filter(layer => written !== null && (times.get(layer) ?? 0) > written + slackMilliseconds);
			const writtenAt = written === null ? null : new Date(written).toISOString();
			return [file, {xml, sources, writtenAt, changedSince: [...new Set(later)]}];
		}),
	);
}

/** The file of a domain's managed save, where it can be looked at. */
export async function readSavedMemory({driverFolder, images}: Sources, name: string): Promise<SavedMemory | null> {
	const file = path.join(driverFolder('save'), `${name}.save`);
	const facts = await images.file(file);
	return facts && {file, ...facts};
}

/** UUID of the domain whose memory the file holds; null where it holds none that libvirt can read. */
export async function savedDomain({reader, images}: Sources, file: string): Promise<string | null> {
	if ((await images.hanging([file])).has(file)) return null;
	const xml = await orNull(reader.savedXml(file));
	return xml === null ? null : uuidOf(xml);
}
