/** Plans that delete a snapshot: what it holds can be gone back to no more, the domain's present state stays. */
import {hint, monitor, qemuImgSnapshot, snapshotDelete} from './argv.ts';
import {basisOf} from './basis.ts';
import {busyRefusal} from './busy.ts';
import {can} from './capabilities.ts';
import {externalBranch, externalDelete} from './delete-external.ts';
import {type Draft, type Drafted, deepestFirst, lossOf, recordStep, refuse} from './delete-parts.ts';
import {dependantsRefusal} from './dependants.ts';
import {type Facts, isActive, isRemote} from './domain.ts';
import {childrenOf, descendantsOf} from './family.ts';
import {heldRefusal} from './held.ts';
import {delvm} from './hmp.ts';
import {activeFile, externalMethod} from './method.ts';
import type {Change, DeleteIntent, Outcome, Plan, Refusal, Step} from './plan.ts';
import type {Snapshot, SnapshotDisk} from './snapshot.ts';
import {ambiguity, findSnapshot, isJobTag} from './tag.ts';
import {enumerate, formatDate, printable} from './text.ts';

/** The plan that deletes a snapshot, its descendants too where asked, or libvirt's record of it alone. */
export function deletePlan(facts: Facts, intent: DeleteIntent): Outcome {
	const snapshot = findSnapshot(facts.domain, intent.tag);
	if ('refusal' in snapshot) return snapshot;
	const draft = draftFor(facts, snapshot, intent);
	if ('refusal' in draft) return draft;
	return {plan: planOf(facts, snapshot, intent, draft)};
}

function planOf(facts: Facts, snapshot: Snapshot, intent: DeleteIntent, draft: Draft): Plan {
	return {
		verb: 'delete',
		domain: {uuid: facts.domain.uuid, name: facts.domain.name},
		tag: snapshot.tag,
		consistency: null,
		wayBack: '',
		onFailure: 'stop',
		confirm: snapshot.tag,
		basis: basisOf(facts),
		pause: 'none',
		expect: [{kind: 'no-snapshot', tag: snapshot.tag}],
		...draft,
		losses: draft.losses ?? [lossOf(snapshot)],
		warnings: [...(draft.warnings ?? []), ...childrenWarning(facts, snapshot, intent)],
	};
}

function draftFor(facts: Facts, snapshot: Snapshot, intent: DeleteIntent): Drafted {
	if (intent.metadataOnly) return recordOnly(facts, snapshot, intent);
	if (intent.children && descendantsOf(facts, snapshot).length > 0) return withDescendants(facts, snapshot);
	if (snapshot.health === 'orphaned' || snapshot.health === 'missing-files')
		return recordOnly(facts, snapshot, {...intent, children: false});
	const refusal =
		busyRefusal(facts) ??
		heldRefusal(facts, 'images') ??
		unreadableRefusal(facts, snapshot) ??
		shadowRefusal(facts, snapshot);
	if (refusal) return {refusal};
	if (snapshot.kind === 'external') {
		const saved = savedRefusal(facts);
		return saved ? {refusal: saved} : externalDelete(facts, snapshot);
	}
	if (snapshot.kind === 'memory')
		return refuse('method-mismatch', 'It holds memory only.', 'Remove it with the key m.');
	const writing = dependantsRefusal(facts, filesOf(snapshot)) ?? layerRefusal(facts, snapshot);
	if (writing) return {refusal: writing};
	if (snapshot.libvirt && snapshot.health !== 'partial' && !oddJobName(facts, snapshot))
		return managedDelete(facts, snapshot);
	return fromTables(facts, snapshot);
}

/** Descendants that were taken on an overlay of this snapshot: with its record libvirt takes that overlay for merged (see join.ts). */
function misledBy(facts: Facts, snapshot: Snapshot): Snapshot[] {
	const overlays = snapshot.disks.filter(part => part.kind === 'external').map(part => part.file);
	return descendantsOf(facts, snapshot).filter(one => one.disks.some(part => overlays.includes(part.source ?? null)));
}

