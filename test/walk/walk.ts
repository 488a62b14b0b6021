/**
 * A random walk over real domains: whatever the product plans and carries out, and what others do past it, is held against a
 * model after each step. A refusal is a fair answer and must leave all as it was; anything else that is not verified, and any
 * difference between world and model, is a failure.
 */
import path from 'node:path';
import {makePlan} from '../../source/core/make-plan.ts';
import type {Domain} from '../../source/core/model/domain.ts';
import type {Facts} from '../../source/core/model/facts.ts';
import type {Hypervisor} from '../../source/core/model/hypervisor.ts';
import {foldersOf, type Intent, type MethodId, snapshotMethods} from '../../source/core/model/intent.ts';
import {openHypervisor} from '../../source/hypervisor/hypervisor.ts';
import {type Lab, startEmptyLab} from '../../source/lab/lab.ts';
import {actByHand, actNames} from './by-hand.ts';
import {clonedImages, divergences, freshModel, type Model} from './model.ts';
import {after, before} from './planned.ts';
import {createRandom, type Random} from './random.ts';
import {createStage, offsets, type Stage} from './stage.ts';

type Operation = {
	readonly index: number;
	readonly domain: string;
	readonly verb: string;
	readonly method: string;
	readonly what: string;
	/** `verified`, `done`, `refused CODE`, `not possible` (an act by hand that libvirt or QEMU would not do) or `FAILED`. */
	readonly outcome: string;
	/** What went wrong; empty where nothing did. */
	readonly findings: readonly string[];
};

type WalkOptions = {
	readonly seed: number;
	readonly steps: number;
	readonly log?: (line: string) => void;
};

type Report = {
	readonly seed: number;
	readonly libvirt: string;
	readonly qemu: string;
	readonly operations: readonly Operation[];
	readonly failures: readonly Operation[];
};

type Actor = {readonly stage: Stage; uuid: string; model: Model; count: number; history: string[]};

/** Deeper chains are cut back, since every layer makes each look at them slower. */
const deepest = 7;
const mostSnapshots = 9;

const casts: readonly (readonly [name: string, files: readonly string[]])[] = [
	['one', ['one.qcow2']],
	['two', ['two-a.qcow2', 'two-b.qcow2']],
	['mixed', ['mixed.qcow2', 'mixed-data.raw']],
];

export async function walk({seed, steps, log = () => {}}: WalkOptions): Promise<Report> {
	const lab = await startEmptyLab();
	const hypervisor = openHypervisor({uri: lab.uri, env: lab.env, receipts: path.join(lab.folder, 'receipts')});
	try {
		const actors = await Promise.all(casts.map(cast => enter(lab, cast)));
		const {host} = await hypervisor.facts(actors[0]!.uuid);
		const random = createRandom(seed);
		const operations: Operation[] = [];
		for (let index = 1; index <= steps; index++) {
			const actor = random.pick(actors);
			const operation = await oneStep(index, actor, hypervisor, random).catch((error: unknown) =>
				brokenStep(index, actor, error),
			);
			operations.push(operation);
			log(lineOf(operation));
			actor.history.push(lineOf(operation));
			if (operation.findings.length > 0) {
				log([`  seed ${seed}; this domain so far:`, ...actor.history.map(line => `  ${line}`)].join('\n'));
				if (!(await startOver(actor).catch(() => false))) break;
			}
		}

		const failures = operations.filter(operation => operation.findings.length > 0);
		return {seed, libvirt: host.libvirt, qemu: host.qemu, operations, failures};
	} finally {
		await hypervisor.close();
		await lab.stop();
	}
}

export function lineOf({index, domain, verb, method, what, outcome, findings}: Operation): string {
	const words = [String(index).padStart(4), domain, verb, method, what].filter(word => word !== '').join(' ');
	return [`${words}: ${outcome}`, ...findings.map(finding => `       ${finding}`)].join('\n');
}

async function enter(lab: Lab, [name, files]: (typeof casts)[number]): Promise<Actor> {
	const stage = createStage(lab, name, files);
	return {stage, uuid: await stage.setUp(), model: freshModel(stage.targets), count: 0, history: []};
}

/** What is broken stays broken: the next step begins with fresh disks. Rejects where libvirt itself is gone. */
async function startOver(actor: Actor): Promise<true> {
	actor.uuid = await actor.stage.setUp();
	actor.model = freshModel(actor.stage.targets);
	actor.history = [];
	return true;
}

/** Something that no command should have led to, such as a libvirtd that is gone. */
function brokenStep(index: number, {stage}: Actor, error: unknown): Operation {
	const words = String(error instanceof Error ? error.message : error).trim();
	return {index, domain: stage.name, verb: 'any', method: '', what: '', outcome: 'FAILED', findings: words.split('\n')};
}

type Step = Pick<Operation, 'verb' | 'method' | 'what' | 'outcome' | 'findings'> & {
	/** The domain as it was read after it, where it was. */
	readonly now?: Domain;
};

