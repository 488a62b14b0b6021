/** Plans that go back to a snapshot. */
import {define, hint, monitor, qemuImgSnapshot, restoreWith, virshDomain} from './argv.ts';
import {basisOf} from './basis.ts';
import {can} from './capabilities.ts';
import {dependantsRefusal, strandedOn} from './dependants.ts';
import {type Disk, type DomainState, type Facts, isActive, isRemote} from './domain.ts';
import {snapshotSources, withSources} from './domain-xml.ts';
import {isThere} from './family.ts';
import {loadvm} from './hmp.ts';
import {activeFile, coveredDisks, externalMethod, type MethodId, methodById} from './method.ts';
import {overlaySteps} from './new-overlay.ts';
import {directoryOf, newFileRefusal, overlayFiles, spaceRefusal} from './overlay.ts';
import {loadPause} from './pause.ts';
import type {Change, Consistency, Expectation, Outcome, Plan, Refusal, RevertIntent, Step} from './plan.ts';
import {createPlan} from './plan-create.ts';
import type {Snapshot, SnapshotDisk} from './snapshot.ts';
import {ambiguity, findSnapshot, safetyTag} from './tag.ts';
import {enumerate, formatDate, printable} from './text.ts';

/** What differs from kind to kind; `revertPlan` adds the rest. */
type Draft = Pick<Plan, 'method' | 'why' | 'pause' | 'steps' | 'losses' | 'warnings' | 'expect' | 'onFailure'> & {
	/** Set where the way back is part of the plan and no safety snapshot is needed. */
	readonly wayBack?: string;
};

/** The plan that brings disks, and memory where the snapshot holds it, back to a snapshot. */
export function revertPlan(facts: Facts, intent: RevertIntent): Outcome {
	const snapshot = findSnapshot(facts.domain, intent.tag);
	if ('refusal' in snapshot) return snapshot;
	const refusal = stateRefusal(facts) ?? healthRefusal(facts, snapshot) ?? unreadableRefusal(facts, snapshot);
	if (refusal) return {refusal};
	const draft = draftFor(facts, snapshot, intent);
	if ('refusal' in draft) return draft;
	if (!intent.safety || draft.wayBack !== undefined) return {plan: planOf(facts, snapshot, draft)};
	return withSafety(facts, snapshot, draft);
}

function planOf(facts: Facts, snapshot: Snapshot, {wayBack, ...draft}: Draft): Plan {
	return {
		verb: 'revert',
		domain: {uuid: facts.domain.uuid, name: facts.domain.name},
		tag: snapshot.tag,
		consistency: consistencyOf(snapshot),
		wayBack: wayBack ?? '',
		confirm: isActive(facts.domain) ? snapshot.tag : null,
		basis: basisOf(facts),
		...draft,
		warnings: [...draft.warnings, ...replacedWarning(snapshot)],
	};
}

/** The same plan with a snapshot of the present state as its first step, of a kind that the revert leaves alone. */
function withSafety(facts: Facts, snapshot: Snapshot, draft: Draft): Outcome {
	const tag = safetyTag(facts, snapshot.tag);
	const methods: MethodId[] =
		snapshot.kind === 'external'
			? ['external-offline', 'external-full', 'external-live']
			: ['libvirt-internal', 'qemu-img', 'monitor'];
	const intent = {verb: 'create', tag} as const;
	const usable = methods.find(method => methodById(method).refuse(facts, intent) === null) ?? methods[0]!;
	const outcome = createPlan(facts, {...intent, method: usable});
	if ('refusal' in outcome) return outcome;
	const plan = planOf(facts, snapshot, {
		...draft,
		steps: [...outcome.plan.steps, ...draft.steps],
		losses: [],
		onFailure: 'stop',
		expect: [...outcome.plan.expect.filter(expectation => expectation.kind === 'snapshot'), ...draft.expect],
	});
	return {plan: {...plan, wayBack: `Revert to ${printable(tag)}, which holds the present state.`}};
}

