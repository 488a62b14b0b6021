/**
 * Deleting external snapshots. Each overlay is merged into the base that the snapshot kept, and what stood on the overlay stands
 * on the base then. libvirt does it where it can; where it cannot, the same is done step by step (verified on libvirt 9.0 and
 * 11.3). Whatever step fails, only the snapshot that is being deleted has suffered: contents above it read the same all along.
 */
import {define, redefineSnapshot, snapshotDelete, virshDomain} from './argv.ts';
import {can} from './capabilities.ts';
import {type Drafted, deepestFirst, lossOf, recordStep, refuse, removal} from './delete-parts.ts';
import {dependantsRefusal} from './dependants.ts';
import {type Disk, type Facts, isActive, isRemote} from './domain.ts';
import {withSnapshotSources, withSources} from './domain-xml.ts';
import {childrenOf, descendantsOf, isThere, layersOn, runsOn, takenOn} from './family.ts';
import {activeFile, externalMethod} from './method.ts';
import type {Change, Expectation, Refusal, Step} from './plan.ts';
import type {Snapshot, SnapshotDisk} from './snapshot.ts';
import {enumerate, printable} from './text.ts';

/** One disk of an external snapshot: its overlay, the base under it, and how deep the overlay stands in the present chain (-1: not in it). */
type Layer = {
	readonly part: SnapshotDisk;
	readonly disk: Disk | undefined;
	readonly overlay: string;
	readonly base: string;
	readonly depth: number;
};

export function externalDelete(facts: Facts, snapshot: Snapshot): Drafted {
	const files = snapshot.disks.flatMap(part => [part.file, part.source ?? null]).filter(file => file !== null);
	const refusal = dependantsRefusal(facts, files) ?? mixedRefusal(snapshot);
	if (refusal) return {refusal};
	const layers = layersOf(facts, snapshot);
	if (!layers) return notRecorded(snapshot);
	const inner = innerRefusal(
		facts,
		[snapshot],
		layers.map(layer => layer.overlay),
	);
	if (inner) return {refusal: inner};
	const obstacle = nativeObstacle(facts, snapshot, layers);
	if (obstacle === null) return nativeDelete(facts, snapshot, layers);
	if (layers.some(layer => layer.depth >= 0)) return mergeByHand(facts, snapshot, layers, obstacle);
	if (layers.some(({overlay}) => takenOn(facts.domain, overlay).length > 0))
		return mergeByHand(facts, snapshot, layers, obstacle);
	return dropUnused(facts, snapshot, layers, obstacle);
}

function layersOf({domain}: Facts, snapshot: Snapshot): Layer[] | null {
	const layers = snapshot.disks.map(part => {
		const disk = domain.disks.find(candidate => candidate.target === part.target);
		const depth = disk?.chain.findIndex(image => image.file === part.file) ?? -1;
		return {part, disk, overlay: part.file ?? '', base: part.source ?? '', depth};
	});
	return layers.every(({overlay, base}) => overlay !== '' && base !== '') ? layers : null;
}

/** Why `snapshot-delete` would fail or do harm here; null where it works. */
function nativeObstacle(facts: Facts, snapshot: Snapshot, layers: readonly Layer[]): string | null {
	const {domain, host} = facts;
	const leaf = childrenOf(facts, snapshot).length === 0;
	const parent = domain.snapshots.find(other => other.libvirt && other.tag === snapshot.parent);
	if (!can(host, 'external-delete')) return `libvirt ${host.libvirt} deletes no external snapshots`;
	if (parent?.kind === 'internal') {
		return can(host, 'external-delete-keeps-base')
			? 'its parent is internal, which libvirt does not support'
			: `its parent is internal, and libvirt ${host.libvirt} can delete the image that holds it`;
	}
	if (layers.every(({depth}) => depth < 0)) {
		if (!can(host, 'external-delete-unused')) return 'the domain does not run on its overlays';
		return leaf ? null : 'the domain does not run on its overlays, and others stand on them';
	}
	if (layers.some(({disk, base, depth}) => depth < 0 || disk?.chain[depth + 1]?.file !== base))
		return 'its overlays are not all part of the present chains';
	// libvirt 9.0 deletes the overlay all the same, and the other branch has lost its base (verified).
	if (layers.some(layer => besides(facts, layer).length > 0)) return 'another branch stands on its overlay';
	if (can(host, 'external-revert') && snapshot.current && !leaf) return 'it is the current snapshot and has children';
	const below = !leaf || layers.some(({depth}) => depth > 0);
	if (below && !isActive(domain) && !can(host, 'external-delete-below-shut-off'))
		return 'it is not the newest one, and the domain is shut off';
	return null;
}

