/** Fresh facts for a planner and for the executor: the planned domain without any cache, the others as their images are now. */
import {randomBytes} from 'node:crypto';
import path from 'node:path';
import {domainSources} from '../core/domain-xml/sources.ts';
import {can} from '../core/model/capabilities.ts';
import {isActive, isSavableAtTimes} from '../core/model/domain.ts';
import type {Facts} from '../core/model/facts.ts';
import type {Plan} from '../core/model/plan.ts';
import {filesMadeIn, filesOfPlan} from '../core/recover/plan-files.ts';
import {writesTables} from '../core/recover/repair.ts';
import type {LookingBack} from '../execute/operation-context.ts';
import {CommandError, NoDomainError} from '../libvirt/errors.ts';
import {readBlocked, readHeld} from '../libvirt/from-monitor.ts';
import {type LibvirtReader, orNull} from '../libvirt/reader.ts';
import {isRoot} from '../programs/is-root.ts';
import {type Further, readFiles} from './planned/files.ts';
import {readFirmware} from './planned/nvram.ts';
import {readLeft} from './planned/reclaimable.ts';
import {readDomains, readHeads} from './read.ts';
import type {Sources} from './sources.ts';

/**
 * Everything a planner may look at.
 *
 * @throws {NoDomainError} there is no such domain
 * @throws {CommandError} it went while it was read
 * @throws {ConnectionError} libvirt could not be asked
 */
export async function readFacts(sources: Sources, uuid: string, further: Further = {}): Promise<Facts> {
	const {host, heads} = await readHeads(sources);
	const uuids = heads.map(head => head.uuid);
	const [[read], others, planned] = await Promise.all([
		readDomains(sources, [uuid], {fresh: true, secure: true}),
		readDomains(
			sources,
			uuids.filter(other => other !== uuid),
			{reuse: true},
		),
		readPlanned(sources.reader, uuid),
	]);
	if (!uuids.includes(uuid)) throw new NoDomainError(uuid);
	if (!read) throw new CommandError(['virsh', 'dumpxml', uuid], 1, `error: failed to get domain '${uuid}'`);
	const domain = {...read, firmware: await readFirmware(sources, read)};
	const snapshotXml = sources.memory.metadata.get(uuid) ?? {};
	const files = await readFiles(sources, {domain, others, snapshotXml, inactiveXml: planned.inactiveXml}, further);
	const domains = [domain, ...others];
	const active = domains.filter(isActive).map(one => one.uuid);
	const defined = () => readDefinedFiles(sources.reader, active);
	const around = {
		domain,
		domains,
		directories: files.directories,
		made: filesMadeIn(further.earlier ?? [], uuid),
		defined,
	};
	const left = await readLeft(sources.images, around);
	const held = domain.state === 'paused' ? await readHeld(sources.reader, uuid) : null;
	const asked = isSavableAtTimes(domain) && can(host, 'tells-what-blocks-memory');
	const blocked = asked ? await readBlocked(sources.reader, uuid) : null;
	return {
		host,
		domain,
		domains: domains.sort((a, b) => uuids.indexOf(a.uuid) - uuids.indexOf(b.uuid)),
		...left,
		held,
		blocked,
		...planned,
		snapshotXml,
		...files,
		rewritten: [],
		pulled: [],
		writtenBehind: {},
		spoiled: [],
		unfinished: [],
		sizes: [],
		pictures: false,
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
export function factsFor(sources: Sources, plan: Plan, {brokenOff = false, earlier}: LookingBack): Promise<Facts> {
	const files = filesOfPlan(plan);
	const folders = files.map(file => path.dirname(file));
	const counts = brokenOff && writesTables(plan);
	return readFacts(sources, plan.domain.uuid, {
		folders,
		counts,
		files,
		earlier,
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
