/** Plans that delete a snapshot: what it holds can be gone back to no more, the domain's present state stays. */

import {spoiledMemory} from '../memory/saved-memory.ts';
import type {Facts} from '../model/facts.ts';
import type {DeleteIntent} from '../model/intent.ts';
import type {Outcome} from '../model/plan.ts';
import {refuse} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import type {Step} from '../model/step.ts';
import {planOf} from '../planning/plan-of.ts';
import {busyRefusal} from '../planning/refusals/busy.ts';
import {keylessRefusal} from '../planning/refusals/encrypted.ts';
import {heldRefusal} from '../planning/refusals/held.ts';
import {pendingRefusal} from '../planning/refusals/misdefined.ts';
import {protectedRefusal} from '../planning/refusals/protected.ts';
import {unreadableRefusal} from '../planning/refusals/unreadable.ts';
import {sourcesOf} from '../planning/sources.ts';
import {dependantsRefusal} from '../snapshots/dependants.ts';
import {childrenOf, descendantsOf} from '../snapshots/family.ts';
import {unlistedWarnings} from '../snapshots/kept.ts';
import {byDelete} from '../steps/hints.ts';
import {writesImages} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {enumerate, plural, printable, t} from '../words/text.ts';
import {absenceOf, type Drafted, deepestFirst, lossOfData} from './delete-step.ts';
import {externalDelete, isHalfDeleted} from './external.ts';
import {externalBranch} from './external-branch.ts';
import {fromTables, managedDelete, oddJobName} from './internal.ts';
import {chosenSnapshot, isOneOfSeveral, oneOfSeveral} from './one-of-several.ts';
import {memoryDelete, recordOnly} from './record.ts';
import {imagesHolding, lowerLayerRefusal, managedSaveRefusal, shadowRefusal} from './refusals.ts';

/** The plan that deletes a snapshot, its descendants too where asked, or libvirt's record of it alone. */
export function deletePlan(facts: Facts, intent: DeleteIntent): Outcome {
	const snapshot = chosenSnapshot(facts, intent);
	if ('refusal' in snapshot) return snapshot;
	const kept = protectedRefusal(facts.domain, intent.children ? withDescendantsOf(facts, snapshot) : [snapshot]);
	if (kept) return {refusal: kept};
	const draft =
		isOneOfSeveral(facts, snapshot) && !intent.metadataOnly
			? oneOfSeveral(facts, snapshot)
			: draftFor(facts, snapshot, intent);
	if ('refusal' in draft) return draft;
	const pending = pendingRefusal(facts, sourcesOf({expect: draft.expect ?? []}));
	if (pending) return {refusal: pending};
	const writes = draft.steps.some(changesDisks);
	const plan = planOf(facts, {
		verb: 'delete',
		tag: snapshot.tag,
		confirm: snapshot.tag,
		expect: [absenceOf(facts, snapshot)],
		...draft,
		losses: [...(draft.losses ?? [lossOfData(facts, snapshot)]), ...(writes ? spoiledMemory(facts) : [])],
		warnings: [
			...(draft.warnings ?? []),
			...childrenWarning(facts, snapshot, intent),
			...(writes && snapshot.kind === 'external' ? unlistedWarnings(facts) : []),
		],
	});
	return {plan};
}

const withDescendantsOf = (facts: Facts, snapshot: Snapshot): Snapshot[] => [
	snapshot,
	...descendantsOf(facts, snapshot),
];

/** Not where a record alone goes, or a file that no disk uses. */
function changesDisks(one: Step): boolean {
	return one.does.kind === 'delete-snapshot' || writesImages(one).length > 0;
}

function draftFor(facts: Facts, snapshot: Snapshot, intent: DeleteIntent): Drafted {
	if (intent.metadataOnly) return recordOnly(facts, snapshot, intent);
	if (intent.children && descendantsOf(facts, snapshot).length > 0) return withDescendants(facts, snapshot);
	const dead = snapshot.health === 'orphaned' || snapshot.health === 'missing-files';
	if (dead && !isHalfDeleted(facts, snapshot)) return recordOnly(facts, snapshot, {...intent, children: false});
	const refusal =
		busyRefusal(facts) ??
		// Where it holds memory only no image is touched.
		(snapshot.kind === 'memory' ? null : heldRefusal(facts, 'images')) ??
		keylessRefusal(facts, facts.domain.disks) ??
		unreadableRefusal(facts, snapshot) ??
		shadowRefusal(facts, snapshot);
	if (refusal) return {refusal};
	if (snapshot.kind === 'external') {
		const saved = managedSaveRefusal(facts);
		return saved ? {refusal: saved} : externalDelete(facts, snapshot);
	}
	if (snapshot.kind === 'memory') return memoryDelete(facts, snapshot);
	const writing = dependantsRefusal(facts, imagesHolding(snapshot)) ?? lowerLayerRefusal(facts, snapshot);
	if (writing) return {refusal: writing};
	if (snapshot.libvirt && snapshot.health !== 'partial' && !oddJobName(facts, snapshot))
		return managedDelete(facts, snapshot);
	return fromTables(facts, snapshot);
}

/** A branch that is internal and sound throughout, one by one. */
function withDescendants(facts: Facts, snapshot: Snapshot): Drafted {
	const gone = withDescendantsOf(facts, snapshot);
	const waiting = busyRefusal(facts) ?? heldRefusal(facts, 'images') ?? keylessRefusal(facts, facts.domain.disks);
	if (waiting) return {refusal: waiting};
	if (gone.some(one => one.kind === 'external')) {
		const saved = managedSaveRefusal(facts);
		return saved ? {refusal: saved} : externalBranch(facts, snapshot, gone);
	}
	const obstacle = gone.find(one => one.kind !== 'internal' || (one.health !== 'ok' && one.health !== 'replaced'));
	if (obstacle) {
		const what = obstacle.kind === 'internal' ? obstacle.health : obstacle.kind;
		return {
			refusal: refuse(
				'has-children',
				t`${obstacle.tag} is ${what}, and libvirt deletes only sound internal snapshots together.`,
				remedy`Delete them one by one, the newest first ${byDelete(facts.domain)}.`,
			),
		};
	}
	for (const one of gone) {
		const refusal =
			unreadableRefusal(facts, one) ??
			shadowRefusal(facts, one) ??
			dependantsRefusal(facts, imagesHolding(one)) ??
			lowerLayerRefusal(facts, one);
		if (refusal) return {refusal};
	}
	const drafts = deepestFirst(gone).map(one =>
		oddJobName(facts, one) ? fromTables(facts, one) : managedDelete(facts, one),
	);
	const refused = drafts.find(draft => 'refusal' in draft);
	if (refused) return refused;
	return {
		method: 'libvirt-internal',
		why: 'All of them are internal and known to libvirt: one by one, children before their parents.',
		steps: drafts.flatMap(draft => ('steps' in draft ? draft.steps : [])),
		losses: gone.map(one => lossOfData(facts, one)),
		expect: gone.map(one => absenceOf(facts, one)),
	};
}

function childrenWarning(facts: Facts, snapshot: Snapshot, intent: DeleteIntent): string[] {
	const children = intent.children ? [] : childrenOf(facts, snapshot);
	if (children.length === 0) return [];
	const parent = snapshot.parent === null ? 'the root' : printable(snapshot.parent);
	const tags = enumerate(children.map(one => printable(one.tag)));
	return [t`${tags} ${plural(children.length, 'stays, and moves', 'stay, and move')} under ${parent}.`];
}
