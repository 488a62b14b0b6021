/** Domain XML (https://libvirt.org/formatdomain.html) in core's terms; what the XML does not know is left to the caller. */

import {retentionsIn} from '../core/domain-xml/retention.ts';
import type {Disk} from '../core/model/disk.ts';
import {type Domain, type Firmware, unmigratableCpu} from '../core/model/domain.ts';
import {volumeWords} from './volume-xml.ts';
import {attributeOf, childAt, children, type Element, parseXml, textContent} from './xml.ts';

/** What the XML says of a disk. A volume still has to be resolved: its type is `volume`, its source stands in words. */
export type DiskXml = Omit<Disk, 'chain' | 'unreadable'>;

/** What the XML says of a domain. */
export type DomainXml = Pick<
	Domain,
	'uuid' | 'name' | 'id' | 'memoryBytes' | 'type' | 'firmware' | 'unsavable' | 'tpm' | 'agent' | 'retentions'
> & {readonly disks: readonly DiskXml[]};

/**
 * Read `virsh dumpxml` (live: with the agent's state and the id; or inactive).
 *
 * @throws {Error} it is no domain XML
 */
export function parseDomainXml(xml: string): DomainXml {
	const domain = parseXml(xml, 'domain');
	const devices = childAt(domain, 'devices');
	const id = attributeOf(domain, 'id');
	return {
		uuid: textContent(childAt(domain, 'uuid')) ?? '',
		name: textContent(childAt(domain, 'name')) ?? '',
		id: id === null ? null : Number(id),
		memoryBytes: memoryOf(childAt(domain, 'memory')),
		type: attributeOf(domain, 'type') ?? '',
		firmware: firmwareOf(childAt(domain, 'os')),
		unsavable: [...unsavableCpu(domain), ...unsavableOf(devices)],
		tpm: children(devices, 'tpm').length > 0,
		agent: agentOf(devices),
		retentions: retentionsIn(xml),
		disks: children(devices, 'disk').map(parseDisk),
	};
}

/** While a disk is copied or its active layer committed libvirt shows where to (https://libvirt.org/formatdomain.html, "mirror"). */
function blockJobOf(disk: Element): Pick<Disk, 'blockJob' | 'mirror'> {
	const mirror = childAt(disk, 'mirror');
	if (!mirror) return {blockJob: null, mirror: null};
	return {blockJob: attributeOf(mirror, 'job') ?? 'copy', mirror: attributeOf(childAt(mirror, 'source'), 'file')};
}

/** One `<disk>` element, of a domain or of the domain inside a snapshot's metadata. */
export function parseDisk(disk: Element): DiskXml {
	const type = attributeOf(disk, 'type') ?? 'file';
	const source = childAt(disk, 'source');
	const target = childAt(disk, 'target');
	return {
		target: attributeOf(target, 'dev') ?? '',
		device: (attributeOf(disk, 'device') ?? 'disk') as Disk['device'],
		bus: attributeOf(target, 'bus'),
		type,
		source: sourceOf(type, source),
		format: attributeOf(childAt(disk, 'driver'), 'type') ?? 'raw',
		readonly: childAt(disk, 'readonly') !== undefined,
		shareable: childAt(disk, 'shareable') !== undefined,
		transient: childAt(disk, 'transient') !== undefined,
		snapshotPolicy: attributeOf(disk, 'snapshot') as Disk['snapshotPolicy'],
		encrypted: hasKey(disk),
		...(isSliced(disk) ? {sliced: true as const} : {}),
		...blockJobOf(disk),
		...backingOf(disk),
	};
}

/** Layers below as the definition has them; one without a file, such as a network disk, ends what is told. */
function backingOf(disk: Element): Pick<Disk, 'backing'> {
	const files: string[] = [];
	const formats: (string | null)[] = [];
	let layer = childAt(disk, 'backingStore');
	while (layer !== undefined) {
		const source = childAt(layer, 'source');
		const file = attributeOf(source, 'file') ?? attributeOf(source, 'dev');
		if (file === null) break;
		files.push(file);
		formats.push(attributeOf(childAt(layer, 'format'), 'type'));
		layer = childAt(layer, 'backingStore');
	}
	// An empty element is the end of the chain.
	const whole = layer !== undefined && childAt(layer, 'source') === undefined;
	return files.length > 0 || whole ? {backing: {files, formats, whole}} : {};
}

/** An `<encryption>` of the disk, its source, or a layer below (https://libvirt.org/formatstorageencryption.html). */
function hasKey(layer: Element | undefined): boolean {
	if (layer === undefined) return false;
	const own = childAt(layer, 'encryption') ?? childAt(layer, 'source', 'encryption');
	return own !== undefined || hasKey(childAt(layer, 'backingStore'));
}

/** `<slices>` of the disk's source, or of a layer below (https://libvirt.org/formatdomain.html, "slices"). */
function isSliced(layer: Element | undefined): boolean {
	if (layer === undefined) return false;
	return childAt(layer, 'source', 'slices') !== undefined || isSliced(childAt(layer, 'backingStore'));
}

/** Attribute of `<source>` that names the file, by disk type; a network disk is put into words instead. */
const sourceAttribute: Readonly<Record<string, string>> = {file: 'file', block: 'dev', dir: 'dir', vhostvdpa: 'dev'};

