/** Plans that delete a snapshot: what it holds can be gone back to no more, the domain's present state stays. */
import {define, hint, monitor, qemuImgSnapshot, snapshotDelete, virshDomain} from './argv.ts';
import {basisOf} from './basis.ts';
import {dependantsRefusal, strandedOn} from './dependants.ts';
import {type Disk, type Facts, type Image, isActive, isRemote} from './domain.ts';
import {withSources} from './domain-xml.ts';
import {delvm} from './hmp.ts';
import {activeFile, externalMethod} from './method.ts';
import type {Change, DeleteIntent, Expectation, Outcome, Plan, Refusal, Step} from './plan.ts';
import type {Snapshot, SnapshotDisk} from './snapshot.ts';
import {ambiguity, findSnapshot} from './tag.ts';
import {enumerate, formatDate, printable} from './text.ts';
import {atLeast} from './version.ts';

/** What differs from kind to kind; `deletePlan` adds the rest. */
type Draft = Pick<Plan, 'method' | 'why' | 'steps'> & {
	readonly pause?: string;
	readonly losses?: readonly string[];
	readonly warnings?: readonly string[];
	readonly expect?: readonly Expectation[];
};

type Drafted = Draft | {refusal: Refusal};

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
	const refusal = unreadableRefusal(facts, snapshot) ?? shadowRefusal(facts, snapshot);
	if (refusal) return {refusal};
	if (snapshot.kind === 'external') return externalDelete(facts, snapshot);
	if (snapshot.kind === 'memory')
		return refuse('method-mismatch', 'It holds memory only.', 'Remove it with the key m.');
	const writing = dependantsRefusal(facts, filesOf(snapshot)) ?? layerRefusal(facts, snapshot);
	if (writing) return {refusal: writing};
	if (snapshot.libvirt && snapshot.health !== 'partial') return managedDelete(facts, snapshot);
	return fromTables(facts, snapshot);
}

/** `--metadata`: libvirt forgets it, images and files stay as they are. */
function recordOnly(facts: Facts, snapshot: Snapshot, intent: DeleteIntent): Drafted {
	if (!snapshot.libvirt) return refuse('method-mismatch', 'libvirt has no record of it.', 'Leave --metadata-only out.');
	const descendants = intent.children ? descendantsOf(facts, snapshot) : [];
	const sound = snapshot.health !== 'orphaned' && snapshot.health !== 'missing-files';
	const gone = [snapshot, ...descendants];
	const leftovers = snapshot.kind === 'external' ? existingParts(facts, snapshot) : [];
	return {
		method: snapshot.kind === 'external' ? externalMethod(snapshot) : 'libvirt-internal',
		why: sound
			? "Only libvirt's record was asked for; what the images hold stays."
			: `${snapshot.healthReason} Only the record is left to delete.`,
		steps: [recordStep(facts, snapshot, gone, intent.children ? ['--children'] : [])],
		losses: sound
			? [`libvirt's record of ${enumerate(gone.map(one => printable(one.tag)))}: the domain's definition of that time.`]
			: [lossOf(snapshot)],
		warnings: [
			...(sound && snapshot.kind === 'internal'
				? ['The snapshot itself stays in the images, unknown to libvirt.']
				: []),
			...leftovers.map(file => `${printable(file)} stays on disk.`),
		],
		expect: sound && snapshot.kind === 'internal' ? [] : gone.map(one => ({kind: 'no-snapshot', tag: one.tag})),
	};
}

function recordStep(
	facts: Facts,
	snapshot: Snapshot,
	gone: readonly Snapshot[] = [snapshot],
	flags: readonly string[] = [],
): Step {
	return {
		title: `Delete libvirt's record of ${printable(snapshot.tag)}`,
		argv: snapshotDelete(facts.host, facts.domain, snapshot.tag, '--metadata', ...flags),
		success: 'exit',
		changes: gone.map(one => ({sign: '-', what: `libvirt's record of ${printable(one.tag)}`})),
		undo: null,
	};
}

