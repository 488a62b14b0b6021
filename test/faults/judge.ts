/** How a case ends: recovery followed to its last choice, then the world looked at for anything that is not as it has to be. */
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import type {Disk} from '../../source/core/model/disk.ts';
import type {Domain} from '../../source/core/model/domain.ts';
import type {Facts} from '../../source/core/model/facts.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import type {Snapshot} from '../../source/core/model/snapshot.ts';
import type {Recovery} from '../../source/core/recover/recovery.ts';
import {makes} from '../../source/core/steps/step.ts';
import {RefusalError, remedyOf} from '../../source/core/words/foreseen-error.ts';
import {type Extent, hasPattern, hasPatternLive} from '../../source/lab/pattern.ts';
import {waitUntil} from '../helpers/lab.ts';
import {said} from '../helpers/saying.ts';
import type {Case} from './cases.ts';
import {guestByte, guestExtent, whatIsLost} from './others.ts';
import {cloneOf, newDescription, newTag, type Stage} from './stage.ts';

const preference = ['close', 'go-on', 'way-back', 'leave'] as const;

/** Takes the best choice that recovery offers, until nothing is left open. */
export async function followToTheEnd(
	stage: Stage,
	receipt: Receipt | null,
): Promise<{path: string; problem: string; shutDown: boolean}> {
	if (receipt === null) return {path: 'nothing started', problem: '', shutDown: false};
	const words: string[] = [];
	let shutDown = false;
	const ended = (problem: string) => ({path: words.join(', ') || 'nothing to do', problem, shutDown});
	for (let round = 0; round < 4; round++) {
		const open = (await stage.calm.receipts()).find(({id}) => id === receipt.id);
		if (!open) return ended('the receipt is gone');
		if (open.status === 'verified' || open.status === 'undone' || open.status === 'stale') return ended('');

		const recovery = await patiently(() => stage.calm.recovery(receipt.id).catch(obey(words)));
		const choice = preference.find(id => recovery.choices.some(one => one.id === id))!;
		if (choice === 'leave' && !shutDown && (await shutsDown(stage, recovery))) {
			words.push('shut down, as the remedy says');
			shutDown = true;
			continue;
		}

		words.push(`${recovery.verdict} → ${choice}`);
		const end = await stage.calm.recover(receipt.id, choice).catch((error: unknown) => {
			// libvirt went on by itself in the meantime: there is another choice to be made now.
			if (!(error instanceof RefusalError)) throw error;
			return null;
		});
		if (end === null) continue;
		if (choice === 'leave') return ended(leftOpen(recovery));
		if (end.status === 'failed') words.push(`(${end.message} ${end.findings.join(' ')})`);
	}

	return ended('recovery does not end');
}

/** Types what the remedy says where it is to shut the domain down. Its guest listens to nothing, so that the plug is pulled behind it. */
async function shutsDown({lab, uuid}: Stage, {refusals}: Recovery): Promise<boolean> {
	const parts = refusals.flatMap(({refusal}) => (typeof refusal.remedy === 'string' ? [] : refusal.remedy));
	const action = parts.find(part => typeof part !== 'string' && 'does' in part && part.does === 'shutdown');
	if (typeof action !== 'object' || !('command' in action) || action.command === null) return false;
	// It may have ended by itself meanwhile.
	await execa('sh', ['-c', action.command], {env: lab.env, reject: false});
	await lab.virsh('destroy', '--domain', uuid).catch(() => undefined);
	return true;
}

/** Does what the remedy says where a process that libvirt has lost is in the way: it is ended. */
function obey(words: string[]): (error: unknown) => never {
	return error => {
		const pid = /: kill (\d+);/.exec(said(remedyOf(error) ?? ''))?.[1];
		if (pid !== undefined) {
			process.kill(Number(pid));
			words.push('a lost process ended');
		}

		throw error;
	};
}

