/** Fresh facts for a planner and for the executor: the planned domain without any cache, the others as their images are now. */
import path from 'node:path';
import type {Directory, Domain, Facts} from '../core/domain.ts';
import {CommandError} from '../libvirt/errors.ts';
import {ask, type Libvirt} from '../libvirt/virsh.ts';
import type {ImageReader} from '../qemu/image-reader.ts';
import {readDomains, readHeads} from './read.ts';
import type {Sources} from './sources.ts';

/**
 * Everything a planner may look at.
 *
 * @param directory one more folder that the plan may write to
 * @throws {CommandError} there is no such domain
 * @throws {ConnectionError} libvirt could not be asked
 */
export async function readFacts(sources: Sources, uuid: string, directory?: string): Promise<Facts> {
	const {host, heads} = await readHeads(sources);
	const uuids = heads.map(head => head.uuid);
	const others = uuids.filter(other => other !== uuid);
	const [[domain], rest, inactiveXml] = await Promise.all([
		readDomains(sources, [uuid], {fresh: true, secure: true}),
		readDomains(sources, others, {reuse: true}),
		readInactiveXml(sources.libvirt, uuid),
	]);
	if (!domain) throw new CommandError(['virsh', 'dominfo', uuid], 1, `error: failed to get domain '${uuid}'`);
	const directories = await readDirectories(sources.images, domain, directory);
	return {
		host,
		domain,
		domains: [domain, ...rest].sort((a, b) => uuids.indexOf(a.uuid) - uuids.indexOf(b.uuid)),
		directories,
		inactiveXml,
		snapshotXml: sources.memory.snapshots.get(uuid)?.read.xml ?? {},
		now: new Date().toISOString(),
	};
}

/** `--security-info`: without it a definition that is written back would lose its passwords. */
async function readInactiveXml(libvirt: Libvirt, uuid: string): Promise<string> {
	const [answer] = await ask(libvirt, [['dumpxml', `--domain=${uuid}`, '--inactive', '--security-info']]);
	return answer!.stdout;
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