/** `--metadata`: libvirt forgets it, images and files stay as they are. */
function recordOnly(facts: Facts, snapshot: Snapshot, intent: DeleteIntent): Drafted {
	if (!snapshot.libvirt) return refuse('method-mismatch', 'libvirt has no record of it.', 'Leave --metadata-only out.');
	const descendants = intent.children ? descendantsOf(facts, snapshot) : [];
	const gone = [snapshot, ...descendants];
	const misled = misledBy(facts, snapshot).filter(one => !gone.includes(one));
	if (misled.length > 0) {
		const names = enumerate(misled.map(one => printable(one.tag)));
		return refuse(
			'has-children',
			`Without it libvirt would write another base into its record of ${names}, and a revert there would bring back another point in time.`,
			`Delete ${names} first, or leave --metadata-only out.`,
		);
	}
	const dead = (one: Snapshot) => one.health === 'orphaned' || one.health === 'missing-files';
	// What is inside the images stays in the list, as one that libvirt does not know (walk, seed 5).
	const staying = gone.filter(one => one.kind === 'internal' && !dead(one));
	const leaving = gone.filter(one => !staying.includes(one));
	const sound = gone.filter(one => !dead(one));
	const names = enumerate(sound.map(one => printable(one.tag)));
	const leftovers = gone.flatMap(one => (one.kind === 'external' ? existingParts(facts, one) : []));
	return {
		method: snapshot.kind === 'external' ? externalMethod(snapshot) : 'libvirt-internal',
		why: dead(snapshot)
			? `${snapshot.healthReason} Only the record is left to delete.`
			: "Only libvirt's record was asked for; what the images hold stays.",
		steps: deepestFirst(gone).map(one => recordStep(facts, one)),
		losses: [
			...(sound.length > 0 ? [`libvirt's record of ${names}: the domain's definition of that time.`] : []),
			...gone.filter(dead).map(lossOf),
		],
		warnings: [
			...staying.map(one =>
				one === snapshot
					? 'The snapshot itself stays in the images, unknown to libvirt.'
					: `${printable(one.tag)} itself stays in the images, unknown to libvirt.`,
			),
			...leftovers.map(file => `${printable(file)} stays on disk.`),
		],
		expect: leaving.map(one => ({kind: 'no-snapshot', tag: one.tag})),
	};
}

/** A branch that is internal and sound throughout, one by one. */
function withDescendants(facts: Facts, snapshot: Snapshot): Drafted {
	const gone = [snapshot, ...descendantsOf(facts, snapshot)];
	const waiting = busyRefusal(facts) ?? heldRefusal(facts, 'images');
	if (waiting) return {refusal: waiting};
	if (gone.some(one => one.kind === 'external')) {
		const saved = savedRefusal(facts);
		return saved ? {refusal: saved} : externalBranch(facts, snapshot, gone);
	}
	const obstacle = gone.find(one => one.kind !== 'internal' || (one.health !== 'ok' && one.health !== 'replaced'));
	if (obstacle) {
		const what = obstacle.kind === 'internal' ? obstacle.health : obstacle.kind;
		return refuse(
			'has-children',
			`${printable(obstacle.tag)} is ${what}, and libvirt deletes only sound internal snapshots together.`,
			'Delete them one by one, the newest first (d).',
		);
	}
	for (const one of gone) {
		const refusal =
			unreadableRefusal(facts, one) ??
			shadowRefusal(facts, one) ??
			dependantsRefusal(facts, filesOf(one)) ??
			layerRefusal(facts, one);
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
		losses: gone.map(lossOf),
		expect: gone.map(one => ({kind: 'no-snapshot', tag: one.tag})),
	};
}

function managedDelete(facts: Facts, snapshot: Snapshot): Draft {
	return {
		method: 'libvirt-internal',
		why:
			snapshot.health === 'replaced'
				? `${snapshot.healthReason} libvirt deletes by tag: the record and what the images hold now.`
				: 'libvirt deletes it from every disk, with its record.',
		steps: [
			{
				title: `Delete ${printable(snapshot.tag)}`,
				argv: snapshotDelete(facts.host, facts.domain, snapshot.tag),
				success: 'exit',
				changes: goneChanges(snapshot),
				undo: null,
			},
		],
	};
}

/** libvirt would make the tag part of a QEMU job's name, and fail (verified on 11.3): QEMU's own delvm takes it. */
function oddJobName({domain, host}: Facts, snapshot: Snapshot): boolean {
	return isActive(domain) && can(host, 'internal-jobs') && !isJobTag(snapshot.tag);
}

/** Why libvirt is not asked, to begin the reason of the way taken instead. */
function whyNotLibvirt(facts: Facts, snapshot: Snapshot): string {
	return oddJobName(facts, snapshot)
		? `libvirt ${facts.host.libvirt} cannot delete a tag with other characters than A-Z a-z 0-9 . _ - while the domain is active.`
		: snapshot.healthReason;
}

/** What libvirt does not describe, or only in part: taken out of the tables, then out of libvirt's records. */
function fromTables(facts: Facts, snapshot: Snapshot): Drafted {
	const record = snapshot.libvirt ? [recordStep(facts, snapshot)] : [];
	const holders = snapshot.disks.filter(part => part.id !== null);
	if (isActive(facts.domain)) return monitorDelete(facts, snapshot, holders, record);
	if (isRemote(facts.host.uri))
		return refuse(
			'unsupported',
			'The images are on another machine, where this program runs no qemu-img.',
			'Run it there.',
		);
	return {
		method: 'qemu-img',
		why: `${snapshot.healthReason} Shut off: qemu-img works on the images directly.`,
		steps: [
			...holders.map(
				(part): Step => ({
					title: `Delete ${printable(snapshot.tag)} from ${part.target}`,
					argv: qemuImgSnapshot('-d', snapshot.tag, part.file!),
					success: 'exit',
					changes: [partChange(snapshot, part)],
					undo: null,
				}),
			),
			...record,
		],
		...duplicateOutcome(facts, snapshot),
	};
}