/** To leave things is an end only where the operation itself is whole. */
function leftOpen({findings}: Recovery): string {
	const open = findings.filter(
		finding =>
			!/^Changed: (?:name|persistent|state|id|disk|managed save|definition)|^New: |^Gone: |^The domain is /.test(
				finding,
			),
	);
	return open.join(' ');
}

/** libvirt may still be at it for a while. */
function patiently<T>(ask: () => Promise<T>): Promise<NonNullable<T>> {
	return waitUntil(() => ask().catch(() => null), {every: 100});
}

/** What is not as it has to be in the end: contents of one point in time, and a snapshot that is whole or not there. */
export async function whatIsWrong(
	stage: Stage,
	wanted: Case,
	plan: Plan,
	end: Receipt | null,
	before: readonly string[],
	shutDown: boolean,
): Promise<string> {
	const {row, verb, fault} = wanted;
	const facts = await stage.facts();
	const {domain, saveImages} = facts;
	const lost = await whatIsLost(wanted, plan, facts, shutDown);
	const problems: string[] = lost === '' ? [] : [lost];
	const unread = domain.disks.flatMap(disk => (disk.unreadable ? [disk.unreadable.reason] : []));
	if (unread.length > 0) return unread.join(' ');
	const neverChanged = verb === 'create' || row.method === 'memory';
	const allowed = row.of
		? [0xb2]
		: neverChanged
			? [0xa1]
			: verb === 'delete' || verb === 'edit' || end === null
				? [0xb2]
				: [0xa1, 0xb2];
	const [first, ...others] = domain.disks;
	const held = [];
	for (const byte of allowed)
		if (await holds(stage, row.leftOut ? {...domain, disks: [first!]} : domain, byte)) held.push(byte);
	if (row.leftOut && !(await holds(stage, {...domain, disks: others}, neverChanged ? 0xa1 : 0xb2)))
		problems.push('the disk that is left out lost what it held');
	if (fault === 'run') problems.push(...(await whatGuestLost(stage, wanted, domain)));
	if (held.length === 0)
		problems.push(`no disk contents of one point in time (${allowed.map(byte => byte.toString(16))})`);
	const sound = row.method === 'qemu-img' || row.method === 'monitor' ? 'unmanaged' : 'ok';
	for (const snapshot of domain.snapshots.filter(({tag}) => tag !== 'foreign')) {
		if (snapshot.health !== sound && !isOfOthers(snapshot, wanted, facts))
			problems.push(`${snapshot.tag} is ${snapshot.health}: ${snapshot.healthReason}`);
	}

	for (const file of await readdir(stage.images)) {
		const whole = path.join(stage.images, file);
		const ours = !before.includes(file) && !isForeign(whole, wanted, plan);
		if (ours && !saveImages[whole] && !isKnown(whole, facts)) problems.push(`${file} is left, and nothing uses it`);
	}

	problems.push(...whatEditLost(wanted, domain), ...(await whatCloneLacks(stage, facts)));
	const around = row.middle ? ['below', 'above'] : [];
	for (const other of around)
		if (!domain.snapshots.some(snapshot => snapshot.tag === other)) problems.push(`${other} is gone`);
	const open = (await stage.calm.receipts()).filter(receipt => receipt.endedAt === null);
	if (open.length > 0) problems.push(`${open.length} receipts are open`);
	for (const disk of domain.disks) {
		const check = await execa('qemu-img', ['check', '-q', '-U', '-f', 'qcow2', disk.source!], {reject: false});
		// 3: leaked clusters, which a killed QEMU may leave behind at any time and which cost nothing but room. (One that was counted
		// beyond the end of the file shows only when the file has grown.)
		if (domain.id === null && check.exitCode !== 0 && check.exitCode !== 3)
			problems.push(`${disk.target}: ${check.stderr}`);
	}

	return problems.join('; ');
}

