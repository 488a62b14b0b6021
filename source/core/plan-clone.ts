/**
 * Plans for linked clones: overlays of the base's disks, and a domain like it. It is defined from the base's own XML rather than
 * made by `virt-install --import`: that keeps all of the base's hardware, and needs one program less.
 */
import {define, hint, virsh} from './argv.ts';
import {basisOf} from './basis.ts';
import {dependantsOf} from './dependants.ts';
import {activeFile, type Disk, type Facts, isActive, isRemote} from './domain.ts';
import {withIdentity, withSources} from './domain-xml.ts';
import {openOverlayRefusal} from './encrypted.ts';
import {isThere} from './family.ts';
import {overlaySteps, takenOver} from './new-overlay.ts';
import {directoryOf, fileNameOf, fileSafe, newFileRefusal, spaceRefusal} from './overlay.ts';
import type {CloneIntent, Outcome, Refusal, Step} from './plan.ts';
import {cutBytes, longestTag, utf8Length} from './tag.ts';
import {printable} from './text.ts';

type Copy = {readonly disk: Disk; readonly base: string; readonly format: string; readonly file: string};

/** The plan that makes a new domain on overlays of this one's disks. */
export function clonePlan(facts: Facts, {name}: CloneIntent): Outcome {
	const {domain, host} = facts;
	const refusal = nameRefusal(facts, name) ?? baseRefusal(facts) ?? diskRefusal(facts);
	if (refusal) return {refusal};
	const copies = copiesFor(facts, name);
	const nvram = nvramFor(facts, name);
	const files = [...copies.map(copy => copy.file), ...(nvram ? [nvram.to] : [])];
	const obstacle =
		newFileRefusal(facts, files) ??
		spaceRefusal(facts, directoryOf(files[0]!), copies.length * 256 * 1024, 'the new overlays');
	if (obstacle) return {refusal: obstacle};
	const identity = {name, uuid: randomUuid(facts.random), mac: randomMac(facts.random), nvram: nvram?.to ?? null};
	const sources = new Map(copies.map(({disk, file}) => [disk.target, {file, format: 'qcow2'}]));
	return {
		plan: {
			verb: 'clone',
			domain: {uuid: domain.uuid, name: domain.name},
			tag: null,
			method: 'linked-clone',
			why: "Each disk of the new domain is an overlay of this one's, so that it takes next to no room at first.",
			consistency: 'shut off',
			pause: 'none: it is shut off',
			steps: [
				...copies.flatMap(copy => overlaySteps(facts, {...copy, target: copy.disk.target, like: copy.base})),
				...(nvram?.copy ? [copyStep(facts, nvram)] : []),
				{
					title: `Define ${printable(name)}`,
					argv: define(host),
					input: withIdentity(withSources(facts.inactiveXml, sources), identity),
					success: 'exit',
					changes: [{sign: '+', what: `domain ${printable(name)}, with a UUID and MAC addresses of its own`}],
					undo: virsh(host, 'undefine', `--domain=${identity.uuid}`, '--keep-nvram'),
				},
			],
			losses: [],
			warnings: [
				`${printable(domain.name)} must not be started while ${printable(name)} exists: what it wrote would corrupt the clone. virsnap refuses to.`,
				...(domain.firmware.kind === 'uefi' && !nvram
					? [`The clone begins with fresh UEFI variables: those of ${printable(domain.name)} were not found.`]
					: []),
				...(domain.tpm ? ['The clone gets a TPM of its own, which holds nothing of this one.'] : []),
				...(domain.unsavable.some(device => device.startsWith('hostdev'))
					? ['Both have the same host devices: only one of the two can run at a time.']
					: []),
			],
			wayBack: `Undo it: ${printable(name)} and its files are taken away again.`,
			onFailure: 'undo',
			confirm: null,
			basis: basisOf(facts),
			expect: [
				{kind: 'domain', name},
				{kind: 'state', state: 'shut off'},
				...files
					.filter(file => nvram?.copy || file !== nvram?.to)
					.map(file => ({kind: 'file', file, present: true}) as const),
			],
		},
	};
}

function nameRefusal({domains}: Facts, name: string): Refusal | null {
	const bad =
		name.trim() === '' || name !== name.trim()
			? 'is empty, or begins or ends with a space'
			: /[/\n]/.test(name)
				? 'holds a slash or a line end, which libvirt refuses'
				: printable(name) !== name
					? 'holds control or invisible characters'
					: utf8Length(name) > longestTag - 16
						? 'is too long for the names of its files'
						: null;
	if (bad) return {code: 'bad-name', reason: `The name ${bad}.`, remedy: 'Choose another name, such as web-2.'};
	if (!domains.some(other => other.name === name)) return null;
	return {
		code: 'bad-name',
		reason: `There is a domain ${printable(name)} already.`,
		remedy: 'Choose another name.',
	};
}