/** Overlays of other snapshots that stand on this one, beside the layer that the domain runs on. */
function besides({domain}: Facts, {overlay, disk, depth}: Layer): string[] {
	const above = depth > 0 ? disk?.chain[depth - 1]?.file : null;
	const files = takenOn(domain, overlay).flatMap(child =>
		child.disks.flatMap(part => (part.source === overlay ? (part.file ?? []) : [])),
	);
	return [...new Set(files)].filter(file => file !== above);
}

function nativeDelete(facts: Facts, snapshot: Snapshot, layers: readonly Layer[]): Drafted {
	const unused = layers.filter(({depth}) => depth < 0);
	const shared = sharedBase(
		facts,
		snapshot,
		layers.filter(({depth}) => depth >= 0),
	);
	if (shared) return {refusal: shared};
	// After a revert to it libvirt merges the layer that the revert made (verified on 11.3).
	const flattened = snapshot.current ? unused.filter(({disk, base}) => disk?.chain[1]?.file === base) : [];
	const after = [...layers.filter(({depth}) => depth === 0), ...flattened];
	return {
		method: externalMethod(snapshot),
		why:
			unused.length > 0
				? 'libvirt removes the overlays, which nothing runs on.'
				: 'libvirt merges each overlay into its base.',
		pause: 'none: the domain goes on meanwhile',
		steps: [
			{
				title: `Delete ${printable(snapshot.tag)}`,
				argv: snapshotDelete(facts.host, facts.domain, snapshot.tag),
				success: 'exit',
				changes: [
					...layers.flatMap(layerChanges),
					...flattened.flatMap(({disk, base}): Change[] => [
						{sign: '~', what: `${printable(base)} takes in what ${printable(activeFile(disk!))} holds`},
						{sign: '-', what: printable(activeFile(disk!))},
					]),
					{sign: '-', what: `libvirt's record of ${printable(snapshot.tag)}`},
				],
				undo: null,
			},
		],
		losses: [lossOf(snapshot), ...unused.map(({overlay}) => unusedLoss(facts, overlay)).filter(text => text !== '')],
		warnings: [...memoryWarnings(facts, snapshot), ...pausedWarning(facts)],
		expect: [
			{kind: 'no-snapshot', tag: snapshot.tag},
			...after.map(({part, base}): Expectation => ({kind: 'source', target: part.target, file: base})),
			...layers.flatMap(({part, disk, depth}): Expectation[] =>
				disk && depth > 0 ? [{kind: 'source', target: part.target, file: activeFile(disk)}] : [],
			),
		],
	};
}

function unusedLoss(facts: Facts, overlay: string): string {
	return isThere(facts, overlay) ? `${printable(overlay)}, with all that was written to it.` : '';
}

function layerChanges({part, overlay, base, depth}: Layer): Change[] {
	const gone: Change = {sign: '-', what: `overlay ${printable(overlay)}`};
	if (depth < 0) return [gone];
	const merge: Change = {sign: '~', what: `${printable(base)} takes in what the overlay holds`};
	const pivot: Change[] = depth === 0 ? [{sign: '~', what: `${part.target} runs on ${printable(base)}`}] : [];
	return [merge, ...pivot, gone];
}

