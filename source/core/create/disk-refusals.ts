/** Why a method of taking a snapshot cannot be used: its disks, their folders and the firmware. */

import {dirname, normalize} from 'node:path/posix';
import {can} from '../model/capabilities.ts';
import {activeFile, type Disk} from '../model/disk.ts';
import {isActive, writableDisks} from '../model/domain.ts';
import {coveredDisks, type Facts} from '../model/facts.ts';
import type {Identified} from '../model/files.ts';
import type {CreateIntent} from '../model/intent.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import {encryptedInsideRefusal, openOverlayRefusal} from '../planning/refusals/encrypted.ts';
import {misdefinedRefusal, pendingRefusal} from '../planning/refusals/misdefined.ts';
import {newFileRefusal, spaceRefusal} from '../planning/refusals/new-files.ts';
import {hiddenOverlayRefusal} from '../planning/refusals/rights.ts';
import {sameImageRefusal} from '../planning/refusals/same-image.ts';
import {unreadableDiskRefusal} from '../planning/refusals/unreadable.ts';
import {volumeRefusal} from '../planning/refusals/volumes.ts';
import {dependantsRefusal, inUseRefusal} from '../snapshots/dependants.ts';
import {byVirsnap} from '../steps/hints.ts';
import {option, remedy} from '../words/remedy.ts';
import {t} from '../words/text.ts';
import {chosenDisks, isOnDevice, newMemoryFile, newOverlays} from './choice/chosen-disks.ts';
import {placesRefusal} from './choice/refusals.ts';

function commonDiskRefusal(facts: Pick<Facts, 'domain'> & Identified, disks: readonly Disk[]): Refusal | null {
	if (disks.length === 0) {
		return refuse(
			'no-disk',
			'The domain has no writable disk to take a snapshot of.',
			remedy`Attach a disk, or save its memory instead ${byVirsnap(['save', facts.domain.name], 'memory')}.`,
		);
	}
	const unreadable = unreadableDiskRefusal(disks);
	if (unreadable) return unreadable;
	const shared = disks.find(disk => disk.shareable || disk.transient);
	if (shared) {
		return refuse(
			'unsupported-disk',
			`${shared.target} is ${shared.shareable ? 'shareable: other domains may write to it' : 'transient: its changes go when the domain stops'}.`,
			"Exclude it with snapshot='no' in the domain XML (virsh edit), or detach it.",
		);
	}
	return sameImageRefusal(facts, disks);
}

/** QEMU takes memory and every writable disk, whatever libvirt's policy says. */
function internalDisks(facts: Facts): Disk[] {
	return isActive(facts.domain) ? writableDisks(facts.domain) : coveredDisks(facts);
}

function rawRefusal({target, format, chain}: Disk): Refusal {
	const [top] = chain;
	// qemu-img convert would copy the file of the image as if it were the disk.
	if (top?.limits.includes('qcow2 as raw')) {
		return refuse(
			'raw-disk',
			t`${target} is defined as raw, but ${top.file} begins as a qcow2 image: what the guest writes destroys that image.`,
			t`Shut the domain down and look at it: qemu-img info ${top.file}. If it was made as qcow2, set the driver type of ${target} with virsh edit.`,
		);
	}
	return refuse(
		'raw-disk',
		`${target} is ${format}; snapshots inside an image need qcow2.`,
		'Use an external method, or convert it: qemu-img convert -O qcow2.',
	);
}

/** "Snapshots are not supported with an external data file", "Refcount … overflow": QEMU says it half way through (verified on 7.2). */
function limitRefusal(disks: readonly Disk[]): Refusal | null {
	for (const {target, chain} of disks) {
		const limits = chain[0]?.limits ?? [];
		const why = limits.includes('data file')
			? 'its data is in another file (data_file)'
			: limits.includes('one-bit reference counts')
				? 'its clusters are counted with one bit (refcount_bits=1)'
				: null;
		if (why === null) continue;
		return refuse('unsupported-disk', `${target} can hold no snapshots: ${why}.`, 'Use an external method.');
	}
	return null;
}

const writableFloppies = ({domain}: Facts): Disk[] =>
	domain.disks.filter(disk => disk.device === 'floppy' && !disk.readonly && disk.source !== null);

/** QEMU leaves no drive out that can be written to: "is writable but does not support snapshots" (verified on 7.2). */
function floppyRefusal(facts: Facts): Refusal | null {
	const floppy = writableFloppies(facts).find(disk => disk.format !== 'qcow2');
	if (!floppy) return null;
	return {...rawRefusal(floppy), remedy: 'Eject it first (virsh change-media --eject), or use an external method.'};
}

/**
 * Of a domain that is shut off libvirt takes an internal snapshot of whatever can be written to, or none: "require all disks to be
 * selected for snapshot" (verified on 9.0).
 */
export function allOrNoneRefusal(facts: Facts): Refusal | null {
	const out = [...writableDisks(facts.domain), ...writableFloppies(facts)].find(disk => disk.snapshotPolicy === 'no');
	if (!out) return floppyRefusal(facts);
	return refuse(
		'unsupported-disk',
		`libvirt takes internal snapshots of all disks or of none, and the domain XML excludes ${out.target}.`,
		'Use external-offline, or qemu-img.',
	);
}

/** What stands in the way of snapshots inside the images. */
export function internalRefusal(facts: Facts): Refusal | null {
	const disks = internalDisks(facts);
	const common = commonDiskRefusal(facts, disks);
	if (common) return common;
	const raw = disks.find(disk => disk.format !== 'qcow2');
	if (raw) return rawRefusal(raw);
	const limited = limitRefusal(disks);
	if (limited) return limited;
	const floppy = isActive(facts.domain) ? floppyRefusal(facts) : null;
	if (floppy) return floppy;
	const foreign = disks.find(disk => disk.type !== 'file' && disk.type !== 'block');
	if (foreign) return unsupported(foreign, 'an internal snapshot');
	const encrypted = encryptedInsideRefusal(facts, disks);
	if (encrypted) return encrypted;
	return dependantsRefusal(facts, disks.map(activeFile));
}