function baseRefusal(facts: Facts): Refusal | null {
	const {domain, host} = facts;
	if (domain.managedSave || domain.state === 'saved') {
		return {
			code: 'saved-memory',
			reason: 'Its memory is saved and would go on with its disks, which a base must never do.',
			remedy: `Drop the saved memory first: ${hint(host, 'managedsave-remove', domain)}.`,
		};
	}
	if (isActive(domain) || domain.state !== 'shut off') {
		return {
			code: 'wrong-state',
			reason: `The domain is ${domain.state}; the base of a clone is shut off, and stays so.`,
			remedy: `Shut it down first: ${hint(host, 'shutdown', domain)}.`,
		};
	}
	if (isRemote(host.uri)) {
		return {
			code: 'unsupported',
			reason: 'The images are on another machine, where this program runs no qemu-img.',
			remedy: 'Run it there.',
		};
	}
	const writer = dependantsOf(facts, clonedDisks(facts).map(activeFile)).find(
		user => !user.asBase && isActive(user.domain),
	);
	if (!writer) return null;
	return {
		code: 'has-dependants',
		reason: `${printable(writer.file)} is in use by ${printable(writer.domain.name)}, which runs.`,
		remedy: `Shut ${printable(writer.domain.name)} down first.`,
	};
}

/** Writable disks with a medium; CD-ROMs, floppies, empty and read-only ones are shared as they are. */
function clonedDisks({domain}: Facts): Disk[] {
	return domain.disks.filter(
		disk => !disk.readonly && disk.source !== null && disk.device !== 'cdrom' && disk.device !== 'floppy',
	);
}

function diskRefusal(facts: Facts): Refusal | null {
	const disks = clonedDisks(facts);
	if (disks.length === 0) {
		return {
			code: 'no-disk',
			reason: 'The domain has no writable disk to stand a clone on.',
			remedy: 'Copy the domain instead: virt-clone.',
		};
	}
	for (const disk of disks) {
		if (disk.unreadable)
			return {
				code: 'unreadable-image',
				reason: `${disk.target}: ${disk.unreadable.reason}`,
				remedy: disk.unreadable.remedy,
			};
		const what = disk.shareable
			? 'shareable: the clone would write to the same disk'
			: disk.transient
				? 'transient: its changes go when the domain stops'
				: disk.device === 'lun' || disk.type !== 'file'
					? `a ${disk.device === 'lun' ? 'lun' : disk.type} disk, which has no file to stand on`
					: null;
		if (what)
			return {
				code: 'unsupported-disk',
				reason: `${disk.target} is ${what}.`,
				remedy: 'Detach it from the base, or copy the domain instead: virt-clone.',
			};
	}
	return openOverlayRefusal(disks);
}

/** `DIR/NEW.qcow2` beside the base's file, with the target where there are several. */
function copiesFor(facts: Facts, name: string): Copy[] {
	const disks = clonedDisks(facts);
	const stem = cutBytes(fileSafe(name), 220);
	return disks.map(disk => {
		const base = activeFile(disk);
		const file = `${directoryOf(base)}/${stem}${disks.length > 1 ? `.${disk.target}` : ''}.qcow2`;
		return {disk, base, format: disk.chain[0]?.format ?? disk.format, file};
	});
}

type Nvram = {readonly from: string; readonly to: string; readonly copy: boolean};

/** One that libvirt has not made yet is made for the clone at its first start. */
function nvramFor(facts: Facts, name: string): Nvram | null {
	const from = facts.domain.firmware.nvram?.file;
	if (!from) return null;
	const base = fileNameOf(from);
	const extension = base.includes('.') ? base.slice(base.lastIndexOf('.')) : '.fd';
	const to = `${directoryOf(from)}/${cutBytes(fileSafe(name), 220)}_VARS${extension}`;
	return {from, to, copy: isThere(facts, from)};
}

function copyStep(facts: Facts, {from, to}: Nvram): Step {
	return {
		title: 'Copy the UEFI variables',
		argv: ['cp', '--no-clobber', `--preserve=${takenOver(facts)}`, '--', from, to],
		success: 'exit',
		changes: [{sign: '+', what: printable(to)}],
		undo: ['rm', '-f', '--', to],
	};
}

/** A version 4 UUID (RFC 9562) of the first 16 random bytes. */
function randomUuid(random: string): string {
	const variant = ((Number.parseInt(random[16]!, 16) & 3) | 8).toString(16);
	const parts = [
		random.slice(0, 8),
		random.slice(8, 12),
		`4${random.slice(13, 16)}`,
		`${variant}${random.slice(17, 20)}`,
		random.slice(20, 32),
	];
	return parts.join('-');
}

/** Addresses in QEMU's own range, 52:54:00, counted up from the random bytes behind the UUID's. */
function randomMac(random: string): (index: number) => string {
	const first = Number.parseInt(random.slice(32, 38), 16);
	return index => {
		const tail = ((first + index) % 0x1000000).toString(16).padStart(6, '0');
		return `52:54:00:${tail.slice(0, 2)}:${tail.slice(2, 4)}:${tail.slice(4, 6)}`;
	};
}
