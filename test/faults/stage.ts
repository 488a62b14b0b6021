/** What a case is played on: a fresh domain, brought to where the operation under test begins. */

import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import type {Facts} from '../../source/core/model/facts.ts';
import type {Hypervisor} from '../../source/core/model/hypervisor.ts';
import type {Intent} from '../../source/core/model/intent.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import {receiptFolder} from '../../source/execute/receipts/own-home.ts';
import {openHypervisor} from '../../source/hypervisor/hypervisor.ts';
import {writePattern, writePatternLive} from '../../source/lab/pattern.ts';
import {startSshHost} from '../../source/lab/ssh-host.ts';
import {planFor} from '../facts/plan.ts';
import type {Lab} from '../helpers/lab.ts';
import {cuttable} from '../helpers/troubled-host.ts';
import {openHost} from '../stories/hypervisors.ts';
import {type Case, isLinkFault} from './cases.ts';
import type {Shim} from './shim.ts';

const tag = 'point';
const launcher = fileURLToPath(new URL('../../cli.js', import.meta.url));

/** One domain of a case, on file systems of its own, and two ways to it. */
export type Stage = {
	readonly lab: Lab;
	readonly name: string;
	readonly uuid: string;
	/** A small file system of its own. */
	readonly images: string;
	readonly receipts: string;
	/** A file for saved memory. */
	readonly memory: string;
	/** Sets things up and recovers, with nothing in the way. */
	readonly calm: Hypervisor;
	/** Carries plans out in processes of their own, with the fault in the way. */
	readonly faulty: Hypervisor;
	/** Null: `faulty` is on this host. */
	readonly link: Link | null;
	facts(): ReturnType<Hypervisor['facts']>;
};

/** To another host, whose receipts and programs are those of the stage. */
type Link = {
	/** Cuts it, as shell text. */
	readonly cut: string;
	/** For another client. */
	open(): Hypervisor;
};

export async function setStage(lab: Lab, shim: Shim, {row, fault}: Case, name: string): Promise<Stage> {
	const images = await lab.mountTmpfs(`${name}-images`, '72M');
	const receipts = await lab.mountTmpfs(`${name}-receipts`, '1M');
	// Receipts are kept by whoever runs this, not by the user of the lab: a folder of another user is not trusted.
	await execa('chown', [String(process.getuid!()), receipts]);
	const disks = [];
	for (let index = 0; index < row.disks; index++) {
		const file = path.join(images, `${name}-${index}.qcow2`);
		await lab.qemuImg('create', '-q', '-f', 'qcow2', file, '4M');
		disks.push({target: `vd${'ab'[index]}`, file, format: 'qcow2' as const});
	}

	await lab.define({name, memoryMiB: 32, disks});
	if (row.running) await lab.virsh('start', '--domain', name);
	const uuid = (await lab.virsh('domuuid', '--domain', name)).trim();
	const kept = receiptFolder({XDG_STATE_HOME: receipts}, receipts);
	await mkdir(kept, {recursive: true, mode: 0o700});
	const options = {uri: lab.uri, receipts: kept};
	const calm = openHypervisor({...options, env: lab.env});
	const PATH = `${shim.folder}:${process.env.PATH}`;
	const env = {...lab.env, XDG_CACHE_HOME: path.join(lab.folder, 'compiled'), XDG_STATE_HOME: receipts};
	const runner = [process.execPath, launcher, '-c', lab.uri, 'carry-out', '--receipts', kept];
	const link = isLinkFault(fault) ? await linkTo(lab, name, {env, PATH}) : null;
	const faulty = link?.open() ?? openHypervisor({...options, env: {...env, PATH}, runner});
	const memory = path.join(images, `${name}.save`);
	const facts = () => calm.facts(uuid, [images], memory);
	return {lab, name, uuid, images, receipts, memory, calm, faulty, link, facts};
}

async function linkTo(lab: Lab, name: string, {env, PATH}: {env: Record<string, string>; PATH: string}): Promise<Link> {
	const virsnap = ['env', `PATH=${PATH}`, process.execPath, launcher];
	const host = await startSshHost(lab, {virsnap, host: name, env});
	const cut = await cuttable(host);
	return {cut, open: () => openHost(host)};
}

