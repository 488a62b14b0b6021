/** Every method's create, revert and delete, with something broken at each step: what is there then, and whether recovery ends well. */
import {chmod, chown, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import type {Domain, Facts} from '../../source/core/domain.ts';
import type {Hypervisor} from '../../source/core/hypervisor.ts';
import {makePlan} from '../../source/core/make-plan.ts';
import type {MethodId} from '../../source/core/method.ts';
import type {Intent, Plan} from '../../source/core/plan.ts';
import type {Receipt} from '../../source/core/receipt.ts';
import type {Recovery} from '../../source/core/recover.ts';
import {openHypervisor} from '../../source/inventory/hypervisor.ts';
import {hasPattern, hasPatternLive, writePattern, writePatternLive} from '../../source/lab/pattern.ts';
import {type Lab, startEmptyLab} from '../helpers/lab.ts';
import {makeShim, type Shim, type When} from './shim.ts';

export type Row = {
	readonly method: MethodId;
	readonly running: boolean;
	readonly disks: number;
	/** Shut off before it goes back: where libvirt cannot do it otherwise. */
	readonly revertOff?: boolean;
	/** One snapshot below it and one above. */
	readonly middle?: boolean;
	/** libvirt's managed save rather than a file. */
	readonly managed?: boolean;
	/** Left out: all three. */
	readonly verbs?: readonly FaultVerb[];
};

/** Of memory: save, restore and drop. Of a linked clone: only that it is made. */
export type FaultVerb = 'create' | 'revert' | 'delete';

export const rows: readonly Row[] = [
	{method: 'libvirt-internal', running: true, disks: 2},
	{method: 'libvirt-internal', running: false, disks: 2},
	{method: 'qemu-img', running: false, disks: 2},
	{method: 'monitor', running: true, disks: 2},
	{method: 'external-offline', running: false, disks: 2},
	{method: 'external-live', running: true, disks: 2, revertOff: true},
	{method: 'external-full', running: true, disks: 2, revertOff: true},
	{method: 'external-offline', running: false, disks: 2, middle: true, verbs: ['revert', 'delete']},
	{method: 'external-live', running: true, disks: 2, revertOff: true, middle: true, verbs: ['revert', 'delete']},
	{method: 'memory', running: true, disks: 2},
	{method: 'memory', running: true, disks: 2, managed: true},
	{method: 'linked-clone', running: false, disks: 2, verbs: ['create']},
];

const verbs: readonly FaultVerb[] = ['create', 'revert', 'delete'];
export type FaultName =
	| 'runner'
	| 'runner and command'
	| 'libvirtd'
	| 'QEMU'
	| 'disk full'
	| 'unreadable'
	| 'receipts full'
	| 'receipts read-only';

export type Case = {
	readonly row: Row;
	readonly verb: FaultVerb;
	readonly step: number;
	readonly fault: FaultName;
	readonly when: When;
};

export type Verdict = Case & {
	readonly steps: number;
	/** How the operation ended by itself. */
	readonly ended: string;
	/** What recovery said and did, in order. */
	readonly path: string;
	readonly recovered: boolean;
	readonly problem: string;
	readonly seconds: number;
};

export const moments: readonly {readonly fault: FaultName; readonly when: When}[] = [
	{fault: 'runner', when: 'before'},
	{fault: 'runner', when: 'in'},
	{fault: 'runner', when: 'after'},
	{fault: 'runner and command', when: 'in'},
	{fault: 'libvirtd', when: 'before'},
	{fault: 'libvirtd', when: 'in'},
	{fault: 'libvirtd', when: 'after'},
	{fault: 'QEMU', when: 'before'},
	{fault: 'QEMU', when: 'in'},
	{fault: 'QEMU', when: 'after'},
	{fault: 'disk full', when: 'before'},
	{fault: 'unreadable', when: 'before'},
	{fault: 'receipts full', when: 'before'},
	{fault: 'receipts full', when: 'in'},
	{fault: 'receipts read-only', when: 'before'},
];

export type Bench = {run(wanted: Case): Promise<Verdict | null>; end(): Promise<void>};

const tag = 'point';
const launcher = fileURLToPath(new URL('../../cli.js', import.meta.url));

export async function setUpBench(): Promise<Bench> {
	const lab = await startEmptyLab();
	const shim = await makeShim(path.join(lab.folder, 'shim'));
	let count = 0;
	return {
		run: wanted => runCase(lab, shim, wanted, `case${++count}`),
		end: () => lab.stop(),
	};
}

type Stage = {
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
	facts(): ReturnType<Hypervisor['facts']>;
};

async function runCase(lab: Lab, shim: Shim, wanted: Case, name: string): Promise<Verdict | null> {
	const started = performance.now();
	const stage = await setStage(lab, shim, wanted, name);
	try {
		const {plan, facts: before} = await rehearse(stage, wanted);
		if (wanted.step > plan.steps.length) return null;
		const files = await readdir(stage.images);
		if (wanted.fault === 'QEMU' && before.domain.id === null) return null;
		const fault = await faultOf(stage, wanted, before.domain);
		if (!wanted.fault.startsWith('receipts') || wanted.when === 'in') await shim.arm(fault.arm);
		else await fault.now?.();
		const end = await stage.faulty.carryOut(plan).then(
			receipt => ({receipt, ended: receipt.status as string}),
			(error: Error) => ({receipt: null, ended: error.name}),
		);
		await shim.disarm();
		await fault.repair();
		const recovery = await followToTheEnd(stage, end.receipt);
		const problem = recovery.problem || (await whatIsWrong(stage, wanted, end.receipt === null, files));
		return {
			...wanted,
			steps: plan.steps.length,
			ended: end.receipt?.message.startsWith('It was cut off') ? 'cut off' : end.ended,
			path: recovery.path,
			recovered: problem === '',
			problem,
			seconds: Math.round((performance.now() - started) / 100) / 10,
		};
	} finally {
		await strike(stage);
	}
}

async function setStage(lab: Lab, shim: Shim, {row}: Case, name: string): Promise<Stage> {
	const images = await lab.mountTmpfs(`${name}-images`, '72M');
	const receipts = await lab.mountTmpfs(`${name}-receipts`, '1M');
	const disks = [];
	for (let index = 0; index < row.disks; index++) {
		const file = path.join(images, `${name}-${index}.qcow2`);
		await lab.qemuImg('create', '-q', '-f', 'qcow2', file, '4M');
		disks.push({target: `vd${'ab'[index]}`, file, format: 'qcow2' as const});
	}

	await lab.define({name, memoryMiB: 32, disks});
	if (row.running) await lab.virsh('start', '--domain', name);
	const uuid = (await lab.virsh('domuuid', '--domain', name)).trim();
	const options = {uri: lab.uri, receipts};
	const runner = [process.execPath, launcher, '-c', lab.uri, 'carry-out', '--receipts', receipts];
	const calm = openHypervisor({...options, env: lab.env});
	const faulty = openHypervisor({
		...options,
		env: {...lab.env, XDG_CACHE_HOME: path.join(lab.folder, 'compiled'), PATH: `${shim.folder}:${process.env.PATH}`},
		runner,
	});
	const memory = path.join(images, `${name}.save`);
	const facts = () => calm.facts(uuid, images, memory);
	return {lab, name, uuid, images, receipts, memory, calm, faulty, facts};
}

type Rehearsed = {readonly facts: Facts; readonly plan: Plan};

/** Everything that comes before the operation under test, and its plan. Disks hold a1 at the snapshot, b2 after it. */
async function rehearse(stage: Stage, wanted: Case): Promise<Rehearsed> {
	const {row, verb} = wanted;
	const create = (which: string) => intentOf(stage, {row, verb: 'create'}, which);
	let facts = await stage.facts();
	await fill(stage, facts, 0xa1);
	if (verb === 'create') return {facts, plan: planOf(facts, create(tag))};
	if (row.middle) facts = await does(stage, facts, create('below'));
	facts = await does(stage, facts, create(tag));
	if (row.method !== 'memory') await fill(stage, facts, 0xb2);
	if (row.middle) facts = await does(stage, facts, create('above'));
	if (verb === 'revert' && row.revertOff) {
		await stage.lab.virsh('destroy', '--domain', stage.uuid);
		facts = await stage.facts();
	}

	return {facts, plan: planOf(facts, intentOf(stage, wanted, tag))};
}

function intentOf(stage: Stage, {row, verb}: Pick<Case, 'row' | 'verb'>, which: string): Intent {
	const file = row.managed ? {} : {file: stage.memory};
	if (row.method === 'memory') {
		if (verb === 'create') return {verb: 'save', ...file};
		return verb === 'revert' ? {verb: 'restore', ...file} : {verb: 'drop', ...file};
	}

	if (row.method === 'linked-clone') return {verb: 'clone', name: cloneOf(stage.name)};
	return verb === 'create' ? {verb, tag: which, method: row.method} : {verb, tag: which};
}

const cloneOf = (name: string) => `${name}-clone`;

async function does(stage: Stage, facts: Facts, intent: Intent): Promise<Facts> {
	const made = await stage.calm.carryOut(planOf(facts, intent));
	if (made.status !== 'verified') throw new Error(made.message);
	return stage.facts();
}

function planOf(facts: Facts, intent: Intent): Plan {
	const outcome = makePlan(facts, intent);
	if ('refusal' in outcome) throw new Error(`${facts.domain.name}: ${outcome.refusal.reason}`);
	return outcome.plan;
}

async function fill(stage: Stage, {domain}: Facts, byte: number): Promise<void> {
	for (const disk of domain.disks) {
		if (domain.id === null) await writePattern(stage.lab, disk.source!, byte, {format: 'qcow2'});
		else await writePatternLive(stage.lab, stage.name, disk.target, byte);
	}
}

type Fault = {
	readonly arm: Parameters<Shim['arm']>[0];
	/** Done before the operation starts, instead. */
	readonly now?: () => Promise<unknown>;
	readonly repair: () => Promise<void>;
};

async function faultOf(stage: Stage, {fault, when, step}: Case, domain: Domain): Promise<Fault> {
	const {lab, images, receipts} = stage;
	const nothing = async () => {};
	switch (fault) {
		case 'runner':
			return {arm: {step, when, act: 'kill -9 $PPID', instead: true}, repair: nothing};
		case 'runner and command':
			return {arm: {step, when, act: 'kill -9 $PPID $command'}, repair: nothing};
		case 'libvirtd': {
			const act = `kill -9 $(cat '${lab.folder}/libvirtd.pid')`;
			return {arm: {step, when, act}, repair: () => untilUp(lab)};
		}

		case 'QEMU': {
			const act = `kill -9 $(cat '${lab.folder}/run/libvirt/qemu/run/${stage.name}.pid')`;
			return {arm: {step, when, act}, repair: () => untilOff(stage)};
		}

		case 'disk full': {
			const filler = path.join(images, 'filler');
			const act = `dd if=/dev/zero of='${filler}' bs=4k 2>/dev/null; true`;
			return {arm: {step, when, act}, repair: () => rm(filler, {force: true})};
		}

		case 'unreadable': {
			const file = domain.disks.at(-1)!.source!;
			const {uid, gid, mode} = await stat(file);
			// root may read whatever its mode says, but a device that no driver has cannot be opened by anybody.
			const dead = path.join(stage.receipts, 'dead');
			const act = `chown 0:0 '${file}'; chmod 0 '${file}'; mknod '${dead}' c 0 0; mount --bind '${dead}' '${file}'`;
			return {
				arm: {step, when, act},
				async repair() {
					// At once, even while somebody reads what is over it.
					await execa('umount', ['--lazy', file], {reject: false});
					await chown(file, uid, gid);
					await chmod(file, mode & 0o7777);
				},
			};
		}

		case 'receipts full': {
			const filler = path.join(receipts, 'filler');
			const act = `dd if=/dev/zero of='${filler}' bs=1k 2>/dev/null; true`;
			return {
				arm: {step, when, act},
				now: () => execa('/bin/sh', ['-c', act]),
				repair: () => rm(filler, {force: true}),
			};
		}

		case 'receipts read-only':
			return {
				arm: {step, when, act: 'true'},
				now: () => execa('mount', ['-o', 'remount,ro', receipts]),
				repair: async () => void (await execa('mount', ['-o', 'remount,rw', receipts])),
			};
	}
}

async function untilUp(lab: Lab): Promise<void> {
	for (let tries = 0; tries < 100; tries++) {
		if (
			await lab.virsh('list').then(
				() => true,
				() => false,
			)
		)
			return;
		await delay(100);
	}

	throw new Error('libvirtd did not come back');
}

async function untilOff(stage: Stage): Promise<void> {
	for (let tries = 0; tries < 100; tries++) {
		const state = await stage.lab.virsh('domstate', '--domain', stage.uuid);
		if (state.trim() !== 'running' || !(await isQemuGone(stage))) return;
		await delay(50);
	}
}

async function isQemuGone(stage: Stage): Promise<boolean> {
	const file = path.join(stage.lab.folder, `run/libvirt/qemu/run/${stage.name}.pid`);
	const pid = await readFile(file, 'utf8').catch(() => '');
	if (pid === '') return false;
	const line = await readFile(`/proc/${pid.trim()}/stat`, 'utf8').catch(() => ' Z');
	return / Z/.test(line);
}

const preference = ['close', 'go-on', 'way-back', 'leave'] as const;

/** Takes the best choice that recovery offers, until nothing is left open. */
async function followToTheEnd(stage: Stage, receipt: Receipt | null): Promise<{path: string; problem: string}> {
	if (receipt === null) return {path: 'nothing started', problem: ''};
	const words: string[] = [];
	for (let round = 0; round < 4; round++) {
		const open = (await stage.calm.receipts()).find(({id}) => id === receipt.id);
		if (!open) return {path: words.join(', '), problem: 'the receipt is gone'};
		if (open.status === 'verified' || open.status === 'undone' || open.status === 'stale') {
			return {path: words.join(', ') || 'nothing to do', problem: ''};
		}

		const recovery = await patiently(() => stage.calm.recovery(receipt.id));
		const choice = preference.find(id => recovery.choices.some(one => one.id === id))!;
		words.push(`${recovery.verdict} → ${choice}`);
		const end = await stage.calm.recover(receipt.id, choice).catch((error: Error) => {
			// libvirt went on by itself in the meantime: there is another choice to be made now.
			if (error.name !== 'BusyError') throw error;
			return null;
		});
		if (end === null) continue;
		if (choice === 'leave') return {path: words.join(', '), problem: leftOpen(recovery)};
		if (end.status === 'failed') words.push(`(${end.message} ${end.findings.join(' ')})`);
	}

	return {path: words.join(', '), problem: 'recovery does not end'};
}

/** To leave things is an end only where the operation itself is whole. */
function leftOpen({findings}: Recovery): string {
	const open = findings.filter(
		finding => !/^Changed: (?:state|id|disk|managed save)|^New: |^Gone: |^The domain is /.test(finding),
	);
	return open.join(' ');
}

/** libvirt may still be at it for a while. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
	for (let tries = 0; ; tries++) {
		try {
			return await ask();
		} catch (error) {
			if (tries === 100) throw error;
			await delay(100);
		}
	}
}

/** What is not as it has to be in the end: contents of one point in time, and a snapshot that is whole or not there. */
async function whatIsWrong(
	stage: Stage,
	{row, verb}: Case,
	notStarted: boolean,
	before: readonly string[],
): Promise<string> {
	const {domain, domains, saveImages} = await stage.facts();
	const problems: string[] = [];
	const unread = domain.disks.flatMap(disk => (disk.unreadable ? [disk.unreadable.reason] : []));
	if (unread.length > 0) return unread.join(' ');
	const neverChanged = verb === 'create' || row.method === 'memory';
	const allowed = neverChanged ? [0xa1] : verb === 'delete' || notStarted ? [0xb2] : [0xa1, 0xb2];
	const held = [];
	for (const byte of allowed) if (await holds(stage, domain, byte)) held.push(byte);
	if (held.length === 0)
		problems.push(`no disk contents of one point in time (${allowed.map(byte => byte.toString(16))})`);
	const sound = row.method === 'qemu-img' || row.method === 'monitor' ? 'unmanaged' : 'ok';
	for (const snapshot of domain.snapshots) {
		if (snapshot.health !== sound) problems.push(`${snapshot.tag} is ${snapshot.health}: ${snapshot.healthReason}`);
	}

	for (const file of await readdir(stage.images)) {
		const whole = path.join(stage.images, file);
		if (!before.includes(file) && !saveImages[whole] && !isKnown(whole, domain, domains))
			problems.push(`${file} is left, and nothing uses it`);
	}

	const around = row.middle ? ['below', 'above'] : [];
	for (const other of around)
		if (!domain.snapshots.some(snapshot => snapshot.tag === other)) problems.push(`${other} is gone`);
	const open = (await stage.calm.receipts()).filter(receipt => receipt.endedAt === null);
	if (open.length > 0) problems.push(`${open.length} receipts are open`);
	for (const disk of domain.disks) {
		const check = await execa('qemu-img', ['check', '-q', '-U', '-f', 'qcow2', disk.source!], {reject: false});
		// 3: leaked clusters, which a killed QEMU leaves behind and which cost nothing but room.
		if (check.exitCode !== 0 && check.exitCode !== 3 && domain.id === null)
			problems.push(`${disk.target}: ${check.stderr}`);
	}

	return problems.join('; ');
}

function isKnown(file: string, {snapshots, reclaimable = []}: Domain, domains: readonly Domain[]): boolean {
	return (
		domains.some(({disks}) => disks.some(({chain}) => chain.some(image => image.file === file))) ||
		snapshots.some(({memoryFile, disks}) => memoryFile === file || disks.some(part => part.file === file)) ||
		reclaimable.some(left => left.file === file)
	);
}

async function holds(stage: Stage, domain: Domain, byte: number): Promise<boolean> {
	for (const disk of domain.disks) {
		const held =
			domain.id === null
				? await hasPattern(stage.lab, disk.source!, byte, {format: 'qcow2'})
				: await hasPatternLive(stage.lab, stage.name, disk.target, byte);
		if (!held) return false;
	}

	return true;
}

async function strike(stage: Stage): Promise<void> {
	await stage.calm.close();
	await stage.faulty.close();
	const quietly = (...args: string[]) => stage.lab.virsh(...args).catch(() => undefined);
	await quietly('destroy', '--domain', stage.uuid);
	await quietly('undefine', '--domain', stage.uuid, '--snapshots-metadata', '--managed-save');
	await quietly('undefine', '--domain', cloneOf(stage.name));
	for (const point of [stage.images, stage.receipts]) await execa('umount', ['-l', point], {reject: false});
	await writeFile(path.join(stage.lab.folder, `${stage.name}.done`), '');
}

/** Every case there is; those of steps that a plan does not have are found out when run. */
export function allCases(mostSteps = 8): Case[] {
	return rows.flatMap(row =>
		(row.verbs ?? verbs).flatMap(verb =>
			Array.from({length: mostSteps}, (_, index) => index + 1).flatMap(step =>
				moments
					.filter(({fault, when}) => step === 1 || !(fault.startsWith('receipts') && when === 'before'))
					.filter(({fault}) => row.running || fault !== 'QEMU')
					.map(({fault, when}) => ({row, verb, step, fault, when})),
			),
		),
	);
}

/** The cases in an order that a seed decides, so that the first of them are a fair sample. */
export function shuffled(cases: readonly Case[], seed: number): Case[] {
	let state = seed;
	const next = () => {
		// A linear congruential generator (Numerical Recipes): any will do, as long as it is always the same.
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state;
	};
	return cases
		.map(one => ({one, key: next()}))
		.sort((a, b) => a.key - b.key)
		.map(({one}) => one);
}