/** The same step by step: merge each overlay into its base, put what stood on it on the base, forget the record. */
function mergeByHand(facts: Facts, snapshot: Snapshot, layers: readonly Layer[], cause: string): Drafted {
	const refusal =
		misfit(snapshot, layers, cause) ??
		sharedBase(facts, snapshot, layers) ??
		baseInUse(facts, snapshot, layers) ??
		handsOff(
			facts,
			layers.every(({depth}) => depth >= 0),
		);
	if (refusal) return {refusal};
	const children = [...new Set(layers.flatMap(({overlay}) => takenOn(facts.domain, overlay)))];
	const top = layers.filter(({depth}) => depth === 0);
	const cleaning = removal(facts, [...layers.map(({overlay}) => overlay), ...memoryOf(snapshot)]);
	const active = isActive(facts.domain);
	return {
		method: externalMethod(snapshot),
		why: `Not by libvirt alone: ${cause}. Each overlay is merged into its base by hand instead.`,
		pause: active ? 'none: the domain goes on meanwhile' : 'none: it is shut off',
		steps: [
			...layers.map(layer => mergeStep(facts, layer)),
			...layers.flatMap(layer => rebaseSteps(facts, layer)),
			...(top.length > 0 && !active
				? [
						defineStep(
							facts,
							top.map(({disk, base}) => ({disk: disk!, file: base})),
						),
					]
				: []),
			...children.map(child => redefineStep(facts, child, layers)),
			recordStep(facts, snapshot),
			...cleaning.steps,
		],
		losses: [lossOf(snapshot)],
		warnings: [...cleaning.warnings, ...pausedWarning(facts)],
		expect: [
			{kind: 'no-snapshot', tag: snapshot.tag},
			...layers.flatMap(({part, disk, base, depth}): Expectation[] =>
				disk && depth >= 0 ? [{kind: 'source', target: part.target, file: depth === 0 ? base : activeFile(disk)}] : [],
			),
			...children.map((child): Expectation => ({kind: 'snapshot', tag: child.tag, health: [child.health]})),
		],
	};
}

/** All disks have to be in the same position: one point in time is deleted, not half of it. */
function misfit(snapshot: Snapshot, layers: readonly Layer[], cause: string): Refusal | null {
	const used = layers.filter(({depth}) => depth >= 0);
	const whole = used.length === layers.length || used.length === 0;
	const stacked = used.every(({disk, base, depth}) => disk?.chain[depth + 1]?.file === base);
	if (whole && stacked) return null;
	return notDeletable(snapshot, cause);
}

function notDeletable(snapshot: Snapshot, cause: string): Refusal {
	return {
		code: 'not-leaf',
		reason: `${printable(snapshot.tag)} cannot be deleted: ${cause}.`,
		remedy: 'Delete the newer ones first (d), or: --metadata-only drops the record alone, the files stay.',
	};
}

/** Another snapshot goes back to the same base, which a merge would write to. */
function sharedBase({domain}: Facts, snapshot: Snapshot, layers: readonly Layer[]): Refusal | null {
	for (const {base} of layers) {
		const other = takenOn(domain, base).find(candidate => candidate !== snapshot);
		if (!other) continue;
		const tag = printable(other.tag);
		return {
			code: 'has-children',
			reason: `${tag} was taken of ${printable(base)} too, which this would write to.`,
			remedy: `Delete ${tag} first (d), or drop the record of this one alone: --metadata-only.`,
		};
	}
	return null;
}

/** The domain runs on the base by another layer: its disks would change under it. */
function baseInUse({domain}: Facts, snapshot: Snapshot, layers: readonly Layer[]): Refusal | null {
	const used = layers.find(
		({base, overlay}) =>
			layersOn(domain, base).some(image => image.file !== overlay) || (overlay !== base && runsOn(domain, base)),
	);
	if (!used) return null;
	const heirs = enumerate(takenOn(domain, used.overlay).map(one => printable(one.tag)));
	return {
		code: 'has-children',
		reason: `The domain runs on ${printable(used.base)} by another branch, and ${heirs} on the overlay of ${printable(snapshot.tag)}: its base serves both.`,
		remedy: `Delete ${heirs} first (d), or drop the record of this one alone: --metadata-only.`,
	};
}

/** qemu-img has to reach the files: not those of another machine. */
function handsOff({domain, host}: Facts, inChain: boolean): Refusal | null {
	if (!isRemote(host.uri) || (isActive(domain) && inChain)) return null;
	return {
		code: 'unsupported',
		reason: 'The images are on another machine, where this program runs no qemu-img.',
		remedy: 'Run it there.',
	};
}

