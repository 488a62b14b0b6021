/** What a plan depends on, so that a stale one is found before the first step. */

import {withoutSecrets} from '../domain-xml/secrets.ts';
import type {Disk} from '../model/disk.ts';
import {type Domain, isActive} from '../model/domain.ts';
import type {Facts, SaveImage} from '../model/facts.ts';
import type {Basis, Plan} from '../model/plan.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {dependantsOf} from '../snapshots/dependants.ts';
import {printable, t} from '../words/text.ts';
import {checksum} from './checksum.ts';

const definition = 'definition';

/** What a snapshot's own line says when it comes or goes; receipts of earlier versions have no such lines. */
const described = 'description of';

/** Whether this line of a basis is about the description of a snapshot. */
export const isDescription = (key: string): boolean => key.startsWith(`${described} `);

/** Receipts of earlier versions do not have these: there they say nothing. */
const later = ['name', 'persistent'];

/** Every fact that planners decide by, as a readable line by key. What changes by itself (sizes, free space) is left out. */
export function basisOf(facts: Facts): Basis {
	const {domain} = facts;
	const lines: Record<string, string> = {
		name: printable(domain.name),
		persistent: domain.persistent ? 'yes' : 'no',
		state: domain.state,
		id: domain.id === null ? 'none' : String(domain.id),
		'managed save': domain.managedSave ? 'yes' : 'no',
		// Plans write it back with other disks: what somebody else has put into it meanwhile must not be lost.
		[definition]: checksum(withoutSecrets(facts.inactiveXml)),
	};
	for (const disk of domain.disks) lines[t`disk ${disk.target}`] = diskLine(disk);
	for (const snapshot of domain.snapshots) {
		lines[freeKey(lines, t`snapshot ${snapshot.tag}`)] = snapshotLine(snapshot);
		if (snapshot.libvirt)
			lines[t`${described} ${snapshot.tag}`] = snapshot.description ? t`"${snapshot.description}"` : 'none';
	}

	const own = new Set(domain.snapshots.map(snapshot => snapshot.memoryFile));
	for (const [file, image] of Object.entries(facts.saveImages))
		if (!own.has(file) && !image.told) lines[t`memory in ${file}`] = memoryLine(image, domain);
	for (const {file, below} of facts.kept) lines[t`unused overlay ${file}`] = t`on ${below[0] ?? ''}`;
	for (const {file, base} of facts.reclaimable) lines[t`unused overlay ${file}`] = t`on ${base}`;
	const files = domain.disks.flatMap(disk => disk.chain.map(image => image.file));
	for (const dependant of dependantsOf(facts, files)) {
		const line = t`${dependant.file} (${dependant.domain.state})`;
		lines[t`used by ${dependant.domain.name} ${dependant.target} ${dependant.file}`] = line;
	}
	for (const {tag, file} of facts.rewritten) {
		const createdAt = domain.snapshots.find(one => one.tag === tag)?.createdAt ?? null;
		lines[freeKey(lines, t`${writtenUnder} ${tag}`)] = writtenLine(file, createdAt);
	}
	return lines;
}

/** For those who ask later: what the plan itself does may change the time by which this is told. */
const writtenUnder = 'base of';

const writtenLine = (file: string, createdAt: string | null): string =>
	t`${createdAt ?? 'no date'} ${file} written to since`;

/** Whether somebody was known to have written to `file` since the snapshot was taken of it. */
export const wasWritten = (basis: Basis, file: string, {tag, createdAt}: Snapshot): boolean =>
	Object.entries(basis).some(
		([key, line]) => key.startsWith(t`${writtenUnder} ${tag}`) && line === writtenLine(file, createdAt),
	);

/** `qemu-img snapshot -c` accepts duplicates, and two tags may look alike: each has a line of its own. */
function freeKey(lines: Readonly<Record<string, string>>, stem: string): string {
	let key = stem;
	for (let count = 2; Object.hasOwn(lines, key); count++) key = `${stem} (${count})`;
	return key;
}

function diskLine(disk: Disk): string {
	const access = [disk.readonly ? 'read-only' : '', disk.snapshotPolicy ? `snapshot=${disk.snapshotPolicy}` : ''];
	const chain = disk.chain.map(image => image.file);
	const files = chain.length > 0 ? chain : [disk.source ?? 'no medium'];
	return [
		disk.device,
		disk.type,
		disk.format,
		...access.filter(word => word !== ''),
		files.map(printable).join(' on '),
	].join(' ');
}