async function oneStep(index: number, actor: Actor, hypervisor: Hypervisor, random: Random): Promise<Operation> {
	const {now, ...step} = await attempt(actor, hypervisor, random);
	const about = {index, domain: actor.stage.name};
	if (step.findings.length > 0) return {...about, ...step, outcome: 'FAILED'};
	const domain = now ?? (await hypervisor.facts(actor.uuid)).domain;
	const findings = await divergences(actor.model, domain, actor.stage);
	return {...about, ...step, findings, ...(findings.length > 0 ? {outcome: `FAILED after ${step.outcome}`} : {})};
}

async function attempt(actor: Actor, hypervisor: Hypervisor, random: Random): Promise<Step> {
	if (Math.max(...actor.model.layers.values()) > deepest || actor.model.snapshots.size > mostSnapshots)
		return cutBack(actor, hypervisor, random);
	const kind = random.weighted([
		[18, 'write'],
		[26, 'create'],
		[18, 'revert'],
		[14, 'delete'],
		[16, 'power'],
		[9, 'memory'],
		[2, 'clone'],
		[12, 'by hand'],
	]);
	if (kind !== 'write' && kind !== 'by hand') return carry(actor, hypervisor, intentOf(kind, actor, random));
	const facts = await hypervisor.facts(actor.uuid);
	return kind === 'write' ? write(actor, facts, random) : byHand(actor, facts.domain, random);
}

function intentOf(kind: string, actor: Actor, random: Random): Intent {
	if (kind === 'create') return createIntent(actor, random);
	if (kind === 'memory') return memoryIntent(actor, random);
	if (kind === 'clone') return {verb: 'clone', name: `${actor.stage.name}-${nextTag(actor)}`};
	const tags = [...actor.model.snapshots.keys()];
	const {state} = actor.model;
	if (kind === 'power' || tags.length === 0) return powerIntent(state, random);
	const tag = random.pick(tags);
	if (kind === 'revert') {
		const afterwards = random.pick([undefined, undefined, undefined, 'running', 'paused'] as const);
		const safety = random.chance(0.15);
		return {verb: 'revert', tag, ...(afterwards ? {afterwards} : {}), ...(safety ? {safety} : {})};
	}

	const flags = random.weighted([
		[8, {}],
		[2, {children: true}],
		[1, {metadataOnly: true}],
		[1, {metadataOnly: true, children: true}],
	]);
	return {verb: 'delete', tag, ...flags};
}

function createIntent(actor: Actor, random: Random): Intent {
	const tag = random.chance(0.04) ? [...actor.model.snapshots.keys()].at(-1) : undefined;
	const fitting: (MethodId | undefined)[] =
		actor.model.state === 'shut off'
			? ['libvirt-internal', 'qemu-img', 'external-offline', 'external-offline', undefined]
			: ['libvirt-internal', 'monitor', 'external-live', 'external-full', undefined];
	const method = random.chance(0.1) ? random.pick<MethodId | undefined>(snapshotMethods) : random.pick(fitting);
	return {verb: 'create', tag: tag ?? nextTag(actor), ...(method ? {method} : {})};
}

function nextTag(actor: Actor): string {
	actor.count++;
	return `${actor.stage.name[0]}${actor.count}`;
}

function powerIntent(state: string, random: Random): Intent {
	if (random.chance(0.1)) return {verb: random.pick(['start', 'destroy', 'suspend', 'resume'])};
	if (state === 'running') return {verb: random.pick(['destroy', 'suspend'])};
	if (state === 'paused') return {verb: random.pick(['destroy', 'resume', 'resume'])};
	return {verb: 'start'};
}

/** libvirt's managed save, or a file of its own. */
function memoryIntent(actor: Actor, random: Random): Intent {
	const {state, saves} = actor.model;
	const off = state === 'saved' || state === 'shut off';
	const file = state === 'saved' || random.chance(0.5) ? undefined : [...saves.keys()].at(-1);
	if (off !== random.chance(0.1)) {
		const about = file === undefined ? {} : {file};
		if (random.chance(0.3)) return {verb: 'drop', ...about};
		const afterwards = random.pick([undefined, undefined, 'running', 'paused'] as const);
		return {verb: 'restore', ...about, ...(afterwards ? {afterwards} : {})};
	}

	return random.chance(0.5) ? {verb: 'save'} : {verb: 'save', file: actor.stage.file(`${nextTag(actor)}.save`)};
}

/** Newest first, by the product; where that cannot be, fresh disks. */
async function cutBack(actor: Actor, hypervisor: Hypervisor, random: Random): Promise<Step> {
	const tags = [...actor.model.snapshots.keys()].reverse();
	for (const tag of tags) {
		const step = await carry(actor, hypervisor, {verb: 'delete', tag});
		if (!step.outcome.startsWith('refused')) return step;
	}

	const wrong = actor.model.state === 'running' ? 'destroy' : actor.model.state === 'paused' ? 'resume' : 'start';
	if (random.chance(0.7)) return carry(actor, hypervisor, {verb: wrong});
	await startOver(actor);
	return {verb: 'begin again', method: '', what: '', outcome: 'done', findings: []};
}

