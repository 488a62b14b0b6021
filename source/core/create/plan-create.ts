/** Plans that take a snapshot. */
import {diskspec, memspec, monitor, qemuImgSnapshot, snapshotDelete, virshDomain} from '../argv.ts';
import {basisOf} from '../basis.ts';
import {busyRefusal} from '../busy.ts';
import {can} from '../capabilities.ts';
import {activeFile, coveredDisks, type Disk, type Facts, isActive, writableDisks} from '../domain.ts';
import {delvm, savevm} from '../hmp.ts';
import {chooseMethod, type MethodId, methodById} from '../method.ts';
import {directoryOf, memoryFile, type Overlay, overlayFiles, spaceWarnings} from '../overlay.ts';
import {diskOnlyPause, memoryPause} from '../pause.ts';
import type {Change, Consistency, CreateIntent, Expectation, Outcome, Plan, Refusal, Step} from '../plan.ts';
import {mayChangeModes, privateStep} from '../private-files.ts';
import {spaceOf} from '../space.ts';
import {proposeTag, tagRefusal} from '../tag.ts';
import {enumerate, printable, shellWord} from '../text.ts';

/** What differs from method to method; `createPlan` adds the rest. */
type Draft = Pick<Plan, 'consistency' | 'pause' | 'steps' | 'expect'> & {
	readonly warnings?: readonly string[];
	readonly wayBack?: string;
};

/** The plan that creates a snapshot, by the method asked for or the one that fits best. */
export function createPlan(facts: Facts, wanted: CreateIntent): Outcome {
	const intent = {...wanted, tag: wanted.tag === '' ? proposeTag(facts) : wanted.tag};
	const refusal = tagRefusal(facts.domain, intent.tag) ?? descriptionRefusal(intent) ?? busyRefusal(facts);
	if (refusal) return {refusal};
	const choice = pickMethod(facts, intent);
	if ('refusal' in choice) return choice;
	const draft = draftFor(choice.method, facts, intent);
	return {
		plan: {
			verb: 'create',
			domain: {uuid: facts.domain.uuid, name: facts.domain.name},
			tag: intent.tag,
			method: choice.method,
			why: choice.why,
			losses: [],
			wayBack: `Delete the snapshot ${printable(intent.tag)}.`,
			onFailure: 'undo',
			confirm: null,
			basis: basisOf(facts),
			space: spaceOf(facts, choice.method, intent),
			...draft,
			warnings: [...(draft.warnings ?? []), ...generalWarnings(facts, choice.method, intent)],
		},
	};
}

function descriptionRefusal({description}: CreateIntent): Refusal | null {
	const lines = description?.replaceAll('\n', ' ').replaceAll('\t', ' ') ?? '';
	if (printable(lines) === lines) return null;
	return {code: 'bad-tag', reason: 'The description holds control or invisible characters.', remedy: 'Leave them out.'};
}

function pickMethod(facts: Facts, intent: CreateIntent): {method: MethodId; why: string} | {refusal: Refusal} {
	if (intent.method === undefined) {
		const choice = chooseMethod(facts, intent);
		return 'refusal' in choice ? choice : {method: choice.method.id, why: choice.why};
	}
	const method = methodById(intent.method);
	const refusal =
		method.refuse(facts, intent) ?? folderMismatch(method.id, intent) ?? describeMismatch(method.id, intent);
	return refusal ? {refusal} : {method: method.id, why: `Asked for; ${method.because}.`};
}

function folderMismatch(method: MethodId, intent: CreateIntent): Refusal | null {
	if (intent.dir === undefined || method.startsWith('external')) return null;
	return {
		code: 'method-mismatch',
		reason: `${method} keeps the snapshot inside the images; there is no file for --dir.`,
		remedy: 'Leave --dir out, or use an external method.',
	};
}

function describeMismatch(method: MethodId, intent: CreateIntent): Refusal | null {
	if (!intent.description || (method !== 'qemu-img' && method !== 'monitor')) return null;
	return {
		code: 'method-mismatch',
		reason: `${method} has no place for a description.`,
		remedy: 'Leave --description out, or use libvirt-internal.',
	};
}

function draftFor(method: MethodId, facts: Facts, intent: CreateIntent): Draft {
	switch (method) {
		case 'libvirt-internal':
			return libvirtInternal(facts, intent);
		case 'qemu-img':
			return qemuImg(facts, intent);
		case 'monitor':
			return byMonitor(facts, intent);
		case 'external-offline':
			return externalOffline(facts, intent);
		case 'external-live':
			return externalLive(facts, intent);
		case 'external-full':
			return externalFull(facts, intent);
		case 'memory':
		case 'linked-clone':
			throw new Error(`${method} creates no snapshot`);
	}
}

