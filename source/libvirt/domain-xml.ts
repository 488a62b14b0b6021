/** Domain XML (https://libvirt.org/formatdomain.html) in core's terms; what the XML does not know is left to the caller. */
import type {Disk, Domain, Firmware} from '../core/model/domain.ts';
import {volumeWords} from './volume-xml.ts';
import {attribute, child, children, type Element, parseXml, text} from './xml.ts';

/** What the XML says of a disk. A volume still has to be resolved: its type is `volume`, its source stands in words. */
export type DiskXml = Omit<Disk, 'chain' | 'unreadable'>;

/** What the XML says of a domain. */
export type DomainXml = Pick<
	Domain,
	'uuid' | 'name' | 'id' | 'memoryBytes' | 'type' | 'firmware' | 'unsavable' | 'tpm' | 'agent'
> & {readonly disks: readonly DiskXml[]};

/**
 * Read `virsh dumpxml` (live: with the agent's state and the id; or inactive).
 *
 * @throws {Error} it is no domain XML
 */
export function parseDomainXml(xml: string): DomainXml {
	const domain = parseXml(xml, 'domain');
	const devices = child(domain, 'devices');
	const id = attribute(domain, 'id');
	return {
		uuid: text(child(domain, 'uuid')) ?? '',
		name: text(child(domain, 'name')) ?? '',
		id: id === null ? null : Number(id),
		memoryBytes: memoryOf(child(domain, 'memory')),
		type: attribute(domain, 'type') ?? '',
		firmware: firmwareOf(child(domain, 'os')),
		unsavable: unsavableOf(devices),
		tpm: children(devices, 'tpm').length > 0,
		agent: agentOf(devices),
		disks: children(devices, 'disk').map(parseDisk),
	};
}

/** While a disk is copied or its active layer committed libvirt shows where to (https://libvirt.org/formatdomain.html, "mirror"). */
function blockJobOf(disk: Element): Pick<Disk, 'blockJob' | 'mirror'> {
	const mirror = child(disk, 'mirror');
	if (!mirror) return {blockJob: null, mirror: null};
	return {blockJob: attribute(mirror, 'job') ?? 'copy', mirror: attribute(child(mirror, 'source'), 'file')};
}

/** One `<disk>` element, of a domain or of the domain inside a snapshot's metadata. */
export function parseDisk(disk: Element): DiskXml {
	const type = attribute(disk, 'type') ?? 'file';
	const source = child(disk, 'source');
	const target = child(disk, 'target');
	return {
		target: attribute(target, 'dev') ?? '',
		device: (attribute(disk, 'device') ?? 'disk') as Disk['device'],
		bus: attribute(target, 'bus'),
		type,
		source: sourceOf(type, source),
		format: attribute(child(disk, 'driver'), 'type') ?? 'raw',
		readonly: child(disk, 'readonly') !== undefined,
		shareable: child(disk, 'shareable') !== undefined,
		transient: child(disk, 'transient') !== undefined,
		snapshotPolicy: attribute(disk, 'snapshot') as Disk['snapshotPolicy'],
		encrypted: hasKey(disk),
		...blockJobOf(disk),
		...backingOf(disk),
	};
}

/** Layers below as the definition has them; one without a file, such as a network disk, ends what is told. */
function backingOf(disk: Element): Pick<Disk, 'backing'> {
	const files: string[] = [];
	let layer = child(disk, 'backingStore');
	while (layer !== undefined) {
		const source = child(layer, 'source');
		const file = attribute(source, 'file') ?? attribute(source, 'dev');
		if (file === null) break;
		files.push(file);
		layer = child(layer, 'backingStore');
	}
	// An empty element is the end of the chain.
	const whole = layer !== undefined && child(layer, 'source') === undefined;
	return files.length > 0 || whole ? {backing: {files, whole}} : {};
}

/** An `<encryption>` of the disk, its source, or a layer below (https://libvirt.org/formatstorageencryption.html). */
function hasKey(layer: Element | undefined): boolean {
	if (layer === undefined) return false;
	const own = child(layer, 'encryption') ?? child(layer, 'source', 'encryption');
	return own !== undefined || hasKey(child(layer, 'backingStore'));
}

/** Attribute of `<source>` that names the file, by disk type; a network disk is put into words instead. */
const sourceAttribute: Readonly<Record<string, string>> = {file: 'file', block: 'dev', dir: 'dir', vhostvdpa: 'dev'};

function sourceOf(type: string, source: Element | undefined): string | null {
	if (source === undefined) return null;
	const known = sourceAttribute[type];
	if (known) return attribute(source, known);
	if (type === 'volume') return volumeWords(attribute(source, 'pool'), attribute(source, 'volume'));
	const words = {
		network: [attribute(source, 'protocol'), attribute(source, 'name')],
		nvme: ['nvme', attribute(source, 'namespace')],
		vhostuser: ['vhostuser', attribute(source, 'path')],
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
	return Number(text(memory) ?? 0) * (unitBytes[attribute(memory, 'unit') ?? 'KiB'] ?? 1024);
}

/**
 * UEFI shows as `firmware='efi'`, as a pflash loader, or as an `<nvram>`. Where the NVRAM's format is not written it is raw
 * (libvirt writes `format` since 8.10, for anything but raw).
 */
function firmwareOf(os: Element | undefined): Firmware {
	const loader = child(os, 'loader');
	const nvram = child(os, 'nvram');
	const uefi = attribute(os, 'firmware') === 'efi' || attribute(loader, 'type') === 'pflash' || nvram !== undefined;
	if (!uefi) return {kind: 'bios', nvram: null};
	const file = text(nvram) || attribute(child(nvram, 'source'), 'file');
	return {kind: 'uefi', nvram: file ? {file, format: attribute(nvram, 'format') ?? 'raw'} : null};
}

/** Devices that QEMU cannot save along with memory: passed-through ones, and file systems served from outside. */
function unsavableOf(devices: Element | undefined): string[] {
	return [
		...children(devices, 'hostdev')
			// A USB device is unplugged and plugged in again; PCI and mediated devices block migration, and so saving.
			.filter(device => attribute(device, 'type') !== 'usb')
			.map(device => `hostdev ${attribute(device, 'type') ?? attribute(device, 'mode') ?? ''}`.trim()),
		...children(devices, 'filesystem').map(
			filesystem => `filesystem ${attribute(child(filesystem, 'driver'), 'type') === 'virtiofs' ? 'virtiofs' : '9p'}`,
		),
		...children(devices, 'interface')
			.filter(device => ['hostdev', 'vdpa'].includes(attribute(device, 'type') ?? ''))
			.map(device => `interface ${attribute(device, 'type')}`),
		...children(devices, 'disk')
			.filter(disk => ['vhostuser', 'vhostvdpa', 'nvme'].includes(attribute(disk, 'type') ?? ''))
			.map(disk => `disk ${attribute(disk, 'type')}`),
	];
}

function agentOf(devices: Element | undefined): Domain['agent'] {
	const target = children(devices, 'channel')
		.map(channel => child(channel, 'target'))
		.find(candidate => attribute(candidate, 'name') === 'org.qemu.guest_agent.0');
	if (!target) return 'none';
	return attribute(target, 'state') === 'connected' ? 'connected' : 'disconnected';
}