async function carry(actor: Actor, hypervisor: Hypervisor, intent: Intent): Promise<Step> {
	const file = 'file' in intent ? intent.file : undefined;
	const facts = await hypervisor.facts(actor.uuid, foldersOf(intent), file);
	const outcome = makePlan(facts, intent);
	const {verb, ...rest} = intent;
	const what = Object.entries(rest)
		.filter(([key]) => key !== 'method')
		.map(([key, value]) =>
			key === 'tag' || key === 'name' ? value : `${key}=${key === 'file' ? path.basename(String(value)) : value}`,
		)
		.join(' ');
	const asked = 'method' in intent ? (intent.method ?? '') : '';
	if ('refusal' in outcome)
		return {verb, method: asked, what, outcome: `refused ${outcome.refusal.code}`, findings: [], now: facts.domain};
	const {plan} = outcome;
	if (verb === 'revert' && isTakenAway(actor.model, plan.tag!)) {
		const told = facts.rewritten.some(({tag}) => tag === plan.tag);
		const untold = 'what it held was taken away by hand, and the plan does not say so';
		return {verb, method: plan.method ?? '', what, outcome: 'told', findings: told ? [] : [untold]};
	}

	const known = await before(plan, facts.domain, actor.model, actor.stage);
	const receipt = await hypervisor.carryOut(plan);
	const step = {verb, method: plan.method ?? '', what};
	if (receipt.status !== 'verified') {
		const argv = plan.steps.map(({argv}) => argv.join(' '));
		return {...step, outcome: receipt.status, findings: [receipt.message, ...receipt.findings, ...argv]};
	}

	const {domain: now} = await hypervisor.facts(actor.uuid);
	actor.model = after(plan, intent, actor.model, known, now);
	return {...step, outcome: 'verified', findings: [], now};
}

/** A commit by hand into its base: what a revert would find there nobody knows. */
const isTakenAway = ({snapshots}: Model, tag: string): boolean =>
	[...snapshots.get(tag)!.parts.values()].some(({contents}) => contents === null);

async function write(actor: Actor, {domain, held}: Facts, random: Random): Promise<Step> {
	const {model, stage} = actor;
	const slot = random.below(offsets.length);
	const byte = 1 + random.below(255);
	const targets = random.chance(0.7) ? stage.targets : [random.pick(stage.targets)];
	const step = {
		verb: 'write',
		method: '',
		what: `0x${byte.toString(16)} at ${offsets[slot]} of ${targets.join(' and ')}`,
	};
	// QEMU would end itself rather than write to an image that it has let go of.
	const spoils = targets.some(target =>
		clonedImages(model).has(domain.disks.find(disk => disk.target === target)!.source!),
	);
	if (model.state === 'saved' || held !== null || spoils) return {...step, outcome: 'not possible', findings: []};
	const contents = new Map(model.contents);
	for (const target of targets) {
		const file = domain.disks.find(disk => disk.target === target)!.source!;
		await (domain.id === null ? stage.write(file, slot, byte) : stage.writeLive(target, slot, byte));
		contents.set(
			target,
			contents.get(target)!.map((held, index) => (index === slot ? byte : held)),
		);
	}

	actor.model = {...model, contents};
	return {...step, outcome: 'done', findings: []};
}

async function byHand(actor: Actor, domain: Domain, random: Random): Promise<Step> {
	const name = random.pick(actNames);
	const act = actByHand(name, actor.stage, actor.model, domain, random, nextTag(actor));
	const step = {verb: 'by hand', method: name, what: act?.what ?? ''};
	if (!act) return {...step, outcome: 'not possible', findings: []};
	try {
		await act.run();
		actor.model = act.after;
		return {...step, outcome: 'done', findings: []};
	} catch (error) {
		return {...step, what: `${step.what} (${lastLine(error)})`, outcome: 'not possible', findings: []};
	}
}

function lastLine(error: unknown): string {
	return String(error instanceof Error ? error.message : error)
		.trim()
		.split('\n')
		.at(-1)!;
}

/** How often each thing was done by each method, and how it ended. */
export function countTable({operations}: Pick<Report, 'operations'>): string {
	const counts = new Map<string, number>();
	for (const {verb, method, outcome} of operations) {
		const key = [verb, method || '-', outcome].join('\t');
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}

	const rows = [...counts].map(([key, count]) => [...key.split('\t'), String(count)]).sort();
	const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => row[column]!.length)));
	return rows
		.map(row => row.map((cell, column) => (column < 3 ? cell.padEnd(widths[column]!) : cell.padStart(5))).join('  '))
		.join('\n');
}