function libvirtInternal(facts: Facts, intent: CreateIntent): Draft {
	const active = isActive(facts.domain);
	const disks = active ? writableDisks(facts.domain) : coveredDisks(facts);
	const overruled = disks.some(disk => disk.snapshotPolicy !== null && disk.snapshotPolicy !== 'internal');
	const specs = overruled ? disks.map(disk => diskspec(disk.target, 'internal')) : [];
	return {
		...(active ? withMemory(facts) : shutOff),
		steps: [
			snapshotCreate(facts, intent, specs, [...internalChanges(intent.tag, disks, active), metadataChange(intent.tag)]),
		],
		expect: [{kind: 'snapshot', tag: intent.tag, health: ['ok']}, ...sameState(facts)],
	};
}

function qemuImg(facts: Facts, intent: CreateIntent): Draft {
	return {
		...shutOff,
		steps: coveredDisks(facts).map(disk => ({
			title: `Create snapshot ${printable(intent.tag)} in ${disk.target}`,
			argv: qemuImgSnapshot('-c', intent.tag, activeFile(disk)),
			success: 'exit',
			changes: [{sign: '+', what: `internal snapshot ${printable(intent.tag)} in ${printable(activeFile(disk))}`}],
			undo: qemuImgSnapshot('-d', intent.tag, activeFile(disk)),
		})),
		warnings: [unmanagedWarning, ...firmwareWarning(facts)],
		expect: [{kind: 'snapshot', tag: intent.tag, health: ['unmanaged']}, ...sameState(facts)],
	};
}

function byMonitor(facts: Facts, intent: CreateIntent): Draft {
	const disks = writableDisks(facts.domain);
	return {
		...withMemory(facts),
		steps: [
			{
				title: `Create snapshot ${printable(intent.tag)} in ${targets(disks)}, with memory`,
				argv: monitor(facts.host, facts.domain, savevm(intent.tag)),
				success: 'silent',
				changes: internalChanges(intent.tag, disks, true),
				undo: monitor(facts.host, facts.domain, delvm(intent.tag)),
			},
		],
		warnings: [unmanagedWarning],
		expect: [{kind: 'snapshot', tag: intent.tag, health: ['unmanaged']}, ...sameState(facts)],
	};
}

function externalOffline(facts: Facts, intent: CreateIntent): Draft {
	const draft = external(facts, intent, [], shutOff);
	if (can(facts.host, 'private-offline-overlays')) return draft;
	const files = overlayFiles(coveredDisks(facts), intent.tag, intent.dir).map(({file}) => file);
	// libvirt leaves the mode to its umask: 0644.
	if (mayChangeModes(facts)) return {...draft, steps: [...draft.steps, privateStep(files)]};
	const command = `chmod 600 ${files.map(file => shellWord(file)).join(' ')}`;
	const warning = `This libvirt makes the overlay readable for all users of the host; let its owner run: ${command}`;
	return {...draft, warnings: [warning, ...(draft.warnings ?? [])]};
}

function externalLive(facts: Facts, intent: CreateIntent): Draft {
	const quiesce = intent.quiesce ?? (facts.domain.agent === 'connected' && facts.domain.state !== 'paused');
	const warning = 'No memory is taken: after a revert the guest starts as after a power cut.';
	return external(
		facts,
		intent,
		quiesce ? ['--quiesce'] : [],
		quiesce
			? {consistency: 'frozen filesystems', pause: 'writes wait while the guest agent freezes the file systems'}
			: {consistency: 'crash-consistent', pause: diskOnlyPause},
		quiesce ? [] : [warning],
	);
}

function externalFull(facts: Facts, intent: CreateIntent): Draft {
	const folder = intent.dir ?? directoryOf(coveredDisks(facts)[0]!.source!);
	const file = memoryFile(facts, folder, intent.tag);
	const live = facts.domain.state === 'paused' ? [] : ['--live'];
	const draft = external(facts, intent, [...live, memspec(file)], {
		consistency: 'full checkpoint',
		pause:
			facts.domain.state === 'paused'
				? 'none: it is paused'
				: 'about a second at the end, while the last memory pages are written',
	});
	const paused =
		facts.domain.state === 'paused'
			? ['Until it is resumed QEMU holds the images read-only, so that no external snapshot can be deleted.']
			: [];
	const step = draft.steps[0]!;
	return {
		...draft,
		warnings: [...(draft.warnings ?? []), ...paused],
		steps: [{...step, changes: [{sign: '+', what: `memory file ${printable(file)}`}, ...step.changes]}],
	};
}

