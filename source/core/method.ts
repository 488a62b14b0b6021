/**
 * One row per method of taking a snapshot: what it is, what it holds, what it costs, and the reason where it cannot.
 * Adding a method is a row here and a case in the planners.
 */
import {hint} from './argv.ts';
import {can} from './capabilities.ts';
import {dependantsRefusal} from './dependants.ts';
import {type Disk, type Facts, isActive, isRemote, writableDisks} from './domain.ts';
import {heldRefusal} from './held.ts';
import {directoryOf, memoryFile, newFileRefusal, overlayFiles, spaceRefusal} from './overlay.ts';
import type {CreateIntent, Refusal} from './plan.ts';
import type {Snapshot} from './snapshot.ts';
import {isJobTag} from './tag.ts';
import {enumerate, printable} from './text.ts';

export type MethodId =
	| 'libvirt-internal'
	| 'qemu-img'
	| 'monitor'
	| 'external-offline'
	| 'external-live'
	| 'external-full'
	| 'memory'
	| 'linked-clone';

export type Method = {
	readonly id: MethodId;
	readonly label: string;
	/** The domain and disks it wants. */
	readonly needs: string;
	/** What a snapshot of this kind holds. */
	readonly captures: string;
	/** What it takes: room, a standstill, something to know afterwards. */
	readonly costs: string;
	/** Why this domain's state, in words, makes it the choice. */
	readonly because: string;
	/** Why it cannot be used here; null where it can. Needs no tag: names are checked by the planner. */
	readonly refuse: (facts: Facts, intent: CreateIntent) => Refusal | null;
};

export const methods: readonly Method[] = [
	{
		id: 'libvirt-internal',
		label: 'Internal, by libvirt',
		needs: 'qcow2 disks; running, paused or shut off',
		captures: 'all disks in one point in time, with memory where the domain is active',
		costs: 'the domain stands still while its memory is written into the image',
		because: 'all disks are qcow2: libvirt keeps disks and memory together, inside the images',
		refuse: (facts, intent) =>
			stateRefusal(facts) ??
			internalRefusal(facts) ??
			internalFirmwareRefusal(facts) ??
			(isActive(facts.domain)
				? (memoryRefusal(facts, 'images') ??
					diskOnlyMismatch(intent) ??
					jobTagRefusal(facts, intent) ??
					internalSpace(facts))
				: memoryWanted(facts, intent)),
	},
	{
		id: 'external-offline',
		label: 'External, shut off',
		needs: 'shut off; disks of any format',
		captures: 'all disks, nothing is running',
		costs:
			'the domain then runs on a new file for each disk, the old ones become read-only bases: whatever knows a path, such as a backup job, has to follow',
		because: 'each disk gets an overlay, and the file that is there stays untouched',
		refuse: (facts, intent) =>
			wantShutOff(facts) ??
			memoryWanted(facts, intent) ??
			quiesceMismatch(facts, intent) ??
			externalRefusal(facts, intent) ??
			offlineCommaRefusal(facts, intent),
	},
	{
		id: 'external-full',
		label: 'External with memory',
		needs: 'running or paused; disks of any format',
		captures: 'all disks and the memory in one point in time',
		costs: 'an overlay for each disk and a memory file',
		because: 'disks and memory in one point in time, in files of their own',
		refuse: (facts, intent) =>
			wantActive(facts) ??
			memoryRefusal(facts, 'memory') ??
			diskOnlyMismatch(intent) ??
			externalRefusal(facts, intent) ??
			memoryFileRefusal(facts, intent),
	},
	{
		id: 'external-live',
		label: 'External, disks only',
		needs: 'running or paused; disks of any format',
		captures:
			'all disks in one point in time, no memory: like pulling the plug, unless the guest agent freezes the file systems',
		costs: 'a new overlay file for each disk; next to no standstill',
		because: 'all disks in one point in time, with next to no standstill',
		refuse: (facts, intent) =>
			wantActive(facts) ?? memoryMismatch(intent) ?? agentRefusal(facts, intent) ?? externalRefusal(facts, intent),
	},
	{
		id: 'qemu-img',
		label: 'Internal, by qemu-img',
		needs: 'shut off; qcow2 disks on this machine',
		captures: 'each disk, one after the other',
		costs: 'libvirt does not know of it',
		because: 'it works on the images alone, without libvirt',
		refuse: (facts, intent) =>
			wantShutOff(facts) ??
			memoryWanted(facts, intent) ??
			quiesceMismatch(facts, intent) ??
			remoteRefusal(facts) ??
			internalRefusal(facts),
	},
	{
		id: 'monitor',
		label: "Internal, by QEMU's monitor",
		needs: 'running or paused; all writable disks qcow2',
		captures: 'all disks and the memory in one point in time',
		costs: 'the domain stands still while its memory is written; libvirt does not know of it',
		because: 'disks and memory in one point in time, without libvirt',
		refuse: (facts, intent) =>
			wantActive(facts) ??
			memoryRefusal(facts, 'images') ??
			diskOnlyMismatch(intent) ??
			internalRefusal(facts) ??
			monitorFirmwareRefusal(facts) ??
			internalSpace(facts),
	},
	{
		id: 'memory',
		label: 'Memory only',
		needs: 'running or paused',
		captures: 'memory and devices, no disks; the domain stops',
		costs: 'a file about as large as the memory in use',
		because: 'only the memory was asked for',
		refuse: () => otherVerb('Memory alone is saved with the verb save.', 'virsnap save DOMAIN, or the key m.'),
	},
	{
		id: 'linked-clone',
		label: 'Linked clone',
		needs: 'a base that is shut off and stays so',
		captures: 'a new domain on an overlay of this one',
		costs: 'the base must not be started while clones exist',
		because: 'only a clone was asked for',
		refuse: () => otherVerb('A linked clone is made with the verb clone.', 'virsnap clone DOMAIN NEW, or the key n.'),
	},
];