function draftFor(facts: Facts, snapshot: Snapshot, intent: RevertIntent): Draft | {refusal: Refusal} {
	if (snapshot.kind === 'memory')
		return refuse('method-mismatch', 'It holds memory only.', 'Restore it with the key m.');
	if (snapshot.kind === 'external') return externalRevert(facts, snapshot, intent);
	const refusal =
		layerRefusal(facts, snapshot) ??
		dependantsRefusal(facts, filesOf(snapshot)) ??
		strandedRefusal(facts, snapshot) ??
		ambiguity(tablesOf(facts, snapshot), snapshot.tag);
	if (refusal) return {refusal};
	if (snapshot.libvirt && snapshot.health === 'ok') return managedRevert(facts, snapshot, intent);
	return isActive(facts.domain) ? monitorRevert(facts, snapshot, intent) : qemuImgRevert(facts, snapshot, intent);
}

function managedRevert(facts: Facts, snapshot: Snapshot, intent: RevertIntent): Draft {
	const flag = intent.afterwards === undefined ? [] : [`--${intent.afterwards}`];
	const after = intent.afterwards ?? stateAfter(snapshot);
	return {
		method: 'libvirt-internal',
		why: 'libvirt and every disk agree on this snapshot.',
		pause: isActive(facts.domain) ? 'it is stopped and comes back as it was then' : 'none: it is shut off',
		steps: [
			{
				title: `Revert to ${printable(snapshot.tag)}`,
				argv: virshDomain(facts.host, 'snapshot-revert', facts.domain, `--snapshotname=${snapshot.tag}`, ...flag),
				success: 'exit',
				changes: [
					...diskChanges(snapshot),
					...memoryChange(snapshot),
					{sign: '~', what: `the domain is ${after} afterwards`},
				],
				undo: null,
			},
		],
		losses: lossesOf(facts, snapshot),
		warnings: [...hardwareWarnings(facts, snapshot), ...stopWarning(facts, after)],
		onFailure: 'stop',
		expect: [{kind: 'state', state: after}, {kind: 'current', tag: snapshot.tag}, stays(snapshot)],
	};
}

/** qemu-img on each image: memory that the snapshot holds stays where it is. */
function qemuImgRevert(facts: Facts, snapshot: Snapshot, intent: RevertIntent): Draft | {refusal: Refusal} {
	if (isRemote(facts.host.uri))
		return refuse(
			'unsupported',
			'The images are on another machine, where this program runs no qemu-img.',
			'Run it there.',
		);
	const memory = (snapshot.vmSizeBytes ?? 0) > 0;
	return {
		method: 'qemu-img',
		why: 'Shut off, and libvirt does not describe what the images hold: qemu-img works on them directly.',
		pause: 'none: it is shut off',
		steps: [
			...snapshot.disks.map(part => ({
				title: `Revert ${part.target} to ${printable(snapshot.tag)}`,
				argv: qemuImgSnapshot('-a', snapshot.tag, part.file!),
				success: 'exit' as const,
				changes: [diskChange(part)],
				undo: null,
			})),
			...powerStep(facts, intent.afterwards),
		],
		losses: lossesOf(facts, snapshot),
		warnings: memory
			? [
					`Its memory is not loaded this way, so the guest starts as after a power cut. For the memory: start the domain, then revert.`,
				]
			: [],
		onFailure: 'stop',
		expect: [{kind: 'state', state: intent.afterwards ?? 'shut off'}, stays(snapshot)],
	};
}

/** `loadvm`: the domain goes on in the state it is in (verified on QEMU 7.2). */
function monitorRevert(facts: Facts, snapshot: Snapshot, intent: RevertIntent): Draft | {refusal: Refusal} {
	const {domain, host} = facts;
	if ((snapshot.vmSizeBytes ?? 0) === 0) {
		return refuse(
			'wrong-state',
			'It was taken shut off and holds no memory, so QEMU cannot load it into an active domain.',
			`Shut the domain down first: ${hint(host, 'shutdown', domain)}.`,
		);
	}
	const state = domain.state === 'idle' ? 'running' : domain.state;
	return {
		method: 'monitor',
		why: "The domain is active, and libvirt does not describe what the images hold: QEMU's monitor loads it directly.",
		pause: loadPause(snapshot.vmSizeBytes ?? 0),
		steps: [
			{
				title: `Revert to ${printable(snapshot.tag)}`,
				argv: monitor(host, domain, loadvm(snapshot.tag)),
				success: 'silent',
				changes: [...diskChanges(snapshot), ...memoryChange(snapshot)],
				undo: null,
			},
			...powerStep(facts, intent.afterwards),
		],
		losses: lossesOf(facts, snapshot),
		warnings: ['If QEMU cannot load it, it leaves the domain paused.'],
		onFailure: 'stop',
		expect: [{kind: 'state', state: intent.afterwards ?? state}, stays(snapshot)],
	};
}