function external(
	facts: Facts,
	intent: CreateIntent,
	flags: readonly string[],
	held: Pick<Draft, 'consistency' | 'pause'>,
	warnings: readonly string[] = [],
): Draft {
	const overlays = overlayFiles(coveredDisks(facts), intent.tag, intent.dir);
	const specs = [
		...overlays.map(({disk, file}) => diskspec(disk.target, 'external', file)),
		...leftOut(facts.domain.disks, overlays).map(disk => diskspec(disk.target, 'no')),
	];
	const diskOnly = held.consistency === 'full checkpoint' ? [] : ['--disk-only'];
	const changes = [...overlays.flatMap(overlayChanges), metadataChange(intent.tag)];
	return {
		...held,
		// No undo: libvirt's --atomic leaves nothing behind on failure, and it is the only step.
		steps: [{...snapshotCreate(facts, intent, [...diskOnly, '--atomic', ...flags, ...specs], changes), undo: null}],
		warnings: [...warnings, ...spaceWarnings(facts, overlays), ...chainWarnings(facts, overlays)],
		wayBack: `Delete the snapshot ${printable(intent.tag)}: each overlay is committed into its base.`,
		expect: [
			{kind: 'snapshot', tag: intent.tag, health: ['ok']},
			...overlays.map(({disk, file}): Expectation => ({kind: 'source', target: disk.target, file})),
			...sameState(facts),
		],
	};
}

/** The limit is not exact ("more than ~25"): said from a little below. */
const longestChain = 24;

/** A running domain goes on with a chain of any length; it is the next start that fails. */
function chainWarnings({host}: Facts, overlays: readonly Overlay[]): string[] {
	if (can(host, 'long-chains')) return [];
	const long = overlays.filter(({disk}) => disk.chain.length >= longestChain);
	return long.map(
		({disk}) =>
			`${disk.target} then has ${disk.chain.length + 1} layers, and libvirt ${host.libvirt} starts no domain with more than about 25: delete older snapshots first.`,
	);
}

/** Every other disk is named as left out, so that libvirt's own defaults choose nothing. Empty drives have nothing to leave out. */
function leftOut(disks: readonly Disk[], overlays: readonly Overlay[]): Disk[] {
	const taken = new Set(overlays.map(overlay => overlay.disk.target));
	return disks.filter(disk => !taken.has(disk.target));
}

function snapshotCreate(
	facts: Facts,
	intent: CreateIntent,
	flags: readonly string[],
	changes: readonly Change[],
): Step {
	const description = intent.description ? [`--description=${intent.description}`] : [];
	return {
		title: `Create snapshot ${printable(intent.tag)}`,
		argv: virshDomain(facts.host, 'snapshot-create-as', facts.domain, `--name=${intent.tag}`, ...description, ...flags),
		success: 'exit',
		changes,
		undo: snapshotDelete(facts.host, facts.domain, intent.tag),
	};
}

function internalChanges(tag: string, disks: readonly Disk[], memory: boolean): Change[] {
	const changes: Change[] = disks.map(disk => ({
		sign: '+',
		what: `internal snapshot ${printable(tag)} in ${printable(activeFile(disk))}`,
	}));
	if (memory) changes.push({sign: '+', what: `memory state in ${printable(activeFile(disks[0]!))}`});
	return changes;
}

function overlayChanges({disk, file}: Overlay): Change[] {
	return [
		{sign: '+', what: `overlay ${printable(file)}`},
		{
			sign: '~',
			what: `${disk.target} runs on ${printable(file)}; ${printable(disk.source!)} becomes its read-only base`,
		},
	];
}

function metadataChange(tag: string): Change {
	return {sign: '+', what: `libvirt's record of ${printable(tag)}, now the current snapshot`};
}

const shutOff = {consistency: 'shut off', pause: 'none: it is shut off'} as const satisfies {
	consistency: Consistency;
	pause: string;
};

function withMemory(facts: Facts): Pick<Draft, 'consistency' | 'pause'> {
	return {consistency: 'full checkpoint', pause: memoryPause(facts)};
}

const unmanagedWarning = 'libvirt will not know of this snapshot: virsh snapshot-list does not show it.';

function firmwareWarning(facts: Facts): string[] {
	return facts.domain.firmware.nvram ? ['The UEFI variables are not part of it.'] : [];
}

function generalWarnings(facts: Facts, method: MethodId, intent: CreateIntent): string[] {
	const left = writableDisks(facts.domain).filter(disk => disk.snapshotPolicy === 'no');
	const everyDisk = isActive(facts.domain) && !method.startsWith('external');
	const kept = left.length > 0 && !everyDisk ? [`Not included, since the domain XML says so: ${targets(left)}.`] : [];
	const tpm =
		facts.domain.tpm && intent.scope !== 'memory' && method !== 'external-full'
			? ['The state of the TPM is not part of it.']
			: [];
	return [...kept, ...tpm];
}

function sameState(facts: Facts): Expectation[] {
	return [{kind: 'state', state: facts.domain.state === 'idle' ? 'running' : facts.domain.state}];
}

function targets(disks: readonly Disk[]): string {
	return enumerate(disks.map(disk => disk.target));
}