export type MethodChoice = {readonly method: Method; readonly refusal: Refusal | null};

/** Every method that creates snapshots, each with the reason why not; for a menu. */
export function methodChoices(facts: Facts, intent: CreateIntent): MethodChoice[] {
	return methods
		.filter(method => method.id !== 'memory' && method.id !== 'linked-clone')
		.map(method => ({method, refusal: method.refuse(facts, {...intent, method: method.id})}));
}

export function methodById(id: MethodId): Method {
	return methods.find(method => method.id === id)!;
}

/** The method to use where none was asked for, with the reason; or the refusal of the first choice where none can be used. */
export function chooseMethod(facts: Facts, intent: CreateIntent): {method: Method; why: string} | {refusal: Refusal} {
	const ranked = preference(facts, intent).map(methodById);
	let passedOver: {method: Method; refusal: Refusal} | null = null;
	for (const method of ranked) {
		const refusal = method.refuse(facts, intent);
		if (!refusal) return {method, why: reasonSentence(facts, method, passedOver)};
		passedOver ??= {method, refusal};
	}
	return {refusal: passedOver!.refusal};
}

/**
 * Memory and disks belong together in one image while the domain runs; shut off, an overlay leaves the file that is there untouched,
 * whatever happens while it is taken. The kinds do not mix well (an internal snapshot below an overlay can be reached no more, and
 * deleting an overlay takes the internal ones in it along), so a domain stays with the kind it has.
 */
function preference(facts: Facts, intent: CreateIntent): MethodId[] {
	const present = kindsPresent(facts);
	if (!isActive(facts.domain)) {
		if (intent.dir !== undefined) return ['external-offline'];
		return present.internal
			? ['libvirt-internal', 'external-offline', 'qemu-img']
			: ['external-offline', 'libvirt-internal', 'qemu-img'];
	}
	if (intent.scope === 'disk-only' || intent.quiesce) return ['external-live'];
	if (intent.dir !== undefined)
		return intent.scope === 'memory' ? ['external-full'] : ['external-full', 'external-live'];
	const checkpoints: MethodId[] =
		present.external && !present.internal
			? ['external-full', 'libvirt-internal']
			: ['libvirt-internal', 'external-full'];
	return [...checkpoints, intent.scope === 'memory' ? 'monitor' : 'external-live'];
}

/** Kinds of the snapshots that the disks really hold. */
function kindsPresent({domain}: Facts): {internal: boolean; external: boolean} {
	const held = domain.snapshots.filter(({health}) => health !== 'orphaned' && health !== 'missing-files');
	return {
		internal: held.some(({kind}) => kind === 'internal'),
		external: held.some(({kind}) => kind === 'external'),
	};
}

