/** What plans that delete are made of, whatever the kind of snapshot. */

import {dirname} from 'node:path/posix';
import type {Facts} from '../model/facts.ts';
import type {Expectation, Plan} from '../model/plan.ts';
import type {Refusal} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import type {Change, Step} from '../model/step.ts';
import type {Draft} from '../planning/plan-of.ts';
import {sizeWords} from '../snapshots/contents/sizes.ts';
import {isThere} from '../snapshots/family.ts';
import {keptOn} from '../snapshots/kept.ts';
import {addressOf} from '../steps/on-domain.ts';
import {removeStep} from '../steps/shared-steps.ts';
import {step} from '../steps/step.ts';
import {formatDate, t} from '../words/text.ts';

/** What differs from kind to kind of snapshot. */
export type DeleteDraft = Pick<Plan, 'method' | 'why'> & Draft;

export type Drafted = DeleteDraft | {readonly refusal: Refusal};

/** libvirt's own `snapshot-delete`, with what it changes. */
export function deleteStep(facts: Facts, snapshot: Snapshot, changes: readonly Change[]): Step {
	return step(
		{kind: 'delete-snapshot', on: addressOf(facts), tag: snapshot.tag},
		{title: t`Delete ${snapshot.tag}`, changes},
	);
}

/** `--metadata`: libvirt forgets it, images and files stay as they are. */
export function recordStep(facts: Facts, snapshot: Snapshot): Step {
	return step(
		{kind: 'forget-snapshot', on: addressOf(facts), tag: snapshot.tag},
		{title: t`Delete libvirt's record of ${snapshot.tag}`},
	);
}

/** It alone: of its tag there may be one that libvirt knows and one that it does not. */
export function absenceOf({domain}: Facts, {tag, libvirt}: Snapshot): Expectation {
	const other = domain.snapshots.some(one => one.tag === tag && one.libvirt !== libvirt);
	return {kind: 'no-snapshot', tag, ...(other ? {libvirt} : {})};
}

/**
 * A branch in the order in which it is deleted, one by one: children before their parents. Never with virsh's `--children`: where
 * the branch forks it makes libvirtd crash (segmentation fault; verified on 9.0 and 11.3; found by the walk, seed 5).
 */
export function deepestFirst(branch: readonly Snapshot[]): Snapshot[] {
	// `descendantsOf` goes down level by level.
	return branch.toReversed();
}

/** What is gone for good with a snapshot, or with libvirt's record of it. */
export function lossOf(snapshot: Snapshot): string {
	return t`The snapshot ${snapshot.tag} of ${formatDate(snapshot.createdAt)}: you can no longer revert to it.`;
}

/** The same where its data goes too, and how much room that makes. */
export function lossOfData(facts: Facts, snapshot: Snapshot): string {
	const freed = sizeWords(facts, snapshot, 'ownBytes');
	return freed === null ? lossOf(snapshot) : `${lossOf(snapshot)} Deleting it frees ${freed}.`;
}

type Removal = {
	readonly steps: readonly Step[];
	readonly warnings: readonly string[];
	/** Those that have to stay. */
	readonly needed: readonly string[];
};

/**
 * Files that the domain needs no more: removed where this program may, named as left where it may not, or where something else stands
 * on them. `freed`: those whose dependants the plan has put elsewhere.
 */
export function removal(facts: Facts, files: readonly string[], freed: readonly string[] = []): Removal {
	const present = [...new Set(files)].filter(file => isThere(facts, file));
	const needs = neededBy(facts, present, freed);
	const loose = present.filter(file => !needs.has(file));
	const ours = loose.filter(file => facts.host.elsewhere === null && facts.directories[dirname(file)]?.writable);
	const left = loose.filter(file => !ours.includes(file));
	return {
		steps: ours.map(removeStep),
		warnings: [
			...[...needs].map(([file, by]) => t`${file} stays on disk: ${by} depends on it.`),
			...left.map(file => t`${file} stays on disk; nothing uses it any more.`),
		],
		needed: [...needs.keys()],
	};
}

/** Files on which something stands that stays, each with that. One that has to stay needs what it depends on itself. */
function neededBy(facts: Facts, files: readonly string[], freed: readonly string[]): Map<string, string> {
	const needed = new Map<string, string>();
	let going: string[];
	do {
		going = files.filter(file => !needed.has(file));
		for (const file of going) {
			const dependant = freed.includes(file) ? undefined : keptOn(facts, [file], going)[0];
			if (dependant) needed.set(file, dependant.file);
		}
	} while (files.length - needed.size < going.length);
	return needed;
}