/** The step that brings the domain from the state it is in to the one wanted; none where it is there already. */
function powerStep({domain, host}: Facts, wanted: RevertIntent['afterwards']): Step[] {
	const state = domain.state === 'idle' ? 'running' : domain.state;
	if (wanted === undefined || wanted === state) return [];
	const command = isActive(domain)
		? wanted === 'running'
			? ['resume']
			: ['suspend']
		: ['start', ...(wanted === 'paused' ? ['--paused'] : [])];
	const title = {resume: 'Resume', suspend: 'Pause', start: wanted === 'paused' ? 'Start paused' : 'Start'}[
		command[0]!
	]!;
	return [
		{
			title: `${title} ${printable(domain.name)}`,
			argv: virshDomain(host, command[0]!, domain, ...command.slice(1)),
			success: 'exit',
			changes: [{sign: '~', what: `the domain is ${wanted}`}],
			undo: null,
		},
	];
}

function externalRevert(facts: Facts, snapshot: Snapshot, intent: RevertIntent): Draft | {refusal: Refusal} {
	if (snapshot.disks.some(part => part.kind === 'internal')) {
		return refuse(
			'unsupported',
			'It is internal in some disks and external in others, which libvirt does not revert.',
			'Go back by hand, disk by disk.',
		);
	}
	return can(facts.host, 'external-revert')
		? nativeExternalRevert(facts, snapshot, intent)
		: newOverlayRevert(facts, snapshot, intent);
}

/** libvirt >= 9.9 puts new overlays on the snapshot's bases and deletes files of the snapshot that was the current one. */
function nativeExternalRevert(facts: Facts, snapshot: Snapshot, intent: RevertIntent): Draft | {refusal: Refusal} {
	const flag = intent.afterwards === undefined ? [] : [`--${intent.afterwards}`];
	const after = intent.afterwards ?? stateAfter(snapshot);
	// A snapshot taken just before is the current one then: what libvirt deletes is the empty overlay of that.
	const doomed = intent.safety ? [] : doomedFiles(facts);
	const left = leftFiles(facts, snapshot).filter(file => !doomed.includes(file) && !intent.safety);
	const refusal =
		neededRefusal(facts, doomed) ??
		dependantsRefusal(facts, [...doomed, ...leftFiles(facts, snapshot)]) ??
		innerSnapshotsRefusal(facts, doomed);
	if (refusal) return {refusal};
	return {
		method: externalMethod(snapshot),
		why: `libvirt ${facts.host.libvirt} reverts external snapshots itself.`,
		pause: isActive(facts.domain) ? 'it is stopped and comes back as it was then' : 'none: it is shut off',
		steps: [
			{
				title: `Revert to ${printable(snapshot.tag)}`,
				argv: virshDomain(facts.host, 'snapshot-revert', facts.domain, `--snapshotname=${snapshot.tag}`, ...flag),
				success: 'exit',
				changes: [
					...snapshot.disks.map(
						(part): Change => ({
							sign: '~',
							what: `${part.target} runs on a new overlay of ${printable(part.source ?? 'its base')}`,
						}),
					),
					...doomed.map((file): Change => ({sign: '-', what: printable(file)})),
					...memoryChange(snapshot),
					{sign: '~', what: `the domain is ${after} afterwards`},
				],
				undo: null,
			},
		],
		losses: [...lossesOf(facts, snapshot), ...doomed.map(file => `${printable(file)}: libvirt deletes it.`)],
		warnings: [
			...left.map(file => `${printable(file)} stays on disk; nothing uses it any more.`),
			...hardwareWarnings(facts, snapshot),
			...stopWarning(facts, after),
		],
		onFailure: 'stop',
		expect: [{kind: 'state', state: after}, {kind: 'current', tag: snapshot.tag}, stays(snapshot)],
	};
}

