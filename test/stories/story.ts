/** A story's telling: domains of an empty lab, seen and changed through the real hypervisor, their disks held against patterns. */

import path from 'node:path';
import {test as base, expect} from 'vitest';
import type {Domain} from '../../source/core/model/domain.ts';
import type {Reclaimable} from '../../source/core/model/facts.ts';
import type {Hypervisor} from '../../source/core/model/hypervisor.ts';
import {foldersOf, type Intent} from '../../source/core/model/intent.ts';
import type {Outcome, Plan} from '../../source/core/model/plan.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import type {Refusal} from '../../source/core/model/refusal.ts';
import type {Snapshot} from '../../source/core/model/snapshot.ts';
import {undoPlan} from '../../source/core/recover/undo.ts';
import type {DiskSpec, DomainSpec} from '../../source/lab/domain-xml.ts';
import {hasPattern, hasPatternLive, writePattern, writePatternLive} from '../../source/lab/pattern.ts';
import {planFor, planIn, refusalIn, refusalOf} from '../facts/plan.ts';
import {emptied} from '../helpers/emptied.ts';
import {type Lab, startEmptyLab, waitUntil} from '../helpers/lab.ts';
import {openHere, openStoryHypervisor, openThere} from './hypervisors.ts';

export type Story = {
	readonly lab: Lab;
	/** On this host or as another one: see hypervisors.ts. */
	readonly hypervisor: Hypervisor;
	/** On this host in any case, with the same receipts: for what nobody can ask of another host. */
	readonly local: Hypervisor;
	/** Defines a domain with fresh qcow2 disks (or raw ones, by the ending `.raw`), and starts it where asked to. */
	domain(name: string, options?: Options): Promise<Cast>;
	/** One that is there already, such as a clone. */
	existing(name: string): Promise<Cast>;
};

type Options = {disks?: readonly string[]; running?: boolean} & Pick<DomainSpec, 'uefi' | 'interfaces'>;

/** One domain of a story. */
export type Cast = {
	readonly uuid: string;
	readonly name: string;
	/** Fills the first 64 KiB of every disk, or of these. */
	write(byte: number, ...targets: string[]): Promise<void>;
	/** Expects that every disk holds it, or these. */
	holds(byte: number, ...targets: string[]): Promise<void>;
	read(): Promise<Domain>;
	/** Overlays that only take room. */
	leftBehind(): Promise<readonly Reclaimable[]>;
	snapshot(tag: string): Promise<Snapshot | undefined>;
	tags(): Promise<string[]>;
	virsh(command: string, ...args: string[]): Promise<string>;
	plan(intent: Intent): Promise<Plan>;
	refusal(intent: Intent): Promise<Refusal>;
	/** Takes back what was carried out last, or the receipt of this id, as `virsnap undo` does. */
	undoes(id?: string): Promise<Plan>;
	/** Why that cannot be undone. */
	undoRefusal(): Promise<Refusal>;
	/** Plans and carries out; expects that it was done and read back. */
	does(intent: Intent): Promise<Plan>;
	carryOut(plan: Plan): Promise<Receipt>;
	/** One that no planner makes, such as the first steps of one: no other host would take it. */
	carryOutAltered(plan: Plan): Promise<Receipt>;
	/** Without a guest that listens to ACPI a shut-off is a pulled plug. */
	turnOff(): Promise<void>;
};

const onLab = base
	// biome-ignore lint/correctness/noEmptyPattern: Vitest reads what a fixture needs from the pattern
	.extend('lab', {scope: 'worker'}, async ({}, {onCleanup}) => {
		const lab = await startEmptyLab();
		onCleanup(() => lab.stop());
		return lab;
	});

/**
 * A test with a story in it. All stories that one worker tells share its lab: a libvirtd that starts, and asks QEMU what it can do, takes
 * longer than many of them. Each finds the lab empty.
 */
export const test = storiesBy(openStoryHypervisor);

/** The same on another host. */
export const farTest = storiesBy(openThere);