/** QEMU has the present chain open while the domain is active; everything else is qemu-img's. */
function mergeStep(facts: Facts, {part, overlay, base, depth}: Layer): Step {
	const byQemu = isActive(facts.domain) && depth >= 0;
	const range = depth === 0 ? ['--shallow', '--active', '--pivot'] : [`--base=${base}`, `--top=${overlay}`];
	return {
		title: `Merge ${depth === 0 ? 'the active layer' : 'the overlay'} of ${part.target} into its base`,
		argv: byQemu
			? virshDomain(facts.host, 'blockcommit', facts.domain, `--path=${part.target}`, ...range, '--wait')
			: // -d: the overlay is left as it is, and not emptied (qemu-img(1), commit).
				['qemu-img', 'commit', '-q', '-d', '-f', 'qcow2', overlay],
		success: 'exit',
		changes: [
			{sign: '~', what: `${printable(base)} takes in what ${printable(overlay)} holds`},
			...(byQemu && depth === 0 ? [{sign: '~', what: `${part.target} runs on ${printable(base)}`} as const] : []),
		],
		undo: null,
	};
}

/** `-u`: the base is only named anew, since it reads the same as the overlay that was merged into it. */
function rebaseSteps(facts: Facts, layer: Layer): Step[] {
	const {disk, depth, base} = layer;
	const above = depth > 0 && !isActive(facts.domain) ? [disk!.chain[depth - 1]!.file] : [];
	const format = formatOf(facts, base);
	return [...above, ...besides(facts, layer).filter(file => isThere(facts, file))].map(
		(file): Step => ({
			title: `Put ${printable(file)} on ${printable(base)}`,
			argv: ['qemu-img', 'rebase', '-u', '-f', 'qcow2', '-b', base, '-F', format, file],
			success: 'exit',
			changes: [{sign: '~', what: `${printable(file)} stands on ${printable(base)}`}],
			undo: null,
		}),
	);
}

function formatOf({domains}: Facts, file: string): string {
	const images = domains.flatMap(domain => domain.disks.flatMap(disk => disk.chain));
	return images.find(image => image.file === file)?.format ?? 'qcow2';
}

/** libvirt's record of a child names the overlay as what the disk ran on: from now on that is the base. */
function redefineStep(facts: Facts, child: Snapshot, layers: readonly Layer[]): Step {
	const xml = facts.snapshotXml[child.tag] ?? '';
	const moved = new Map(layers.map(({overlay, base}) => [overlay, base]));
	return {
		title: `Record that ${printable(child.tag)} stands on the base`,
		argv: redefineSnapshot(facts.host, facts.domain, child.current),
		input: withSnapshotSources(xml, moved),
		success: 'exit',
		changes: [{sign: '~', what: `libvirt's record of ${printable(child.tag)}`}],
		undo: redefineSnapshot(facts.host, facts.domain, child.current),
		undoInput: xml,
	};
}

function defineStep(facts: Facts, disks: readonly {readonly disk: Disk; readonly file: string}[]): Step {
	const sources = new Map(disks.map(({disk, file}) => [disk.target, {file, format: formatOf(facts, file)}]));
	return {
		title: 'Define the domain with the bases',
		argv: define(facts.host),
		input: withSources(facts.inactiveXml, sources),
		success: 'exit',
		changes: disks.map(({disk, file}) => ({sign: '~', what: `${disk.target} runs on ${printable(file)}`})),
		undo: define(facts.host),
		undoInput: facts.inactiveXml,
	};
}

/** Nothing stands on its overlays. Where the domain stands right on its base, as after a revert to it, that layer is merged. */
function dropUnused(facts: Facts, snapshot: Snapshot, layers: readonly Layer[], cause: string): Drafted {
	const standing = layers.every(({disk, base}) => disk?.chain[1]?.file === base);
	const free = standing && sharedBase(facts, snapshot, layers) === null && handsOff(facts, true) === null;
	const merged = free ? layers.map(({part, disk, base}) => leftLayer(part, disk!, base)) : [];
	const inner = innerRefusal(
		facts,
		[snapshot],
		merged.map(({overlay}) => overlay),
	);
	const kept = inner === null ? merged : [];
	const active = isActive(facts.domain);
	const overlays = layers.map(({overlay}) => overlay);
	const cleaning = removal(facts, [...overlays, ...kept.map(({overlay}) => overlay), ...memoryOf(snapshot)]);
	return {
		method: externalMethod(snapshot),
		why: `Not by libvirt alone: ${cause}. Nothing stands on them, so they go${kept.length > 0 ? ', and the layer that the domain runs on is merged into the base' : ''}.`,
		pause: active ? 'none: the domain goes on meanwhile' : 'none: it is shut off',
		steps: [
			...kept.map(layer => mergeStep(facts, layer)),
			...(kept.length > 0 && !active
				? [
						defineStep(
							facts,
							kept.map(({disk, base}) => ({disk: disk!, file: base})),
						),
					]
				: []),
			recordStep(facts, snapshot),
			...cleaning.steps,
		],
		losses: [lossOf(snapshot), ...overlays.map(file => unusedLoss(facts, file)).filter(text => text !== '')],
		warnings: [...cleaning.warnings, ...pausedWarning(facts)],
		expect: [
			{kind: 'no-snapshot', tag: snapshot.tag},
			...kept.map(({part, base}): Expectation => ({kind: 'source', target: part.target, file: base})),
		],
	};
}

