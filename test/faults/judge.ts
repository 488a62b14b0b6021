/** How a case ends: recovery followed to its last choice, then the world looked at for anything that is not as it has to be. */
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import type {Domain, Facts} from '../../source/core/model/domain.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import type {Remedy} from '../../source/core/model/remedy.ts';
import type {Recovery} from '../../source/core/recover/recovery.ts';
import {makes} from '../../source/core/steps/step.ts';
import {asCommands} from '../../source/core/words/remedy.ts';
import {hasPattern, hasPatternLive} from '../../source/lab/pattern.ts';
import {waitUntil} from '../helpers/lab.ts';
import type {Case} from './cases.ts';
import {whatIsLost} from './others.ts';
import type {Stage} from './stage.ts';

const preference = ['close', 'go-on', 'way-back', 'leave'] as const;

/** Takes the best choice that recovery offers, until nothing is left open. */
export async function followToTheEnd(
	stage: Stage,
	receipt: Receipt | null,
	fault: Case['fault'],
): Promise<{path: string; problem: string}> {
	if (receipt === null) return {path: 'nothing started', problem: ''};
	const words: string[] = [];
	for (let round = 0; round < 4; round++) {
		const open = (await stage.calm.receipts()).find(({id}) => id === receipt.id);
		if (!open) return {path: words.join(', '), problem: 'the receipt is gone'};
		if (open.status === 'verified' || open.status === 'undone' || open.status === 'stale') {
			return {path: words.join(', ') || 'nothing to do', problem: ''};
		}

		const recovery = await patiently(() => stage.calm.recovery(receipt.id).catch(obey(words)));
		const choice = preference.find(id => recovery.choices.some(one => one.id === id))!;
		words.push(`${recovery.verdict} → ${choice}`);
		const end = await stage.calm.recover(receipt.id, choice).catch((error: Error) => {
			// libvirt went on by itself in the meantime: there is another choice to be made now.
			if (error.name !== 'RefusalError') throw error;
			return null;
		});
		if (end === null) continue;
		if (choice === 'leave') return {path: words.join(', '), problem: leftOpen(recovery, fault)};
		if (end.status === 'failed') words.push(`(${end.message} ${end.findings.join(' ')})`);
	}

	return {path: words.join(', '), problem: 'recovery does not end'};
}

/** Does what the remedy says where a process that libvirt has lost is in the way: it is ended. */
function obey(words: string[]): (error: Error & {remedy?: Remedy}) => never {
	return error => {
		const pid = /: kill (\d+);/.exec(asCommands(error.remedy ?? ''))?.[1];
		if (pid !== undefined) {
			process.kill(Number(pid));
			words.push('a lost process ended');
		}

		throw error;
	};
}

/** To leave things is an end only where the operation itself is whole. */
function leftOpen({findings}: Recovery, fault: Case['fault']): string {
	// Of a domain that somebody has started nothing more can be done; what it runs on is looked at all the same.
	if (fault === 'start') return '';
	const open = findings.filter(
		finding => !/^Changed: (?:state|id|disk|managed save|definition)|^New: |^Gone: |^The domain is /.test(finding),
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
): Promise<string> {
	const {row, verb} = wanted;
	const facts = await stage.facts();
	const {domain, saveImages} = facts;
	const lost = await whatIsLost(wanted, plan, facts);
	const problems: string[] = lost === '' ? [] : [lost];
	const unread = domain.disks.flatMap(disk => (disk.unreadable ? [disk.unreadable.reason] : []));
	if (unread.length > 0) return unread.join(' ');
	const neverChanged = verb === 'create' || row.method === 'memory';
	const allowed = neverChanged ? [0xa1] : verb === 'delete' || end === null ? [0xb2] : [0xa1, 0xb2];
	const held = [];
	for (const byte of allowed) if (await holds(stage, domain, byte)) held.push(byte);
	if (held.length === 0)
		problems.push(`no disk contents of one point in time (${allowed.map(byte => byte.toString(16))})`);
	const sound = row.method === 'qemu-img' || row.method === 'monitor' ? 'unmanaged' : 'ok';
	for (const snapshot of domain.snapshots.filter(({tag}) => tag !== 'foreign')) {
		if (snapshot.health !== sound) problems.push(`${snapshot.tag} is ${snapshot.health}: ${snapshot.healthReason}`);
	}

	for (const file of await readdir(stage.images)) {
		const whole = path.join(stage.images, file);
		const ours = !before.includes(file) && !isForeign(whole, wanted, plan);
		if (ours && !saveImages[whole] && !isKnown(whole, facts)) problems.push(`${file} is left, and nothing uses it`);
	}

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

async function holds(stage: Stage, domain: Domain, byte: number): Promise<boolean> {
	for (const disk of domain.disks.filter(({target}) => target !== 'vdz')) {
		const held =
			domain.id === null
				? await hasPattern(stage.lab, disk.source!, byte, {format: 'qcow2'})
				: await hasPatternLive(stage.lab, stage.name, disk.target, byte);
		if (!held) return false;
	}

	return true;
}