/**
 * Files that libvirt deletes in a revert: those that a revert to the current snapshot made, or else the overlays that it made
 * itself, whether the domain runs on them or not (verified on 11.3).
 */
function doomedFiles(facts: Facts): string[] {
	const current = facts.domain.snapshots.find(candidate => candidate.current);
	const files =
		current?.revertFiles ?? current?.disks.flatMap(part => (part.kind === 'external' ? (part.file ?? []) : [])) ?? [];
	return files.filter(file => isThere(facts, file));
}

/** Overlays that the domain runs on now and leaves. */
function leftFiles({domain}: Facts, snapshot: Snapshot): string[] {
	return snapshot.disks.flatMap(part =>
		domain.disks.filter(disk => disk.target === part.target && disk.chain.length > 1).map(activeFile),
	);
}

/** libvirt 11.3 deletes the current snapshot's overlay even where others stand on it: all of them are lost then (verified). */
function neededRefusal({domain, host}: Facts, doomed: readonly string[]): Refusal | null {
	for (const file of doomed) {
		const heir = domain.snapshots.find(candidate => basesOf(domain, candidate).has(file));
		if (!heir) continue;
		const active = domain.disks.map(activeFile);
		const right = domain.snapshots.find(candidate => candidate.disks.some(part => active.includes(part.file ?? '')));
		return refuse(
			'has-dependants',
			`libvirt would delete ${printable(file)}, the overlay of the current snapshot, and ${printable(heir.tag)} stands on it.`,
			right
				? `Tell libvirt first which snapshot the domain runs on: ${hint(host, 'snapshot-current', domain, right.tag)}.`
				: 'Tell libvirt first which snapshot the domain runs on: virsh snapshot-current DOMAIN TAG.',
		).refusal;
	}
	return null;
}

/** Every file that a snapshot goes back to, down to the bottom, as far as chains and records tell. */
function basesOf({disks, snapshots}: Facts['domain'], snapshot: Snapshot): Set<string> {
	const below = new Map<string, string>();
	for (const part of snapshots.flatMap(one => one.disks)) {
		if (part.kind === 'external' && part.file !== null && part.source) below.set(part.file, part.source);
	}
	for (const {chain} of disks) {
		for (const [depth, image] of chain.entries()) {
			const base = chain[depth + 1];
			if (base) below.set(image.file, base.file);
		}
	}
	const found = new Set<string>();
	for (const part of snapshot.disks) {
		for (let file = part.source; file && !found.has(file); file = below.get(file)) found.add(file);
	}
	return found;
}

/** Where libvirt cannot: new overlays on the snapshot's bases. The old ones stay, which is the way back. */
function newOverlayRevert(facts: Facts, snapshot: Snapshot, intent: RevertIntent): Draft | {refusal: Refusal} {
	const {domain, host} = facts;
	const swaps = swapsFor(facts, snapshot);
	if ('refusal' in swaps) return swaps;
	const files = swaps.map(swap => swap.file);
	const refusal =
		newFileRefusal(facts, files) ??
		files
			.map(file => spaceRefusal(facts, directoryOf(file), files.length * 256 * 1024, 'the new overlays'))
			.find(found => found);
	if (refusal) return {refusal};
	const memoryXml = snapshot.memoryFile === null ? undefined : facts.saveImages[snapshot.memoryFile]?.xml;
	const memory = memoryXml === undefined ? [] : [memoryStep(facts, snapshot, intent, swaps, memoryXml)];
	const after = intent.afterwards ?? (memory.length > 0 ? stateAfter(snapshot) : 'shut off');
	return {
		method: externalMethod(snapshot),
		why: `libvirt ${host.libvirt} cannot revert external snapshots, so each disk gets a new overlay on what the snapshot stands on${memory.length > 0 ? ', and the memory is loaded with these' : ''}.`,
		pause: 'none: it is shut off',
		steps: [
			...swaps.flatMap(swap => overlaySteps(facts, {...swap, target: swap.disk.target, like: swap.old})),
			defineStep(facts, swaps),
			currentStep(facts, snapshot),
			...(memory.length > 0 ? memory : powerStep(facts, intent.afterwards)),
		],
		losses: [],
		warnings: [
			...swaps.map(swap => `${printable(swap.old)} stays on disk, with the work since; nothing uses it any more.`),
			...(snapshot.memoryFile && memory.length === 0
				? ['Its memory is not loaded this way, so the guest starts as after a power cut.']
				: []),
			...(domain.firmware.nvram ? ['The UEFI variables stay as they are.'] : []),
			...notInSnapshot(facts, snapshot),
		],
		onFailure: 'undo',
		wayBack: `Define the domain with the old overlays again: virsnap undo does it.`,
		expect: [
			{kind: 'state', state: after},
			{kind: 'current', tag: snapshot.tag},
			...swaps.map((swap): Expectation => ({kind: 'source', target: swap.disk.target, file: swap.file})),
		],
	};
}