type Rehearsed = {readonly facts: Facts; readonly plan: Plan};

/** Everything that comes before the operation under test, and its plan. Disks hold a1 at the snapshot, b2 after it. */
export async function rehearse(stage: Stage, wanted: Case): Promise<Rehearsed> {
	const {row, verb} = wanted;
	const create = (which: string) => intentOf(stage, {row, verb: 'create'}, which);
	let facts = await stage.facts();
	await fill(stage, facts, 0xa1);
	if (row.of) {
		facts = await does(stage, facts, {verb: 'create', tag: cloned, method: row.of});
		await fill(stage, facts, 0xb2);
	}
	if (verb === 'create') return planned(stage, facts, create(tag));
	if (row.middle) facts = await does(stage, facts, create('below'));
	facts = await does(stage, facts, create(tag));
	if (row.kept) facts = await does(stage, facts, {verb: 'edit', tag, protect: true});
	if (row.method !== 'memory') await fill(stage, facts, 0xb2);
	if (row.middle) facts = await does(stage, facts, create('above'));
	if (verb === 'revert' && row.revertOff) {
		await stage.lab.virsh('destroy', '--domain', stage.uuid);
		facts = await stage.facts();
	}

	return planned(stage, facts, intentOf(stage, wanted, tag));
}

/** Of what the host has told, where the plan goes to another one. */
async function planned({link, faulty, uuid, images, memory}: Stage, facts: Facts, intent: Intent): Promise<Rehearsed> {
	return {facts, plan: planFor(link === null ? facts : await faulty.facts(uuid, [images], memory), intent)};
}

function intentOf(stage: Stage, {row, verb}: Pick<Case, 'row' | 'verb'>, which: string): Intent {
	const file = row.managed ? {} : {file: stage.memory};
	if (row.method === 'memory') {
		if (verb === 'create') return {verb: 'save', ...file};
		return verb === 'revert' ? {verb: 'restore', ...file} : {verb: 'drop', ...file};
	}

	if (row.method === 'linked-clone' || row.method === 'full-clone') {
		const of = row.of ? {tag: cloned} : {};
		return {verb: 'clone', name: cloneOf(stage.name), full: row.method === 'full-clone', ...of};
	}
	if (verb === 'edit' && row.renamed) return {verb, tag: which, newTag};
	if (verb === 'edit') return {verb, tag: which, description: newDescription, protect: true};
	const disks = row.leftOut && which === tag ? {disks: ['vda']} : {};
	return verb === 'create' ? {verb, tag: which, method: row.method, ...disks} : {verb, tag: which};
}

/** What an edit says of a snapshot. */
export const newDescription = 'before the upgrade';

/** The tag that a rename gives. */
export const newTag = 'renamed';

/** The snapshot that a clone is made of. */
const cloned = 'cloned';

export const cloneOf = (name: string) => `${name}-clone`;

async function does(stage: Stage, facts: Facts, intent: Intent): Promise<Facts> {
	const made = await stage.calm.carryOut(planFor(facts, intent));
	if (made.status !== 'verified') throw new Error(made.message);
	return stage.facts();
}

async function fill(stage: Stage, {domain}: Facts, byte: number): Promise<void> {
	for (const disk of domain.disks) {
		if (domain.id === null) await writePattern(stage.lab, disk.source!, byte, {format: 'qcow2'});
		else await writePatternLive(stage.lab, stage.name, disk.target, byte);
	}
}

export async function strike(stage: Stage): Promise<void> {
	await stage.calm.close();
	await stage.faulty.close();
	const quietly = (...args: string[]) => stage.lab.virsh(...args).catch(() => undefined);
	await quietly('destroy', '--domain', stage.uuid);
	await quietly('undefine', '--domain', stage.uuid, '--snapshots-metadata', '--managed-save');
	await quietly('undefine', '--domain', cloneOf(stage.name));
	for (const point of [stage.images, stage.receipts]) await execa('umount', ['-l', point], {reject: false});
	await writeFile(path.join(stage.lab.folder, `${stage.name}.done`), '');
}
