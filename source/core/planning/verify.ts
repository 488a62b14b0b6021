/** Whether a plan did what it promised: read back, never concluded from an exit status. */
import {basename, dirname} from 'node:path/posix';
import type {Disk} from '../model/disk.ts';
import {type Domain, isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {Expectation, Plan} from '../model/plan.ts';
import {expiryWords} from '../snapshots/retention.ts';
import {printable, t} from '../words/text.ts';
import {pendingWords} from './refusals/misdefined.ts';

/** One sentence for each expectation that the domain, read again, does not meet; empty where all are met. */
export function unmetExpectations(
	expect: readonly Expectation[],
	after: Domain,
	around: Around = {domains: [after], directories: {}, saveImages: {}},
): string[] {
	return expect.flatMap(expectation => {
		const finding = unmet(expectation, after, around);
		return finding === null ? [] : [finding];
	});
}

/**
 * The same where libvirt has no such domain any more, as of a transient one that has stopped.
 *
 * @param saved files that hold its memory
 */
export function unmetWithoutDomain(
	expect: readonly Expectation[],
	{uuid, name}: Pick<Domain, 'uuid' | 'name'>,
	saved: ReadonlySet<string>,
): string[] {
	const findings = expect.flatMap(one => {
		if (one.kind === 'no-domain' && one.uuid === uuid) return [];
		if (one.kind !== 'file' || !one.memory) return [t`libvirt has no domain ${name} any more.`];
		return saved.has(one.file) ? [] : [t`${one.file} does not hold the memory of ${name}.`];
	});
	return [...new Set(findings)];
}

type Absence = Extract<Expectation, {kind: 'no-snapshot'}>;

/** Where what a domain does not have itself is looked for. */
type Around = Pick<Facts, 'domains' | 'directories' | 'saveImages'>;

function unmet(expectation: Expectation, after: Domain, {domains, directories, saveImages}: Around): string | null {
	switch (expectation.kind) {
		case 'snapshot':
			return unmetSnapshot(expectation, after);
		case 'no-snapshot':
			return unmetAbsence(expectation, after);
		case 'current': {
			const current = after.snapshots.find(snapshot => snapshot.current);
			if (current?.tag === expectation.tag) return null;
			return t`The current snapshot is ${current ? printable(current.tag) : 'none'}, not ${expectation.tag}.`;
		}
		case 'state': {
			const state = after.state === 'idle' ? 'running' : after.state;
			return state === expectation.state || state === expectation.or
				? null
				: `The domain is ${after.state}, not ${expectation.state}.`;
		}
		case 'active':
			return isActive(after) ? null : `The domain is ${after.state}.`;
		case 'file': {
			const {file, present, memory} = expectation;
			if (memory && !saveImages[file]) return t`${file} holds no memory that libvirt can read.`;
			const folder = directories[dirname(file)];
			// A folder that cannot be looked at from here says nothing.
			if (!folder || folder.entries.includes(basename(file)) === present) return null;
			return t`${file} is ${present ? 'not there' : 'still there'}.`;
		}
		case 'domain':
		case 'no-domain': {
			const {kind, name, uuid} = expectation;
			const found = domains.some(one => (uuid === undefined ? one.name === name : one.uuid === uuid));
			if (found === (kind === 'domain')) return null;
			return found ? t`The domain ${name} is still there.` : t`There is no such domain ${name}.`;
		}

		case 'source': {
			const disk = after.disks.find(({target}) => target === expectation.target);
			const source = disk?.source ?? null;
			if (disk && source === expectation.file) return misdefinition(disk);
			return t`${expectation.target} runs on ${source === null ? 'nothing' : printable(source)}, not on ${expectation.file}.`;
		}
	}
}

/** A definition that would not start the disk as it is now. */
function misdefinition(disk: Disk): string | null {
	const {target, misdefined, pending} = disk;
	if (misdefined !== undefined)
		return t`The definition of ${target} names ${misdefined} below it, which is not in its chain.`;
	return pending === undefined ? null : t`The definition was not changed with ${target}: ${pendingWords(disk)}.`;
}

/** Whether what is to be gone of that tag is there. */
export function isStillThere({tag, libvirt}: Absence, {snapshots}: Pick<Domain, 'snapshots'>): boolean {
	return snapshots.some(one => one.tag === tag && one.libvirt === (libvirt ?? one.libvirt));
}

function unmetAbsence(expectation: Absence, after: Domain): string | null {
	const {tag, ...kept} = expectation;
	if (isStillThere(expectation, after)) return t`The snapshot ${tag} is still there.`;
	const held = kept.protected === false && after.retentions.some(one => one.tag === tag && one.protected);
	return held ? t`${tag} is still protected.` : null;
}

const quoted = (text: string): string => (text === '' ? 'empty' : `"${text}"`);

function unmetSnapshot(
	{tag, health, alone, description, ...kept}: Extract<Expectation, {kind: 'snapshot'}>,
	after: Domain,
): string | null {
	const found = after.snapshots.filter(snapshot => snapshot.tag === tag);
	if (found.length === 0) return t`There is no snapshot ${tag}.`;
	if (alone && found.length > 1)
		return t`There are ${found.length} snapshots ${tag}: somebody else took one at the same time (virsnap list shows both).`;
	const recorded = found.find(({libvirt}) => libvirt)?.description ?? '';
	if (description !== undefined && recorded !== description)
		return t`The description of ${tag} is ${quoted(recorded)}, not ${quoted(description)}.`;
	const {protected: wanted, expiresAt, parent} = kept;
	const above = found.find(({libvirt}) => libvirt)?.parent ?? null;
	if (parent !== undefined && above !== parent)
		return t`The parent of ${tag} is ${above === null ? 'none' : printable(above)}, not ${parent}.`;
	if (wanted !== undefined && found.some(snapshot => snapshot.protected !== wanted))
		return t`${tag} is ${wanted ? 'not protected' : 'still protected'}.`;
	if (expiresAt !== undefined && found.every(snapshot => snapshot.expiresAt !== expiresAt))
		return t`${tag} expires ${expiryWords(found[0]!.expiresAt)}, not ${expiryWords(expiresAt)}.`;
	if (found.some(snapshot => health.includes(snapshot.health))) return null;
	return t`The snapshot ${tag} is ${found[0]!.health}: ${found[0]!.healthReason}`;
}

/** What libvirt's record of this snapshot is to say by the plan, a description empty for none; left out what stays as it is. */
export function plannedRecord(
	{expect}: Pick<Plan, 'expect'>,
	tag: string,
): {readonly description?: string; readonly parent?: string} {
	const found = expect.flatMap(one => (one.kind === 'snapshot' && one.tag === tag ? [one] : []));
	const {description} = found.find(one => one.description !== undefined) ?? {};
	const {parent} = found.find(one => one.parent !== undefined) ?? {};
	return {...(description === undefined ? {} : {description}), ...(parent === undefined ? {} : {parent})};
}