function leftLayer(part: SnapshotDisk, disk: Disk, base: string): Layer {
	return {part, disk, overlay: activeFile(disk), base, depth: 0};
}

/** A whole branch: every layer above the base of its first snapshot is merged into that base, in one go per disk. */
export function externalBranch(facts: Facts, snapshot: Snapshot, gone: readonly Snapshot[]): Drafted {
	const alien = gone.find(one => one.kind !== 'external' || one.disks.some(part => part.kind !== 'external'));
	if (alien)
		return refuse(
			'has-children',
			`${printable(alien.tag)} is ${alien.kind}; internal and external snapshots are not deleted in one go.`,
			'Delete them one by one, the newest first (d).',
		);
	const layers = layersOf(facts, snapshot);
	if (!layers) return notRecorded(snapshot);
	const overlays = gone.flatMap(one => one.disks.flatMap(part => part.file ?? []));
	const bases = layers.map(({base}) => base);
	const above = layers.map(({disk, base}) => disk?.chain.findIndex(image => image.file === base) ?? -1);
	const merging = above.some(depth => depth > 0);
	const layered = layers.flatMap(({disk}, index) => disk?.chain.slice(0, Math.max(0, above[index]!)) ?? []);
	const files = [...new Set([...overlays, ...layered.map(image => image.file)])];
	const outsider = facts.domain.snapshots.find(
		one =>
			!gone.includes(one) && one.disks.some(part => [...files, ...(merging ? bases : [])].includes(part.source ?? '')),
	);
	const mixed = above.some(depth => depth > 0) && above.some(depth => depth <= 0);
	const refusal =
		dependantsRefusal(facts, [...files, ...bases]) ??
		innerRefusal(facts, gone, files) ??
		(outsider || mixed || gone.some(one => one.disks.length !== layers.length)
			? notDeletable(
					snapshot,
					outsider
						? `${printable(outsider.tag)} stands on the same files`
						: 'its disks differ from those of its children',
				)
			: null) ??
		handsOff(facts, merging);
	if (refusal) return {refusal};
	const active = isActive(facts.domain);
	const cleaning = removal(facts, [...files, ...gone.flatMap(memoryOf)]);
	const merged = merging ? layers : [];
	return {
		method: externalMethod(snapshot),
		why: `libvirt deletes no external snapshots together: ${merging ? 'all layers above the base are merged into it' : 'their overlays go'}, then the records go.`,
		pause: active ? 'none: the domain goes on meanwhile' : 'none: it is shut off',
		steps: [
			...merged.map(layer => mergeAllStep(facts, layer)),
			...(merging && !active
				? [
						defineStep(
							facts,
							merged.map(({disk, base}) => ({disk: disk!, file: base})),
						),
					]
				: []),
			...deepestFirst(gone).map(one => recordStep(facts, one)),
			...cleaning.steps,
		],
		losses: [
			...gone.map(lossOf),
			...overlays
				.filter(file => !layered.some(image => image.file === file))
				.map(file => unusedLoss(facts, file))
				.filter(text => text !== ''),
		],
		warnings: [...cleaning.warnings, ...pausedWarning(facts)],
		expect: [
			...gone.map((one): Expectation => ({kind: 'no-snapshot', tag: one.tag})),
			...merged.map(({part, base}): Expectation => ({kind: 'source', target: part.target, file: base})),
		],
	};
}