/** An edit is whole or not there; protection stays. */
function whatEditLost({row, verb}: Case, {snapshots, retentions}: Domain): string[] {
	const points = snapshots.filter(({tag}) => tag === 'point' || tag === newTag);
	const [point] = points;
	if (row.renamed) {
		if (!point || points.length > 1) return [`${points.length} snapshots are there for one that was renamed`];
		const above = snapshots.find(({tag}) => tag === 'above');
		if (above && above.parent !== point.tag) return [`above is on ${above.parent}, not on ${point.tag}`];
		if (retentions.some(({tag}) => tag !== point.tag)) return ['the metadata knows it by the other tag'];
		const last = above ?? point;
		const foreign = snapshots.find(({tag}) => tag === 'foreign');
		if (!(foreign ?? last).current) return [`the current snapshot is another one than ${(foreign ?? last).tag}`];
	}
	if (!point) return [];
	if (row.kept) return point.protected ? [] : ['its protection is lost'];
	if (verb !== 'edit' || point.protected === (point.description === newDescription)) return [];
	return [`half edited: ${point.protected ? 'protected' : 'described'} only`];
}

/** A clone is whole or not there, and holds what its snapshot held. */
async function whatCloneLacks(stage: Stage, {domains}: Facts): Promise<string[]> {
	const clone = domains.find(({name}) => name === cloneOf(stage.name));
	if (clone === undefined) return [];
	const held = await Promise.all(clone.disks.map(disk => holdsIn(stage, clone, disk, 0xa1)));
	return held.every(Boolean) ? [] : [`the clone does not hold what was there (${held.join(', ')})`];
}

/** A disk that somebody has attached is in no snapshot of before: then that is all that it lacks. */
function isOfOthers({health, disks}: Snapshot, {fault}: Case, {domain}: Facts): boolean {
	const lacking = domain.disks.filter(
		({source}) => !disks.some(part => part.source === source || part.file === source),
	);
	const foreign = lacking.every(({source}) => source?.endsWith('/foreign.qcow2'));
	return ['attach', 'edit source'].includes(fault) && health === 'partial' && foreign;
}

/** What others have put there. */
function isForeign(file: string, {fault}: Case, plan: Plan): boolean {
	return file.includes('foreign') || (fault === 'file put' && plan.steps.some(step => makes(step).includes(file)));
}

function isKnown(file: string, {domain: {snapshots}, domains, reclaimable}: Facts): boolean {
	return (
		domains.some(({disks}) => disks.some(({chain}) => chain.some(image => image.file === file))) ||
		snapshots.some(({memoryFile, disks}) => memoryFile === file || disks.some(part => part.file === file)) ||
		reclaimable.some(left => left.file === file)
	);
}

/** What the guest of a domain that somebody has run wrote is on all disks; a revert may have taken it from all that the snapshot has. */
async function whatGuestLost(stage: Stage, {verb, row}: Case, domain: Domain): Promise<string[]> {
	const held = await Promise.all(domain.disks.map(disk => holdsIn(stage, domain, disk, guestByte, guestExtent)));
	const taken = held.every((one, index) => one === (row.leftOut === true && domain.disks[index]!.target !== 'vda'));
	if (held.every(Boolean) || (verb === 'revert' && taken)) return [];
	return [`what the guest wrote meanwhile is lost (${held.join(', ')})`];
}

async function holds(stage: Stage, domain: Domain, byte: number): Promise<boolean> {
	for (const disk of domain.disks.filter(({source}) => !source?.endsWith('/foreign.qcow2')))
		if (!(await holdsIn(stage, domain, disk, byte))) return false;
	return true;
}

function holdsIn(stage: Stage, domain: Domain, disk: Disk, byte: number, extent: Extent = {}): Promise<boolean> {
	return domain.id === null
		? hasPattern(stage.lab, disk.source!, byte, {format: 'qcow2', ...extent})
		: hasPatternLive(stage.lab, stage.name, disk.target, byte, extent);
}