/** libvirt 9.0 refuses internal snapshots with pflash firmware outright. */
export function internalFirmwareRefusal({domain, host}: Facts): Refusal | null {
	if (domain.firmware.kind !== 'uefi') return null;
	if (domain.firmware.nvram?.format !== 'raw' && can(host, 'internal-uefi')) return null;
	if (!isActive(domain) && can(host, 'internal-shut-off-uefi')) return null;
	const cause = domain.firmware.nvram?.format === 'qcow2' ? `libvirt ${host.libvirt}` : 'raw NVRAM';
	return refuse(
		'uefi-nvram',
		`UEFI firmware with ${cause} does not support internal snapshots.`,
		isActive(domain) ? 'Use external-full: it saves disks and memory.' : 'Use external-offline.',
	);
}

/** QEMU: "Device 'libvirt-pflash1-format' is writable but does not support snapshots". */
export function monitorFirmwareRefusal({domain}: Facts): Refusal | null {
	if (domain.firmware.nvram?.format !== 'raw') return null;
	return refuse(
		'uefi-nvram',
		'The UEFI variables are in a raw file, which QEMU cannot include.',
		'Use external-full: it saves disks and memory.',
	);
}

/** Memory goes into the first writable disk; all of it at most, since unused pages are left out. */
export function internalSpace(facts: Facts): Refusal | null {
	const first = internalDisks(facts)[0]!;
	return spaceRefusal(facts, dirname(activeFile(first)), facts.domain.memoryBytes, 'the memory');
}

function unsupported(disk: Disk, what: string): Refusal {
	return refuse(
		'unsupported-disk',
		`${disk.target} is a ${disk.type} disk, and ${what} of it is not supported.`,
		"Exclude it with snapshot='no' in the domain XML (virsh edit), or use the snapshots of the storage.",
	);
}

/** What stands in the way of overlays. */
export function externalRefusal(facts: Facts, intent: CreateIntent): Refusal | null {
	const disks = chosenDisks(facts, intent);
	const common = commonDiskRefusal(facts, disks);
	if (common) return common;
	const foreign = disks.find(disk => disk.device === 'lun' || !['file', 'block', 'network'].includes(disk.type));
	if (foreign) return unsupported(foreign, 'an overlay');
	const open =
		inUseRefusal(facts, disks.map(activeFile)) ??
		openOverlayRefusal(disks) ??
		misdefinedRefusal(facts.domain, disks) ??
		pendingRefusal(
			facts,
			disks.map(({target}) => ({target, file: null})),
		) ??
		volumeRefusal(facts, disks);
	if (open) return open;
	const placed = intent.overlays?.map(({target}) => target) ?? [];
	const homeless = disks.find(disk => isOnDevice(facts, disk) && !placed.includes(disk.target));
	if (homeless && intent.dir === undefined) {
		const type = homeless.type === 'file' ? 'block' : homeless.type;
		return refuse(
			'unsupported-disk',
			`${homeless.target} is a ${type} disk, so there is no folder beside it for its overlay.`,
			remedy`Give a folder for overlays: ${option('--dir')}.`,
		);
	}
	return hiddenOverlayRefusal(facts) ?? placesRefusal(facts, intent, false) ?? tableWriteRefusal(facts, intent);
}

/** A few KiB are needed at least: an empty overlay has 192 KiB. */
function tableWriteRefusal(facts: Facts, intent: CreateIntent): Refusal | null {
	const overlays = newOverlays(facts, intent);
	for (const {disk, file} of overlays) {
		const path = intent.overlays?.find(({target}) => target === disk.target)?.path;
		const otherwise = insteadOf(file, path, '--overlay');
		const folder = dirname(file);
		const refusal =
			spaceRefusal(facts, folder, overlays.length * 256 * 1024, 'the new overlays', otherwise?.elsewhere) ??
			newFileRefusal(facts, [file], otherwise);
		if (refusal) return refusal;
	}
	return null;
}

/** How another place is chosen for a file that was given one; undefined where it goes by the tag, and the folder of all. */
function insteadOf(file: string, path: string | undefined, name: '--overlay' | '--memory-file') {
	if (path === undefined) return undefined;
	return file === normalize(path)
		? {after: null, elsewhere: remedy`another file (${option(name)})`}
		: {after: 'tag' as const, elsewhere: remedy`another place for it (${option(name)})`};
}

/** libvirt 9.0 doubles commas for qemu-img where it must not, and leaves the domain with a path that does not exist (verified). */
export function offlineCommaRefusal(facts: Facts, intent: CreateIntent): Refusal | null {
	const odd = newOverlays(facts, intent).find(overlay => overlay.file.includes(','));
	if (!odd) return null;
	return refuse(
		'unsupported',
		`libvirt would create the overlay of ${odd.disk.target} under a wrong name, since its path holds a comma.`,
		remedy`Rename the file or folder, or choose another folder: ${option('--dir')}.`,
	);
}

/** What stands in the way of the memory file. */
export function memoryFileRefusal(facts: Facts, intent: CreateIntent): Refusal | null {
	const file = newMemoryFile(facts, intent);
	const otherwise = insteadOf(file, intent.memoryFile, '--memory-file');
	return (
		placesRefusal(facts, intent, true) ??
		spaceRefusal(facts, dirname(file), facts.domain.memoryBytes, 'the memory file', otherwise?.elsewhere) ??
		newFileRefusal(facts, [file], otherwise)
	);
}