/**
 * Whether the disk ran on `file` itself with the snapshot there already. Another one of its tag is told by its date (`createdAt`); of one
 * without a date nothing is known.
 */
export function ranOn(basis: Basis, file: string, target: string, {tag, createdAt}: Snapshot): boolean {
	const line = basis[t`disk ${target}`] ?? '';
	const found = t`${line} on `.indexOf(t` ${file} on `);
	if (found === -1 || line.slice(0, found + 1).includes(' on ')) return false;
	return Object.entries(basis).some(
		([key, about]) => key.startsWith(t`snapshot ${tag}`) && about.split(' ')[1] === createdAt,
	);
}

/** Whether the disk ran on `file`, and that on something else. */
export function stoodOnBase(basis: Basis, file: string, target: string): boolean {
	const line = basis[t`disk ${target}`] ?? '';
	const found = line.indexOf(t` ${file} on `);
	return found !== -1 && !line.slice(0, found + 1).includes(' on ');
}

function snapshotLine(snapshot: Snapshot): string {
	const disks = snapshot.disks.map(part => t`${part.target}:${part.kind}:${part.id ?? '-'}:${part.file ?? '-'}`);
	const extras = [
		snapshot.current ? 'current' : '',
		snapshot.libvirt ? 'libvirt' : '',
		snapshot.protected ? 'protected' : '',
		snapshot.expiresAt === null ? '' : `expires ${snapshot.expiresAt}`,
		snapshot.parent === null ? '' : t`on ${snapshot.parent}`,
	];
	return [snapshot.health, snapshot.createdAt ?? 'no date', ...extras.filter(word => word !== ''), ...disks].join(' ');
}

/** While the domain is active its disks change all the time, and nobody loads the memory. */
function memoryLine({writtenAt, changedSince}: SaveImage, domain: Domain): string {
	const changed = isActive(domain) ? [] : changedSince.map(file => t`${file} changed since`);
	return [`written ${writtenAt ?? 'at no known time'}`, ...changed].join(', ');
}

/** One sentence for each fact that is not as it was; empty where the plan still stands. */
export function changedBasis(before: Basis, after: Basis): string[] {
	const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
	return keys.flatMap(key => {
		const was = before[key];
		const is = after[key];
		if (was === is || key.startsWith(`${writtenUnder} `)) return [];
		if (was === undefined && later.includes(key)) return [];
		if ((was === undefined || is === undefined) && isDescription(key)) return [];
		if (was === undefined) return [`New: ${key}: ${inShort(key, is!)}.`];
		if (is === undefined) return [`Gone: ${key}: ${inShort(key, was)}.`];
		if (key === definition) return [`Changed: ${key} (virsh dumpxml --inactive).`];
		return [`Changed: ${key}: ${isSnapshot(key) ? differences(was, is) : `was ${was}, is ${is}`}.`];
	});
}

const isSnapshot = (key: string): boolean => key.startsWith('snapshot ');

/** Of a snapshot its health and date: where its data lies is for comparing alone. */
const inShort = (key: string, line: string): string => (isSnapshot(key) ? line.split(' ').slice(0, 2).join(' ') : line);

/** Only what differs, without the words that both begin and end with. */
function differences(was: string, is: string): string {
	const [before, after] = [was.split(' '), is.split(' ')];
	const most = Math.min(before.length, after.length);
	let start = 0;
	while (start < most && before[start] === after[start]) start++;
	// A name or a time alone would say nothing.
	if (['on', 'expires'].includes(before[start - 1] ?? '')) start--;
	let rest = 0;
	while (rest < most - start && before.at(-1 - rest) === after.at(-1 - rest)) rest++;
	const [gone, come] = [before, after].map(words => words.slice(start, words.length - rest).join(' '));
	return [gone && `was ${gone}`, come && `now ${come}`].filter(part => part !== '').join(', ');
}

/** Whether everything the plan depended on is as it was. */
export function isAsBefore(plan: Pick<Plan, 'basis'>, facts: Facts): boolean {
	return changedBasis(plan.basis, basisOf(facts)).length === 0;
}