/** Everything above the base at once: with a base named, the layers between go in as well (qemu-img(1), virsh(1)). */
function mergeAllStep(facts: Facts, {part, disk, base}: Layer): Step {
	const active = isActive(facts.domain);
	const top = disk!.chain[0]!;
	return {
		title: `Merge all layers of ${part.target} into ${printable(base)}`,
		argv: active
			? virshDomain(
					facts.host,
					'blockcommit',
					facts.domain,
					`--path=${part.target}`,
					`--base=${base}`,
					'--active',
					'--pivot',
					'--wait',
				)
			: ['qemu-img', 'commit', '-q', '-d', '-f', top.format, '-b', base, top.file],
		success: 'exit',
		changes: [
			{sign: '~', what: `${printable(base)} takes in what ${printable(top.file)} and the layers under it hold`},
			...(active ? [{sign: '~', what: `${part.target} runs on ${printable(base)}`} as const] : []),
		],
		undo: null,
	};
}

/** libvirt 9.0 deletes an overlay together with the snapshots inside it, and says nothing (verified). */
function innerRefusal(facts: Facts, gone: readonly Snapshot[], overlays: readonly string[]): Refusal | null {
	const {domain} = facts;
	const files = [...overlays, ...gone.flatMap(one => [...(one.revertFiles ?? []), ...leftBelow(facts, one)])];
	const inChain = domain.disks
		.flatMap(disk => disk.chain)
		.filter(image => files.includes(image.file))
		.flatMap(image => image.snapshots.map(entry => ({file: image.file, tag: entry.tag})));
	// An overlay that a revert left is in no chain, so that its table was not read: libvirt's records tell (walk, seed 4: it was lost).
	const recorded = domain.snapshots
		.filter(snapshot => snapshot.health !== 'orphaned')
		.flatMap(({tag, disks}) =>
			disks.flatMap(({kind, file}) =>
				kind === 'internal' && file !== null && files.includes(file) ? [{file, tag}] : [],
			),
		);
	const inside = [...inChain, ...recorded];
	if (inside.length === 0) return null;
	const tags = enumerate([...new Set(inside.map(({tag}) => printable(tag)))]);
	return {
		code: 'has-children',
		reason: `An overlay of ${printable(gone[0]!.tag)}, ${printable(inside[0]!.file)}, holds snapshots inside: ${tags}. They would go with it.`,
		remedy: `Delete ${tags} first (d).`,
	};
}

/**
 * Files outside the present chains that hold internal snapshots taken below this one: a revert to it made them, and libvirt 11.3 takes
 * them along with it (walk, seed 8: one was lost).
 */
function leftBelow(facts: Facts, snapshot: Snapshot): string[] {
	const present = new Set(facts.domain.disks.flatMap(disk => disk.chain.map(image => image.file)));
	return descendantsOf(facts, snapshot)
		.flatMap(one => one.disks.filter(part => part.kind === 'internal').map(part => part.file))
		.filter(file => file !== null && !present.has(file)) as string[];
}

function mixedRefusal(snapshot: Snapshot): Refusal | null {
	if (!snapshot.disks.some(part => part.kind === 'internal')) return null;
	return {
		code: 'unsupported',
		reason: 'It is internal in some disks and external in others, which libvirt does not delete.',
		remedy: "Drop libvirt's record alone: --metadata-only.",
	};
}

function notRecorded(snapshot: Snapshot): Drafted {
	return refuse(
		'not-leaf',
		`What ${printable(snapshot.tag)} stands on is not recorded.`,
		'--metadata-only drops the record alone, the files stay.',
	);
}

function memoryOf(snapshot: Snapshot): string[] {
	return snapshot.memoryFile === null ? [] : [snapshot.memoryFile];
}

function memoryWarnings({host}: Facts, snapshot: Snapshot): string[] {
	return snapshot.memoryFile !== null && !can(host, 'external-delete-removes-memory')
		? [`${printable(snapshot.memoryFile)} stays on disk.`]
		: [];
}

/** After a memory snapshot of a paused domain QEMU holds its images read-only until it runs again (verified on QEMU 7.2). */
function pausedWarning({domain}: Facts): string[] {
	return domain.state === 'paused'
		? ['The domain is paused: should QEMU say "Block node is read-only", resume it first (p).']
		: [];
}