function storiesBy(open: (lab: Lab) => Promise<Hypervisor>) {
	return onLab.extend('story', async ({lab}, {onCleanup}) => {
		const empty = await emptied(lab);
		const hypervisor = await open(lab);
		const local = openHere(lab);
		onCleanup(async () => {
			await Promise.all([hypervisor.close(), local.close()]);
			await empty();
		});
		return begin({lab, hypervisor, local});
	});
}

type Around = Pick<Story, 'lab' | 'hypervisor' | 'local'>;

function begin(around: Around): Story {
	const {lab} = around;
	const existing = async (name: string) => {
		const uuid = (await lab.virsh('domuuid', '--domain', name)).trim();
		return cast(around, {name, uuid});
	};
	return {
		...around,
		async domain(name, {disks = [`${name}.qcow2`], running = false, ...hardware} = {}) {
			const specs = await Promise.all(disks.map((file, index) => createDisk(lab, file, index)));
			await lab.define({name, disks: specs, ...hardware});
			if (running) await lab.virsh('start', '--domain', name);
			return existing(name);
		},
		existing,
	};
}

async function createDisk(lab: Lab, file: string, index: number): Promise<DiskSpec> {
	const format = file.endsWith('.raw') ? 'raw' : 'qcow2';
	return {target: `vd${'abcd'[index]}`, format, file: await lab.createImage(file, {format})};
}

function cast({lab, hypervisor, local}: Around, {name, uuid}: {name: string; uuid: string}): Cast {
	const facts = (intent?: Intent) => {
		const file = intent && 'file' in intent ? intent.file : undefined;
		return hypervisor.facts(uuid, intent && foldersOf(intent), file);
	};
	const read = async () => (await facts()).domain;
	const running = (domain: Domain) => domain.id !== null;
	const disksOf = ({disks}: Domain, targets: readonly string[]) =>
		targets.length === 0 ? disks : targets.map(target => disks.find(disk => disk.target === target)!);

	async function write(byte: number, ...targets: string[]) {
		const domain = await read();
		for (const disk of disksOf(domain, targets)) {
			if (running(domain)) await writePatternLive(lab, name, disk.target, byte);
			else await writePattern(lab, disk.source!, byte, {format: disk.format as 'qcow2'});
		}
	}

	async function holds(byte: number, ...targets: string[]) {
		const domain = await read();
		for (const disk of disksOf(domain, targets)) {
			const held = running(domain)
				? await hasPatternLive(lab, name, disk.target, byte)
				: await hasPattern(lab, disk.source!, byte, {format: disk.format as 'qcow2'});
			expect(held, `${name} ${disk.target} holds 0x${byte.toString(16)}`).toBe(true);
		}
	}

	const plan = async (intent: Intent) => planFor(await facts(intent), intent);

	async function done(made: Plan): Promise<Plan> {
		const receipt = await hypervisor.carryOut(made);
		expect(receipt, receipt.message).toMatchObject({status: 'verified'});
		return made;
	}

	async function undo(id?: string): Promise<Outcome> {
		const receipts = await hypervisor.receipts();
		const last = receipts.find(receipt => (id === undefined ? receipt.plan.domain.uuid === uuid : receipt.id === id));
		const {file} = last!.plan;
		return undoPlan(last!, await hypervisor.facts(uuid, file === undefined ? [] : [path.dirname(file)], file));
	}

	const snapshot = async (tag: string) => (await read()).snapshots.find(candidate => candidate.tag === tag);
	return {
		uuid,
		name,
		write,
		holds,
		read,
		leftBehind: async () => (await facts()).reclaimable,
		snapshot,
		plan,
		tags: async () => (await read()).snapshots.map(({tag}) => tag),
		virsh: (command, ...args) => lab.virsh(command, '--domain', uuid, ...args),
		refusal: async intent => refusalOf(await facts(intent), intent),
		undoes: async id => done(planIn(await undo(id))),
		undoRefusal: async () => refusalIn(await undo()),
		does: async intent => done(await plan(intent)),
		carryOut: made => hypervisor.carryOut(made),
		carryOutAltered: made => local.carryOut(made),
		async turnOff() {
			await lab.virsh('destroy', '--domain', uuid);
			await waitUntil(async () => !running(await read()));
		},
	};
}