/** Disks and memory go back together: the memory file is loaded with the new overlays in its XML (verified on 9.0 with a counting guest). */
function memoryStep(
	{host}: Facts,
	snapshot: Snapshot,
	intent: RevertIntent,
	swaps: readonly Swap[],
	xml: string,
): Step {
	const sources = new Map(swaps.map(swap => [swap.disk.target, {file: swap.file, format: 'qcow2'}]));
	const state = intent.afterwards ?? (snapshot.state === 'paused' ? 'paused' : 'running');
	return {
		title: `Load the memory of ${printable(snapshot.tag)}`,
		argv: restoreWith(host, snapshot.memoryFile!, `--${state}`),
		input: withSources(xml, sources),
		success: 'exit',
		changes: [...memoryChange(snapshot), {sign: '~', what: `the domain is ${state}`}],
		undo: null,
	};
}

/** One disk that leaves its active layer for a new overlay. */
type Swap = {
	readonly disk: Disk;
	readonly old: string;
	readonly base: string;
	readonly format: string;
	readonly file: string;
};

function swapsFor(facts: Facts, snapshot: Snapshot): Swap[] | {refusal: Refusal} {
	const {domain, host} = facts;
	if (isActive(domain)) {
		return refuse(
			'wrong-state',
			`libvirt ${host.libvirt} cannot revert an external snapshot, and the plan that can wants the domain shut off.`,
			`Shut it down first: ${hint(host, 'shutdown', domain)}.`,
		);
	}
	if (isRemote(host.uri))
		return refuse(
			'no-external-revert',
			`libvirt ${host.libvirt} there cannot revert external snapshots.`,
			'Run this program on that machine.',
		);
	const recorded = snapshotSources(facts.snapshotXml[snapshot.tag] ?? '');
	const disks = snapshot.disks.map(part => domain.disks.find(disk => disk.target === part.target));
	const time = facts.now.slice(0, 19).replaceAll(':', '').replace('T', '-');
	const overlays = overlayFiles(
		disks.flatMap((disk, index) => (disk ? [{...disk, source: snapshot.disks[index]!.source ?? disk.source}] : [])),
		`${snapshot.tag}-${time}`,
	);
	const swaps: Swap[] = [];
	for (const part of snapshot.disks) {
		const disk = disks.find(candidate => candidate?.target === part.target);
		const then = recorded.find(candidate => candidate.target === part.target);
		const base = part.source ?? then?.source ?? null;
		const file = overlays.find(overlay => overlay.disk.target === part.target)?.file;
		if (!disk || !file || base === null) {
			return refuse(
				'no-external-revert',
				`What ${part.target} ran on is not recorded, or the domain has no such disk now.`,
				'Attach the disk again, or go back by hand.',
			);
		}
		swaps.push({disk, old: activeFile(disk), base, format: formatOf(facts, base) ?? then?.format ?? 'qcow2', file});
	}
	return swaps;
}

function formatOf(facts: Facts, file: string): string | null {
	const images = facts.domains.flatMap(domain => domain.disks.flatMap(disk => disk.chain));
	return images.find(image => image.file === file)?.format ?? null;
}