function sourceOf(type: string, source: Element | undefined): string | null {
	if (source === undefined) return null;
	const known = sourceAttribute[type];
	if (known) return attributeOf(source, known);
	if (type === 'volume') return volumeWords(attributeOf(source, 'pool'), attributeOf(source, 'volume'));
	const words = {
		network: [attributeOf(source, 'protocol'), attributeOf(source, 'name')],
		nvme: ['nvme', attributeOf(source, 'namespace')],
		vhostuser: ['vhostuser', attributeOf(source, 'path')],
	}[type] ?? [type];
	return words.filter(Boolean).join(':');
}

/** Scaled integers as libvirt takes them: `KB` is 1000, `K` and `KiB` are 1024; what it writes itself is always KiB. */
const unitBytes: Readonly<Record<string, number>> = {
	b: 1,
	bytes: 1,
	KB: 1e3,
	K: 1024,
	KiB: 1024,
	MB: 1e6,
	M: 1024 ** 2,
	MiB: 1024 ** 2,
	GB: 1e9,
	G: 1024 ** 3,
	GiB: 1024 ** 3,
	TB: 1e12,
	T: 1024 ** 4,
	TiB: 1024 ** 4,
};

function memoryOf(memory: Element | undefined): number {
	return Number(textContent(memory) ?? 0) * (unitBytes[attributeOf(memory, 'unit') ?? 'KiB'] ?? 1024);
}

/**
 * UEFI shows as `firmware='efi'`, as a pflash loader, as an `<nvram>`, or as a `<varstore>` (libvirt 12.1). Where the NVRAM's format is not written it is raw
 * (libvirt writes `format` since 8.10, for anything but raw).
 */
function firmwareOf(os: Element | undefined): Firmware {
	const loader = childAt(os, 'loader');
	const nvram = childAt(os, 'nvram');
	const varstore = childAt(os, 'varstore');
	if (varstore) {
		const path = attributeOf(varstore, 'path');
		return {kind: 'uefi', nvram: path ? {file: path, format: 'json'} : null};
	}
	const uefi = attributeOf(os, 'firmware') === 'efi' || attributeOf(loader, 'type') === 'pflash' || nvram !== undefined;
	if (!uefi) return {kind: 'bios', nvram: null};
	const file = textContent(nvram) || attributeOf(childAt(nvram, 'source'), 'file');
	return {kind: 'uefi', nvram: file ? {file, format: attributeOf(nvram, 'format') ?? 'raw'} : null};
}

/**
 * An invariant TSC counts on at its host's pace, so QEMU saves no memory with it unless its frequency is fixed; libvirt refuses by the
 * definition alone (qemuMigrationSrcIsAllowed). Without `migratable` the guest gets that of the host, where it has one: QEMU knows.
 */
function unsavableCpu(domain: Element | undefined): string[] {
	const timers = children(childAt(domain, 'clock'), 'timer').filter(timer => attributeOf(timer, 'name') === 'tsc');
	if (timers.some(timer => Number(attributeOf(timer, 'frequency')) > 0)) return [];
	const cpu = childAt(domain, 'cpu');
	const feature = children(cpu, 'feature').find(one => attributeOf(one, 'name') === 'invtsc');
	const policy = feature && (attributeOf(feature, 'policy') ?? 'require');
	if (policy === 'require' || policy === 'force') return ['cpu invtsc'];
	return policy !== 'disable' && attributeOf(cpu, 'migratable') === 'off' ? [unmigratableCpu] : [];
}

/** Devices that QEMU cannot save along with memory: passed-through ones, and file systems served from outside. */
function unsavableOf(devices: Element | undefined): string[] {
	return [
		...children(devices, 'hostdev')
			// A USB device is unplugged and plugged in again; PCI and mediated devices block migration, and so saving.
			.filter(device => attributeOf(device, 'type') !== 'usb')
			.map(device => `hostdev ${attributeOf(device, 'type') ?? attributeOf(device, 'mode') ?? ''}`.trim()),
		...children(devices, 'filesystem').map(
			filesystem =>
				`filesystem ${attributeOf(childAt(filesystem, 'driver'), 'type') === 'virtiofs' ? 'virtiofs' : '9p'}`,
		),
		...children(devices, 'interface')
			.filter(device => ['hostdev', 'vdpa'].includes(attributeOf(device, 'type') ?? ''))
			.map(device => `interface ${attributeOf(device, 'type')}`),
		...children(devices, 'disk')
			.filter(disk => ['vhostuser', 'vhostvdpa', 'nvme'].includes(attributeOf(disk, 'type') ?? ''))
			.map(disk => `disk ${attributeOf(disk, 'type')}`),
		// "Migration is disabled when using feature 'peer mode' in device 'ivshmem'": also where no role is given (verified on QEMU 7.2).
		...children(devices, 'shmem')
			.filter(shmem => attributeOf(shmem, 'role') !== 'master')
			.map(() => 'shmem peer'),
	];
}

function agentOf(devices: Element | undefined): Domain['agent'] {
	const target = children(devices, 'channel')
		.map(channel => childAt(channel, 'target'))
		.find(candidate => attributeOf(candidate, 'name') === 'org.qemu.guest_agent.0');
	if (!target) return 'none';
	return attributeOf(target, 'state') === 'connected' ? 'connected' : 'disconnected';
}