function reasonSentence(facts: Facts, method: Method, passedOver: {method: Method; refusal: Refusal} | null): string {
	const sentences = [`${capital(facts.domain.state)}; ${method.because}.`];
	const {internal, external} = kindsPresent(facts);
	if (passedOver) sentences.push(`Not ${passedOver.method.id}: ${passedOver.refusal.reason}`);
	else if (internal !== external) sentences.push(`Its other snapshots are ${internal ? 'internal' : 'external'} too.`);
	return sentences.join(' ');
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Disks that a snapshot covers: writable, with a medium, and not kept out by `snapshot='no'` in the domain XML. */
export function coveredDisks(facts: Pick<Facts, 'domain'>): Disk[] {
	return writableDisks(facts.domain).filter(disk => disk.snapshotPolicy !== 'no');
}

/** QEMU takes memory and every writable disk, whatever libvirt's policy says. */
function internalDisks(facts: Facts): Disk[] {
	return isActive(facts.domain) ? writableDisks(facts.domain) : coveredDisks(facts);
}

function stateRefusal({domain, host}: Facts): Refusal | null {
	if (domain.managedSave || domain.state === 'saved') {
		return {
			code: 'saved-memory',
			reason: 'Its memory is saved (managed save) and belongs to the disks as they are now.',
			remedy: `Start it first (${hint(host, 'start', domain)}), or drop the saved memory: ${hint(host, 'managedsave-remove', domain)}.`,
		};
	}
	if (['running', 'idle', 'paused', 'shut off'].includes(domain.state)) return null;
	const remedy =
		domain.state === 'pmsuspended'
			? hint(host, 'dompmwakeup', domain)
			: `Wait, or force it off: ${hint(host, 'destroy', domain)}.`;
	return {
		code: 'wrong-state',
		reason: `The domain is ${domain.state}; a snapshot wants it running, paused or shut off.`,
		remedy,
	};
}

function wantShutOff(facts: Facts): Refusal | null {
	const refusal = stateRefusal(facts);
	if (refusal || !isActive(facts.domain)) return refusal;
	const {domain, host} = facts;
	return {
		code: 'wrong-state',
		reason: `The domain is ${domain.state}, and its images are in use by QEMU.`,
		remedy: `Shut it down first: ${hint(host, 'shutdown', domain)}.`,
	};
}

function wantActive(facts: Facts): Refusal | null {
	const refusal = stateRefusal(facts);
	if (refusal || isActive(facts.domain)) return refusal;
	const {domain, host} = facts;
	return {
		code: 'wrong-state',
		reason: `The domain is ${domain.state}.`,
		remedy: `Start it first: ${hint(host, 'start', domain)}.`,
	};
}

function memoryWanted({domain, host}: Facts, intent: CreateIntent): Refusal | null {
	if (intent.scope !== 'memory') return null;
	return {
		code: 'wrong-state',
		reason: `The domain is ${domain.state}, so there is no memory to take.`,
		remedy: `Leave --memory out, or start it first: ${hint(host, 'start', domain)}.`,
	};
}

function diskOnlyMismatch(intent: CreateIntent): Refusal | null {
	if (intent.scope === 'disk-only')
		return mismatch(
			'This method always takes the memory of a running domain along.',
			'Use external-live for disks only.',
		);
	if (intent.quiesce)
		return mismatch(
			'Freezing file systems makes sense without memory only.',
			'Leave --quiesce out, or use external-live.',
		);
	return null;
}

function memoryMismatch(intent: CreateIntent): Refusal | null {
	return intent.scope === 'memory'
		? mismatch('external-live takes no memory.', 'Use external-full or libvirt-internal.')
		: null;
}

function quiesceMismatch({domain}: Facts, intent: CreateIntent): Refusal | null {
	return intent.quiesce
		? mismatch(`The domain is ${domain.state}: there are no file systems to freeze.`, 'Leave --quiesce out.')
		: null;
}

function mismatch(reason: string, remedy: string): Refusal {
	return {code: 'method-mismatch', reason, remedy};
}

function otherVerb(reason: string, remedy: string): Refusal {
	return {code: 'method-mismatch', reason, remedy};
}

/** QEMU's migration code saves memory, into a file of its own or into an image; some devices cannot be saved (trackers: VFIO, vDPA, virtiofs). */
function memoryRefusal(facts: Facts, into: 'memory' | 'images'): Refusal | null {
	const {domain} = facts;
	if (domain.unsavable.length === 0) return heldRefusal(facts, into);
	return {
		code: 'unsavable-device',
		reason: `QEMU cannot save the state of ${enumerate(domain.unsavable.map(printable))}.`,
		remedy: 'Take the disks only (--disk-only), or shut the domain down first.',
	};
}

function agentRefusal({domain, host}: Facts, intent: CreateIntent): Refusal | null {
	if (!intent.quiesce || (domain.agent === 'connected' && domain.state !== 'paused')) return null;
	return {
		code: 'no-agent',
		reason:
			domain.agent === 'none'
				? 'The domain has no guest agent channel.'
				: domain.state === 'paused'
					? 'The domain is paused, so its guest agent cannot answer.'
					: 'The guest agent does not answer.',
		remedy:
			domain.state === 'paused'
				? `Resume it first (${hint(host, 'resume', domain)}), or leave --quiesce out.`
				: 'Install and start qemu-guest-agent in the guest, or leave --quiesce out.',
	};
}

function commonDiskRefusal(disks: readonly Disk[]): Refusal | null {
	if (disks.length === 0) {
		return {
			code: 'no-disk',
			reason: 'The domain has no writable disk to take a snapshot of.',
			remedy: 'Attach a disk, or save its memory instead (m).',
		};
	}
	const unreadable = disks.find(disk => disk.unreadable);
	if (unreadable?.unreadable) {
		return {
			code: 'unreadable-image',
			reason: `${unreadable.target}: ${unreadable.unreadable.reason}`,
			remedy: unreadable.unreadable.remedy,
		};
	}
	const shared = disks.find(disk => disk.shareable || disk.transient);
	if (shared) {
		return {
			code: 'unsupported-disk',
			reason: `${shared.target} is ${shared.shareable ? 'shareable: other domains may write to it' : 'transient: its changes go when the domain stops'}.`,
			remedy: "Keep it out with snapshot='no' in the domain XML (virsh edit), or detach it.",
		};
	}
	return null;
}

/** What stands in the way of snapshots inside the images. */
function internalRefusal(facts: Facts): Refusal | null {
	const disks = internalDisks(facts);
	const common = commonDiskRefusal(disks);
	if (common) return common;
	const raw = disks.find(disk => disk.format !== 'qcow2');
	if (raw) {
		return {
			code: 'raw-disk',
			reason: `${raw.target} is ${raw.format}; snapshots inside an image need qcow2.`,
			remedy: `Use an external method, or convert it: qemu-img convert -O qcow2.`,
		};
	}
	const foreign = disks.find(disk => disk.type !== 'file' && disk.type !== 'block');
	if (foreign) return unsupported(foreign, 'an internal snapshot');
	return dependantsRefusal(facts, disks.map(activeFile));
}

/** The active layer, as qemu-img names it. */
export function activeFile(disk: Disk): string {
	return disk.chain[0]?.file ?? disk.source!;
}

/** libvirt makes the tag part of a QEMU job's name, which takes few characters. An empty tag is still to be proposed, and is plain. */
function jobTagRefusal({host}: Facts, {tag}: CreateIntent): Refusal | null {
	if (!can(host, 'internal-jobs') || isJobTag(tag)) return null;
	return {
		code: 'bad-tag',
		reason: `libvirt ${host.libvirt} takes letters A to Z, digits, dot, underscore and dash only in the tag of an internal snapshot of an active domain.`,
		remedy: 'Choose a tag such as before-upgrade, or another method: --method external-full.',
	};
}

/** libvirt 9.0 refuses internal snapshots with pflash firmware outright. */
function internalFirmwareRefusal({domain, host}: Facts): Refusal | null {
	if (domain.firmware.kind !== 'uefi') return null;
	if (domain.firmware.nvram?.format !== 'raw' && can(host, 'internal-uefi')) return null;
	if (!isActive(domain) && can(host, 'internal-shut-off-uefi')) return null;
	const cause = domain.firmware.nvram?.format === 'qcow2' ? `libvirt ${host.libvirt}` : 'raw NVRAM';
	return {
		code: 'uefi-nvram',
		reason: `UEFI firmware with ${cause} does not support internal snapshots.`,
		remedy: isActive(domain) ? 'Use external-full: it takes disks and memory.' : 'Use external-offline.',
	};
}

/** QEMU: "Device 'libvirt-pflash1-format' is writable but does not support snapshots". */
function monitorFirmwareRefusal({domain}: Facts): Refusal | null {
	if (!domain.firmware.nvram || domain.firmware.nvram.format === 'qcow2') return null;
	return {
		code: 'uefi-nvram',
		reason: 'The UEFI variables are in a raw file, which QEMU cannot take along.',
		remedy: 'Use external-full: it takes disks and memory.',
	};
}

function unsupported(disk: Disk, what: string): Refusal {
	return {
		code: 'unsupported-disk',
		reason: `${disk.target} is a ${disk.type} disk, and ${what} of it is not supported.`,
		remedy: "Keep it out with snapshot='no' in the domain XML (virsh edit), or use the storage's own snapshots.",
	};
}

/** What stands in the way of overlays. */
function externalRefusal(facts: Facts, intent: CreateIntent): Refusal | null {
	const disks = coveredDisks(facts);
	const common = commonDiskRefusal(disks);
	if (common) return common;
	const foreign = disks.find(
		disk => disk.device === 'lun' || !['file', 'block', 'network', 'volume'].includes(disk.type),
	);
	if (foreign) return unsupported(foreign, 'an overlay');
	const elsewhere = disks.find(disk => disk.type !== 'file');
	if (elsewhere && intent.dir === undefined) {
		return {
			code: 'unsupported-disk',
			reason: `${elsewhere.target} is a ${elsewhere.type} disk, so its overlay has no folder to stand beside it.`,
			remedy: 'Name a folder for overlays with --dir.',
		};
	}
	if (intent.dir !== undefined && !intent.dir.startsWith('/')) {
		return {
			code: 'not-writable',
			reason: `${printable(intent.dir)} is not an absolute path.`,
			remedy: 'Name the folder from the root: --dir /var/lib/libvirt/images.',
		};
	}
	return tableWriteRefusal(facts, intent);
}

/** A few KiB are needed at least: an empty overlay has 192 KiB. */
function tableWriteRefusal(facts: Facts, intent: CreateIntent): Refusal | null {
	const overlays = overlayFiles(coveredDisks(facts), intent.tag, intent.dir);
	const folders = [...new Set(overlays.map(overlay => directoryOf(overlay.file)))];
	for (const folder of folders) {
		const refusal = spaceRefusal(facts, folder, overlays.length * 256 * 1024, 'the new overlays');
		if (refusal) return refusal;
	}
	return newFileRefusal(
		facts,
		overlays.map(overlay => overlay.file),
	);
}

/** libvirt 9.0 doubles commas for qemu-img where it must not, and leaves the domain with a path that does not exist (verified). */
function offlineCommaRefusal(facts: Facts, intent: CreateIntent): Refusal | null {
	const odd = overlayFiles(coveredDisks(facts), intent.tag, intent.dir).find(overlay => overlay.file.includes(','));
	if (!odd) return null;
	return {
		code: 'unsupported',
		reason: `libvirt would create the overlay of ${odd.disk.target} under a wrong name, since its path holds a comma.`,
		remedy: 'Rename the file or folder, or choose another folder with --dir.',
	};
}

function remoteRefusal({host}: Facts): Refusal | null {
	if (!isRemote(host.uri)) return null;
	return {
		code: 'unsupported',
		reason: 'The images are on another machine, where this program runs no qemu-img.',
		remedy: 'Use libvirt-internal or external-offline.',
	};
}

/** Memory goes into the first writable disk; all of it at most, since unused pages are left out. */
function internalSpace(facts: Facts): Refusal | null {
	const first = internalDisks(facts)[0]!;
	return spaceRefusal(facts, directoryOf(activeFile(first)), facts.domain.memoryBytes, 'the memory');
}

function memoryFileRefusal(facts: Facts, intent: CreateIntent): Refusal | null {
	const folder = intent.dir ?? directoryOf(coveredDisks(facts)[0]!.source!);
	return (
		spaceRefusal(facts, folder, facts.domain.memoryBytes, 'the memory file') ??
		newFileRefusal(facts, [memoryFile(facts, folder, intent.tag)])
	);
}

/** The method that makes external snapshots like this one. */
export function externalMethod(snapshot: Snapshot): MethodId {
	if (snapshot.memoryFile !== null) return 'external-full';
	return snapshot.state === 'disk-snapshot' ? 'external-live' : 'external-offline';
}
