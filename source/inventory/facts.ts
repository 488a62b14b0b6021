/** Fresh facts for a planner and for the executor: the planned domain without any cache, the others as their images are now. */
import path from 'node:path';
import type {Directory, Domain, Facts} from '../core/domain.ts';
import {CommandError} from '../libvirt/errors.ts';
import {ask, type Libvirt} from '../libvirt/virsh.ts';
import type {ImageReader} from '../qemu/image-reader.ts';
import {readDomains, readHeads, type Sources} from './read.ts';

/**
 * Everything a planner may look at.
 *
 * @param directory one more folder that the plan may write to
 * @throws {CommandError} there is no such domain
 * @throws {ConnectionError} libvirt could not be asked
 */
export async function readFacts(sources: Sources, uuid: string, directory?: string): Promise<Facts> {
	const {host, heads} = await readHeads(sources.libvirt);
	const others = heads.map(head => head.uuid).filter(other => other !== uuid);
	const [[domain], rest] = await Promise.all([
		readDomains(sources, [uuid], {fresh: true}),
		readDomains(sources, others),
	]);
	if (!domain) throw new CommandError(['virsh', 'dominfo', uuid], 1, `error: failed to get domain '${uuid}'`);
	const [definitions, directories] = await Promise.all([
		readXml(sources.libvirt, domain),
		readDirectories(sources.images, domain, directory),
	]);
	const order = new Map(heads.map((head, index) => [head.uuid, index]));
	const domains = [domain, ...rest].sort((a, b) => order.get(a.uuid)! - order.get(b.uuid)!);
	return {host, domain, domains, directories, ...definitions, now: new Date().toISOString()};
}

/** `--security-info`: without it a definition that is written back would lose its passwords. */
async function readXml(libvirt: Libvirt, domain: Domain): Promise<Pick<Facts, 'inactiveXml' | 'snapshotXml'>> {
	const tags = domain.snapshots.filter(snapshot => snapshot.libvirt).map(snapshot => snapshot.tag);
	const [inactive, ...snapshots] = await ask(libvirt, [
		['dumpxml', `--domain=${domain.uuid}`, '--inactive', '--security-info'],
		...tags.map(tag => ['snapshot-dumpxml', `--domain=${domain.uuid}`, `--snapshotname=${tag}`, '--security-info']),
	]);
	return {
		inactiveXml: inactive!.stdout,
		snapshotXml: Object.fromEntries(tags.map((tag, index) => [tag, snapshots[index]!.stdout])),
	};
}

async function readDirectories(
	images: ImageReader,
	domain: Domain,
	directory?: string,
): Promise<Record<string, Directory>> {
	const files = domain.disks.flatMap(disk => disk.chain.map(image => image.file)).filter(file => path.isAbsolute(file));
	const memory = domain.snapshots.flatMap(snapshot => snapshot.memoryFile ?? []);
	const wanted = new Set([...files, ...memory].map(file => path.dirname(file)));
	if (directory) wanted.add(path.resolve(directory));
	const found = await Promise.all([...wanted].map(async folder => [folder, await images.directory(folder)] as const));
	return Object.fromEntries(found.filter((entry): entry is [string, Directory] => entry[1] !== null));
}