/** libvirt deletes a whole branch at once where all of it is internal and sound. */
function withDescendants(facts: Facts, snapshot: Snapshot): Drafted {
	const gone = [snapshot, ...descendantsOf(facts, snapshot)];
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
	return {
		method: 'libvirt-internal',
		why: 'All of them are internal and known to libvirt, which deletes the branch at once.',
		steps: [
			{
				title: `Delete ${enumerate(gone.map(one => printable(one.tag)))}`,
				argv: snapshotDelete(facts.host, facts.domain, snapshot.tag, '--children'),
				success: 'exit',
				changes: gone.flatMap(goneChanges),
				undo: null,
			},
		],
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
		why: `${snapshot.healthReason} Active: QEMU has the images open, so its monitor deletes it.`,
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

function externalDelete(facts: Facts, snapshot: Snapshot): Drafted {
	const files = snapshot.disks.flatMap(part => [part.file, part.source ?? null]).filter(file => file !== null);
	const refusal = dependantsRefusal(facts, files) ?? mixedRefusal(snapshot) ?? savedRefusal(facts);
	if (refusal) return {refusal};
	const layers = layersOf(facts, snapshot);
	return (
		innerRefusal(snapshot, layers) ??
		(nativeRefusal(facts, snapshot, layers) === null
			? nativeDelete(facts, snapshot, layers)
			: commitActive(facts, snapshot, layers))
	);
}

/** One disk of an external snapshot: how deep its overlay stands in the present chain, -1 where it does not. */
type Layer = {readonly part: SnapshotDisk; readonly disk: Disk | undefined; readonly depth: number};

function layersOf({domain}: Facts, snapshot: Snapshot): Layer[] {
	return snapshot.disks.map(part => {
		const disk = domain.disks.find(candidate => candidate.target === part.target);
		return {part, disk, depth: disk?.chain.findIndex(image => image.file === part.file) ?? -1};
	});
}

/** libvirt 9.0 deletes an overlay together with the snapshots inside it, and says nothing (verified). */
function innerRefusal(snapshot: Snapshot, layers: readonly Layer[]): {refusal: Refusal} | null {
	const doomed = layers.flatMap(({part, disk, depth}) => {
		const overlay = disk?.chain[depth];
		const leaving = standsOnSource(part, disk) ? disk?.chain[0] : undefined;
		return [overlay, leaving].filter((image): image is Image => image !== undefined);
	});
	const holder = doomed.find(image => image.snapshots.length > 0);
	if (!holder) return null;
	const tags = enumerate(holder.snapshots.map(entry => printable(entry.tag)));
	return refuse(
		'has-children',
		`The overlay of ${printable(snapshot.tag)}, ${printable(holder.file)}, holds snapshots inside: ${tags}. They would go with it.`,
		`Delete ${tags} first (d).`,
	);
}

/** Why `snapshot-delete` would fail here (verified on libvirt 9.0; trackers and release notes for later ones); null where it works. */
function nativeRefusal(facts: Facts, snapshot: Snapshot, layers: readonly Layer[]): string | null {
	const {domain, host} = facts;
	const leaf = childrenOf(facts, snapshot).length === 0;
	const parent = domain.snapshots.find(other => other.libvirt && other.tag === snapshot.parent);
	const inChain = layers.every(({part, disk, depth}) => depth >= 0 && disk?.chain[depth + 1]?.file === part.source);
	if (!atLeast(host.libvirt, '9.0')) return `libvirt ${host.libvirt} deletes no external snapshots`;
	if (parent?.kind === 'internal') return 'its parent is internal, which libvirt does not support';
	if (host.externalSnapshots && snapshot.current && !leaf) return 'it is the current snapshot and has children';
	if (host.externalSnapshots && layers.every(({depth}) => depth < 0))
		return leaf ? null : 'it has children and its overlays are not in use';
	if (!inChain) return 'its overlays are not in use';
	if (!host.externalSnapshots && !isActive(domain) && (!leaf || layers.some(({depth}) => depth > 0)))
		return 'it is not the newest one, and the domain is shut off';
	return null;
}

function nativeDelete(facts: Facts, snapshot: Snapshot, layers: readonly Layer[]): Drafted {
	const unused = layers.filter(({depth}) => depth < 0);
	const stranded = strandedConsequences(
		facts,
		snapshot,
		layers.flatMap(({part}) => (unused.length > 0 ? [] : (part.source ?? []))),
	);
	if ('refusal' in stranded) return stranded;
	return {
		method: externalMethod(snapshot),
		why:
			unused.length > 0
				? 'libvirt removes the overlays, which nothing runs on.'
				: 'libvirt commits each overlay into its base.',
		pause: 'none: the domain goes on meanwhile',
		steps: [
			{
				title: `Delete ${printable(snapshot.tag)}`,
				argv: snapshotDelete(facts.host, facts.domain, snapshot.tag),
				success: 'exit',
				changes: [...layers.flatMap(layerChanges), {sign: '-', what: `libvirt's record of ${printable(snapshot.tag)}`}],
				undo: null,
			},
		],
		losses: [
			lossOf(snapshot),
			...unused.map(
				({part}) => `${printable(part.file ?? part.target)}: libvirt deletes it, with all that was written to it.`,
			),
			...stranded.losses,
		],
		warnings: [...memoryWarnings(facts, snapshot), ...pausedWarning(facts)],
		expect: [
			{kind: 'no-snapshot', tag: snapshot.tag},
			...layers.flatMap(({part, disk, depth}): Expectation[] =>
				disk && depth >= 0
					? [{kind: 'source', target: part.target, file: depth === 0 ? part.source! : activeFile(disk)}]
					: [],
			),
		],
	};
}

function layerChanges({part, depth}: Layer): Change[] {
	const gone: Change = {sign: '-', what: `overlay ${printable(part.file ?? part.target)}`};
	if (depth < 0) return [gone];
	const commit: Change = {sign: '~', what: `${printable(part.source ?? 'its base')} takes in what the overlay holds`};
	const pivot: Change[] =
		depth === 0 ? [{sign: '~', what: `${part.target} runs on ${printable(part.source ?? 'its base')}`}] : [];
	return [commit, ...pivot, gone];
}

/** Where libvirt cannot, but the active layer stands right on what the snapshot keeps: commit it, then forget the record. */
function commitActive(facts: Facts, snapshot: Snapshot, layers: readonly Layer[]): Drafted {
	const cause = nativeRefusal(facts, snapshot, layers)!;
	const ready = layers.every(({part, disk}) => standsOnSource(part, disk));
	if (!ready) return notLeaf(facts, snapshot, cause);
	const stranded = strandedConsequences(
		facts,
		snapshot,
		layers.map(({part}) => part.source!),
	);
	if ('refusal' in stranded) return stranded;
	const active = isActive(facts.domain);
	if (!active && isRemote(facts.host.uri))
		return refuse(
			'unsupported',
			'The images are on another machine, where this program runs no qemu-img.',
			'Start the domain, then delete it.',
		);
	const disks = layers.map(({disk}) => disk!);
	return {
		method: externalMethod(snapshot),
		why: `Not by libvirt alone: ${cause}. The active layers are committed into their bases instead.`,
		pause: active ? 'none: the domain goes on meanwhile' : 'none: it is shut off',
		steps: [
			...(active
				? disks.map(disk => blockCommit(facts, disk))
				: [...disks.map(imageCommit), defineBases(facts, disks)]),
			recordStep(facts, snapshot),
		],
		losses: [lossOf(snapshot), ...stranded.losses],
		warnings: [
			...disks.map(disk => `${printable(activeFile(disk))} stays on disk; nothing uses it any more.`),
			...(snapshot.memoryFile ? [`${printable(snapshot.memoryFile)} stays on disk.`] : []),
			...pausedWarning(facts),
		],
		expect: [
			{kind: 'no-snapshot', tag: snapshot.tag},
			...disks.map((disk): Expectation => ({kind: 'source', target: disk.target, file: disk.chain[1]!.file})),
		],
	};
}

function standsOnSource(part: SnapshotDisk, disk: Disk | undefined): boolean {
	return part.source != null && disk?.chain[1]?.file === part.source;
}

function notLeaf({domain, host}: Facts, snapshot: Snapshot, cause: string): {refusal: Refusal} {
	const live = atLeast(host.libvirt, '9.0') && !isActive(domain) && cause.includes('shut off');
	const recordAlone = '--metadata-only drops the record alone, the files stay.';
	const remedy = live
		? `Start the domain first, and libvirt can: ${hint(host, 'start', domain)}. Or delete the newer ones first (d).`
		: cause.includes('not in use')
			? recordAlone
			: `Delete the newer ones first (d), or: ${recordAlone}`;
	return refuse('not-leaf', `${printable(snapshot.tag)} cannot be deleted: ${cause}.`, remedy);
}

/** `--shallow`: into the next layer only; without it everything goes into the bottom of the chain. */
function blockCommit({domain, host}: Facts, disk: Disk): Step {
	return {
		title: `Commit the active layer of ${disk.target} into its base`,
		argv: virshDomain(
			host,
			'blockcommit',
			domain,
			`--path=${disk.target}`,
			'--shallow',
			'--active',
			'--pivot',
			'--wait',
		),
		success: 'exit',
		changes: commitChanges(disk),
		undo: null,
	};
}

/** `-d`: the overlay is left as it is, and not emptied (qemu-img(1), commit). */
function imageCommit(disk: Disk): Step {
	return {
		title: `Commit the active layer of ${disk.target} into its base`,
		argv: ['qemu-img', 'commit', '-q', '-d', '-f', disk.chain[0]!.format, activeFile(disk)],
		success: 'exit',
		changes: [{sign: '~', what: `${printable(disk.chain[1]!.file)} takes in what the overlay holds`}],
		undo: null,
	};
}

function defineBases(facts: Facts, disks: readonly Disk[]): Step {
	const sources = new Map(disks.map(disk => [disk.target, {file: disk.chain[1]!.file, format: disk.chain[1]!.format}]));
	return {
		title: 'Define the domain with the bases',
		argv: define(facts.host),
		input: withSources(facts.inactiveXml, sources),
		success: 'exit',
		changes: disks.map(disk => ({sign: '~', what: `${disk.target} runs on ${printable(disk.chain[1]!.file)}`})),
		undo: define(facts.host),
		undoInput: facts.inactiveXml,
	};
}

function commitChanges(disk: Disk): Change[] {
	const base = printable(disk.chain[1]!.file);
	return [
		{sign: '~', what: `${base} takes in what the overlay holds`},
		{sign: '~', what: `${disk.target} runs on ${base}`},
	];
}

/** Overlays left by an earlier revert stand on the bases that a commit writes to: this snapshot's own are lost with it, others forbid it. */
function strandedConsequences(
	{domain}: Facts,
	snapshot: Snapshot,
	written: readonly string[],
): {losses: string[]} | {refusal: Refusal} {
	const stranded = strandedOn(domain, written);
	const foreign = stranded.find(one => one.snapshot !== snapshot);
	if (foreign) {
		const tag = printable(foreign.snapshot.tag);
		return refuse(
			'has-children',
			`${printable(foreign.file)}, the overlay of snapshot ${tag}, stands on the image this writes to.`,
			`Drop ${tag} first: --metadata-only.`,
		);
	}
	return {
		losses: stranded.map(
			one => `${printable(one.file)}, left by an earlier revert: it stands on the image this writes to.`,
		),
	};
}

/** From libvirt 9.1 the memory file goes with the snapshot (release notes; on 9.0 it stays: verified). */
function memoryWarnings({host}: Facts, snapshot: Snapshot): string[] {
	return snapshot.memoryFile !== null && !atLeast(host.libvirt, '9.1')
		? [`${printable(snapshot.memoryFile)} stays on disk.`]
		: [];
}

/** After a memory snapshot of a paused domain QEMU holds its images read-only until it runs again (verified on QEMU 7.2). */
function pausedWarning({domain}: Facts): string[] {
	return domain.state === 'paused'
		? ['The domain is paused: should QEMU say "Block node is read-only", resume it first (p).']
		: [];
}

function mixedRefusal(snapshot: Snapshot): Refusal | null {
	if (!snapshot.disks.some(part => part.kind === 'internal')) return null;
	return {
		code: 'unsupported',
		reason: 'It is internal in some disks and external in others, which libvirt does not delete.',
		remedy: "Drop libvirt's record alone: --metadata-only.",
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
		if (part.id === null || !disk || part.file === activeFile(disk)) continue;
		return {
			code: 'wrong-state',
			reason: `It is in ${printable(part.file ?? '')}, a base that QEMU holds open for reading.`,
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

function refuse(code: Refusal['code'], reason: string, remedy: string): {refusal: Refusal} {
	return {refusal: {code, reason, remedy}};
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

function childrenOf({domain}: Facts, snapshot: Snapshot): Snapshot[] {
	if (!snapshot.libvirt) return [];
	return domain.snapshots.filter(other => other.libvirt && other.parent === snapshot.tag);
}

function descendantsOf(facts: Facts, snapshot: Snapshot): Snapshot[] {
	const found = childrenOf(facts, snapshot);
	// The list grows while it is walked; a record that is its own ancestor is met once.
	for (const one of found) {
		for (const child of childrenOf(facts, one)) if (child !== snapshot && !found.includes(child)) found.push(child);
	}
	return found;
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

function lossOf(snapshot: Snapshot): string {
	return `The snapshot ${printable(snapshot.tag)} of ${formatDate(snapshot.createdAt)}: nothing goes back there any more.`;
}
