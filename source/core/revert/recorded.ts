/** What a recorded definition names: QEMU starts by it once the domain that runs has been given up. */

import {type NamedFile, type NamedPort, namedFiles, namedPorts, nameIn} from '../domain-xml/named-files.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Remedy, RemedyAction} from '../model/remedy.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {byShell, byVirsh} from '../steps/hints.ts';
import {virsh} from '../steps/on-domain.ts';
import {remedy} from '../words/remedy.ts';
import {enumerate, shellCommand, t} from '../words/text.ts';

/** Those of the files that a definition needs and that are not there. */
function goneFiles({gone}: Pick<Facts, 'gone'>, xml: string, without?: ReadonlySet<string>): NamedFile[] {
	const absent = new Set(gone);
	return namedFiles(xml, without).filter(
		({file, unless}) => absent.has(file) && (unless === null || absent.has(unless)),
	);
}

/**
 * Why QEMU cannot start by the definition that libvirt recorded in a snapshot. libvirt 9.0 looks only once it has stopped the domain:
 * it is shut off then, with nothing loaded. Null where all is there.
 */
export function recordedRefusal(facts: Facts, {tag}: Snapshot, without?: ReadonlySet<string>): Refusal | null {
	const {domain, host} = facts;
	const xml = facts.snapshotXml[tag] ?? '';
	return startRefusal(
		facts,
		{xml, without},
		t`snapshot ${tag} records it`,
		byVirsh(host, 'snapshot-edit', domain, tag),
	);
}

/** What to say of that where nothing starts now; empty where all is there. */
export function recordedWarnings(facts: Facts, {tag}: Snapshot, without?: ReadonlySet<string>): Remedy[] {
	const {domain, host} = facts;
	const found = goneFiles(facts, facts.snapshotXml[tag] ?? '', without);
	if (found.length === 0) return [];
	return [
		remedy`${wordsOf(found)} ${isOrAre(found)} gone: the domain does not start afterwards until you put ${itOrThem(found)} back, or change its definition ${byVirsh(host, 'edit', domain)}.`,
	];
}

/** The same of the definition in a file of saved memory, and of the name in it. */
export function savedDefinitionRefusal(facts: Facts, file: string, without?: ReadonlySet<string>): Refusal | null {
	const xml = facts.saveImages[file]?.xml;
	if (xml === undefined) return null;
	const edit = {
		does: null,
		domain: facts.domain.uuid,
		command: shellCommand(virsh(facts.host, 'save-image-edit', file)),
	};
	return renamedRefusal(facts, xml, file) ?? startRefusal(facts, {xml, without}, t`${file} records it`, edit);
}

/** The same of the definition that the domain has now. */
export function definedRefusal(facts: Facts, without?: ReadonlySet<string>): Refusal | null {
	const {domain, host, inactiveXml} = facts;
	return startRefusal(facts, {xml: inactiveXml, without}, 'it is defined', byVirsh(host, 'edit', domain));
}

/** libvirt loads memory only into a domain that has the name it was saved under (verified on 9.0). */
function renamedRefusal({domain, host, domains}: Facts, xml: string, file: string): Refusal | null {
	const then = nameIn(xml);
	if (then === null || then === domain.name) return null;
	const taken = domains.find(other => other.name === then);
	const before = [
		...(isActive(domain) ? [remedy`shut it down ${byVirsh(host, 'shutdown', domain)}, `] : []),
		...(taken ? [remedy`give the other domain ${then} another name, `] : []),
	].reduce<Remedy>((text, part) => remedy`${text}${part}`, '');
	return refuse(
		'unsupported',
		t`The domain was called ${then} when its memory was saved in ${file}, and libvirt loads it under that name only.`,
		remedy`First ${before}give it that name back ${byVirsh(host, 'domrename', domain, then)}; rename it again afterwards.`,
	);
}

type Definition = {readonly xml: string; readonly without: ReadonlySet<string> | undefined};

function startRefusal(facts: Facts, {xml, without}: Definition, where: string, edit: RemedyAction): Refusal | null {
	return goneRefusal(goneFiles(facts, xml, without), where, edit) ?? takenRefusal(takenPorts(facts, xml), where, edit);
}

function goneRefusal(found: readonly NamedFile[], where: string, edit: RemedyAction): Refusal | null {
	if (found.length === 0) return null;
	return refuse(
		'unhealthy',
		`The domain cannot start as ${where}: ${wordsOf(found)} ${isOrAre(found)} gone.`,
		remedy`Put ${itOrThem(found)} back, or remove ${itOrThem(found)} from that definition ${edit}.`,
	);
}

/** QEMU ends where it cannot listen at a port that the definition gives it. */
function takenPorts({listening}: Pick<Facts, 'listening'>, xml: string): NamedPort[] {
	const everywhere = ['0.0.0.0', '::', '*'];
	return namedPorts(xml).filter(({address, port}) =>
		listening.some(
			other =>
				other.port === port &&
				(other.address === address || [address, other.address].some(one => everywhere.includes(one))),
		),
	);
}

function takenRefusal([first]: readonly NamedPort[], where: string, edit: RemedyAction): Refusal | null {
	if (first === undefined) return null;
	const {port, what} = first;
	const show = byShell(['ss', '-ltnp', `sport = :${port}`]);
	return refuse(
		'unhealthy',
		t`The domain cannot start as ${where}: another program listens at TCP port ${port} (${what}).`,
		remedy`See which one ${show} and end it, or give that definition another port ${edit}.`,
	);
}

function wordsOf(found: readonly NamedFile[]): string {
	return enumerate(found.map(({what, file}) => t`${file} (${what})`));
}

const isOrAre = (found: readonly NamedFile[]) => (found.length === 1 ? 'is' : 'are');
const itOrThem = (found: readonly NamedFile[]) => (found.length === 1 ? 'it' : 'them');