function defineStep(facts: Facts, swaps: readonly Swap[]): Step {
	const sources = new Map(swaps.map(swap => [swap.disk.target, {file: swap.file, format: 'qcow2'}]));
	return {
		title: 'Define the domain with the new overlays',
		argv: define(facts.host),
		input: withSources(facts.inactiveXml, sources),
		success: 'exit',
		changes: swaps.map(swap => ({sign: '~', what: `${swap.disk.target} runs on ${printable(swap.file)}`})),
		undo: define(facts.host),
		undoInput: facts.inactiveXml,
	};
}

function currentStep({domain, host}: Facts, snapshot: Snapshot): Step {
	const before = domain.snapshots.find(candidate => candidate.current);
	const setCurrent = (tag: string) => virshDomain(host, 'snapshot-current', domain, `--snapshotname=${tag}`);
	return {
		title: `Make ${printable(snapshot.tag)} the current snapshot`,
		argv: setCurrent(snapshot.tag),
		success: 'exit',
		changes: [{sign: '~', what: `current snapshot: ${printable(snapshot.tag)}`}],
		undo: before ? setCurrent(before.tag) : null,
	};
}

function stateRefusal({domain, host}: Facts): Refusal | null {
	if (domain.managedSave || domain.state === 'saved') {
		return refuse(
			'saved-memory',
			'Its memory is saved (managed save) and would go on with other disk contents.',
			`Drop the saved memory first: ${hint(host, 'managedsave-remove', domain)}.`,
		).refusal;
	}
	if (['running', 'idle', 'paused', 'shut off'].includes(domain.state)) return null;
	return refuse(
		'wrong-state',
		`The domain is ${domain.state}.`,
		`Wait, or force it off: ${hint(host, 'destroy', domain)}.`,
	).refusal;
}