function monitorDelete(
	facts: Facts,
	snapshot: Snapshot,
	holders: readonly SnapshotDisk[],
	record: readonly Step[],
): Draft {
	return {
		method: 'monitor',
		why: `${whyNotLibvirt(facts, snapshot)} Active: QEMU has the images open, so its monitor deletes it.`,
		steps: [
			{
				title: `Delete ${printable(snapshot.tag)} from ${enumerate(holders.map(part => part.target))}`,
				argv: monitor(facts.host, facts.domain, delvm(snapshot.tag)),
				success: 'silent',
				changes: holders.map(part => partChange(snapshot, part)),
				undo: null,
			},
			...record,
		],
		...duplicateOutcome(facts, snapshot),
	};
}

/** Of several with one name QEMU deletes the first: another one of it is there afterwards. */
function duplicateOutcome({domain}: Facts, snapshot: Snapshot): Pick<Draft, 'warnings' | 'expect'> {
	const others = domain.snapshots.filter(other => other.tag === snapshot.tag && other !== snapshot);
	if (others.length === 0) return {};
	return {
		warnings: [
			`${others.length} more of this name stand behind it; QEMU deletes the first, of ${formatDate(snapshot.createdAt)}.`,
		],
		expect: [],
	};
}

function savedRefusal({domain, host}: Facts): Refusal | null {
	if (!domain.managedSave && domain.state !== 'saved') return null;
	return {
		code: 'saved-memory',
		reason: 'Its memory is saved (managed save) and goes on with the images as they are named now.',
		remedy: `Start it first (${hint(host, 'start', domain)}), or drop the saved memory: ${hint(host, 'managedsave-remove', domain)}.`,
	};
}

/** In a lower layer: QEMU's delvm and libvirt reach the active one only while the domain is active (verified on libvirt 9.0). */
function layerRefusal({domain, host}: Facts, snapshot: Snapshot): Refusal | null {
	if (!isActive(domain)) return null;
	for (const part of snapshot.disks) {
		const disk = domain.disks.find(candidate => candidate.target === part.target);
		if (part.file === null || !disk || part.file === activeFile(disk)) continue;
		const inChain = disk.chain.some(image => image.file === part.file);
		return {
			code: 'wrong-state',
			reason: `It is in ${printable(part.file)}, ${inChain ? 'a base that QEMU holds open for reading' : `on which ${disk.target} does not run now`}.`,
			remedy: `Shut the domain down first: ${hint(host, 'shutdown', domain)}.`,
		};
	}
	return null;
}

function unreadableRefusal({domain}: Facts, snapshot: Snapshot): Refusal | null {
	const targets = new Set(snapshot.disks.map(part => part.target));
	const disk = domain.disks.find(candidate => targets.has(candidate.target) && candidate.unreadable);
	if (!disk?.unreadable) return null;
	return {
		code: 'unreadable-image',
		reason: `${disk.target}: ${disk.unreadable.reason}`,
		remedy: disk.unreadable.remedy,
	};
}

/** A tag that reads as another's ID, or stands twice where libvirt or a running QEMU would have to choose. */
function shadowRefusal({domain}: Facts, snapshot: Snapshot): Refusal | null {
	const files = filesOf(snapshot);
	const tables = domain.disks.flatMap(disk =>
		disk.chain.filter(image => files.includes(image.file)).map(image => image.snapshots),
	);
	const refusal = ambiguity(tables, snapshot.tag);
	const twice = tables.some(table => table.filter(entry => entry.tag === snapshot.tag).length > 1);
	const idClash = tables.some(table => table.some(entry => entry.id === snapshot.tag && entry.tag !== snapshot.tag));
	// qemu-img takes the first of several alike: that can be said beforehand.
	return twice && !idClash && !snapshot.libvirt ? null : refusal;
}

function filesOf(snapshot: Snapshot): string[] {
	return snapshot.disks.flatMap(part => (part.kind === 'internal' ? (part.file ?? []) : []));
}

/** Overlays that are in a present chain, so surely there. */
function existingParts({domain}: Facts, snapshot: Snapshot): string[] {
	const inUse = new Set(domain.disks.flatMap(disk => disk.chain.map(image => image.file)));
	return snapshot.disks.flatMap(part =>
		part.kind === 'external' && part.file !== null && inUse.has(part.file) ? [part.file] : [],
	);
}

function childrenWarning(facts: Facts, snapshot: Snapshot, intent: DeleteIntent): string[] {
	const children = intent.children ? [] : childrenOf(facts, snapshot);
	if (children.length === 0) return [];
	const parent = snapshot.parent === null ? 'the top of the tree' : printable(snapshot.parent);
	return [
		`${enumerate(children.map(one => printable(one.tag)))} stay${children.length === 1 ? 's' : ''}, and move${children.length === 1 ? 's' : ''} under ${parent}.`,
	];
}

function goneChanges(snapshot: Snapshot): Change[] {
	return [
		...snapshot.disks.map(part => partChange(snapshot, part)),
		{sign: '-', what: `libvirt's record of ${printable(snapshot.tag)}`},
	];
}

function partChange(snapshot: Snapshot, part: SnapshotDisk): Change {
	return {sign: '-', what: `internal snapshot ${printable(snapshot.tag)} in ${printable(part.file ?? part.target)}`};
}