function healthRefusal(facts: Facts, snapshot: Snapshot): Refusal | null {
	const reasons: Partial<Record<Snapshot['health'], string>> = {
		orphaned: `${snapshot.healthReason}`,
		partial: `${snapshot.healthReason}`,
		'missing-files': `${snapshot.healthReason}`,
	};
	const reason = reasons[snapshot.health];
	if (reason === undefined) return null;
	return {
		code: 'unhealthy',
		reason,
		remedy: `Delete it: virsnap delete ${printable(facts.domain.name)} ${printable(snapshot.tag)} (d).`,
	};
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

/** Data in a lower layer: going back would rewrite the base under the overlays that stand on it. */
function layerRefusal({domain}: Facts, snapshot: Snapshot): Refusal | null {
	for (const part of snapshot.disks) {
		const disk = domain.disks.find(candidate => candidate.target === part.target);
		if (!disk) {
			return refuse(
				'unsupported',
				`${part.target} is no longer part of the domain.`,
				'Attach the disk again first: virsh attach-disk.',
			).refusal;
		}
		if (part.file === null || part.file === activeFile(disk)) continue;
		const inChain = disk.chain.some(image => image.file === part.file);
		return inChain
			? refuse(
					'has-dependants',
					`It is in ${printable(part.file)}, and ${printable(activeFile(disk))} stands on that: going back would corrupt the overlay.`,
					'Delete the external snapshots made since first (d): that commits their overlays into it.',
				).refusal
			: refuse(
					'not-leaf',
					`It is in ${printable(part.file)}, on which ${part.target} does not run now.`,
					'Revert to the external snapshot made after it first.',
				).refusal;
	}
	return null;
}

/** Overlays that an earlier revert left: other snapshots need the image under them as it is. */
function strandedRefusal({domain}: Facts, snapshot: Snapshot): Refusal | null {
	const stranded = strandedOn(domain, filesOf(snapshot))[0];
	if (!stranded) return null;
	return refuse(
		'has-dependants',
		`${printable(stranded.file)}, the overlay of snapshot ${printable(stranded.snapshot.tag)}, stands on the image this rewrites.`,
		`Delete ${printable(stranded.snapshot.tag)} first (d).`,
	).refusal;
}

/** Snapshots inside an overlay go with the overlay. */
function innerSnapshotsRefusal({domain}: Facts, files: readonly string[]): Refusal | null {
	const image = domain.disks
		.flatMap(disk => disk.chain)
		.find(candidate => files.includes(candidate.file) && candidate.snapshots.length > 0);
	if (!image) return null;
	const tags = enumerate(image.snapshots.map(entry => printable(entry.tag)));
	return refuse(
		'has-children',
		`libvirt deletes ${printable(image.file)}, and with it the snapshots inside: ${tags}.`,
		`Delete ${tags} first (d).`,
	).refusal;
}

function refuse(code: Refusal['code'], reason: string, remedy: string): {refusal: Refusal} {
	return {refusal: {code, reason, remedy}};
}

function filesOf(snapshot: Snapshot): string[] {
	return snapshot.disks.flatMap(part => part.file ?? []);
}

function tablesOf({domain}: Facts, snapshot: Snapshot) {
	const files = filesOf(snapshot);
	return domain.disks.flatMap(disk =>
		disk.chain.filter(image => files.includes(image.file)).map(image => image.snapshots),
	);
}

/** Where libvirt leaves the domain without being told: as the snapshot was taken, and off where it holds no memory. */
function stateAfter(snapshot: Snapshot): DomainState {
	if (snapshot.kind === 'external' && snapshot.memoryFile === null) return 'shut off';
	return snapshot.state === 'running' ? 'running' : snapshot.state === 'paused' ? 'paused' : 'shut off';
}

function consistencyOf(snapshot: Snapshot): Consistency {
	if (snapshot.memoryFile !== null || (snapshot.vmSizeBytes ?? 0) > 0) return 'full checkpoint';
	return snapshot.state === 'disk-snapshot' ? 'crash-consistent' : 'shut off';
}

function diskChange(part: SnapshotDisk): Change {
	return {sign: '~', what: `contents of ${printable(part.file ?? part.target)} (${part.target})`};
}

function diskChanges(snapshot: Snapshot): Change[] {
	return snapshot.disks.map(diskChange);
}

function memoryChange(snapshot: Snapshot): Change[] {
	const held = snapshot.memoryFile !== null || (snapshot.vmSizeBytes ?? 0) > 0;
	return held ? [{sign: '~', what: 'memory and devices, as they were then'}] : [];
}

function lossesOf(facts: Facts, snapshot: Snapshot): string[] {
	const targets = enumerate(snapshot.disks.map(part => part.target));
	return [`Everything written to ${targets} since ${formatDate(snapshot.createdAt)}.`, ...memoryLoss(facts)];
}

function memoryLoss({domain}: Facts): string[] {
	return isActive(domain) ? ['The memory of the domain as it is now: whatever runs in it.'] : [];
}

function replacedWarning(snapshot: Snapshot): string[] {
	return snapshot.health === 'replaced' ? [snapshot.healthReason] : [];
}

/** libvirt takes the whole definition of that time back, so disks added since leave the domain. */
function hardwareWarnings(facts: Facts, snapshot: Snapshot): string[] {
	const recorded = new Set(snapshotSources(facts.snapshotXml[snapshot.tag] ?? '').map(disk => disk.target));
	const added = recorded.size === 0 ? [] : facts.domain.disks.filter(disk => !recorded.has(disk.target));
	const general = 'The definition of the domain goes back to that time as well.';
	return added.length === 0
		? [general]
		: [`${general} Added since, so taken out of it: ${enumerate(added.map(disk => disk.target))} (the files stay).`];
}

function stopWarning({domain}: Facts, after: DomainState): string[] {
	return isActive(domain) && after === 'shut off'
		? ['The domain is shut off afterwards, as it was taken without memory; --running starts it.']
		: [];
}

function notInSnapshot(facts: Facts, snapshot: Snapshot): string[] {
	const parts = new Set(snapshot.disks.map(part => part.target));
	const others = coveredDisks(facts).filter(disk => !parts.has(disk.target));
	return others.length > 0
		? [`Not in the snapshot, so left as they are: ${enumerate(others.map(disk => disk.target))}.`]
		: [];
}

function stays(snapshot: Snapshot): Expectation {
	return {kind: 'snapshot', tag: snapshot.tag, health: [snapshot.health]};
}
