import {XMLBuilder} from 'fast-xml-parser';

/** A disk as a lab domain has it. */
export type DiskSpec = {
	target: string;
	file?: string;
	/** A volume of a storage pool instead of a file. */
	volume?: {pool: string; name: string};
	format?: 'qcow2' | 'raw';
	device?: 'disk' | 'cdrom';
};

/** A domain as the lab defines it: as little hardware as will run, so that it starts in a fraction of a second. */
export type DomainSpec = {
	name: string;
	uuid?: string;
	type?: 'qemu' | 'kvm';
	memoryMiB?: number;
	disks: DiskSpec[];
	/** UEFI instead of BIOS; libvirt picks the image from the firmware descriptions of the host. */
	uefi?: boolean;
	/** MAC addresses, of one network interface each. */
	interfaces?: string[];
	/** Boot this kernel directly. */
	kernel?: {image: string; initrd: string; commandLine: string};
	/** File that takes what the guest writes on its serial port. */
	console?: string;
};

type Element = Record<string, unknown>;

const builder = new XMLBuilder({
	ignoreAttributes: false,
	attributeNamePrefix: '@',
	suppressBooleanAttributes: false,
	suppressEmptyNode: true,
});

/** The document that `virsh define` takes (https://libvirt.org/formatdomain.html). */
export function domainXml(spec: DomainSpec): string {
	return builder.build({domain: domainElement(spec)});
}

/** The document that `virsh snapshot-create --redefine` takes for an internal snapshot of a domain that was shut off. */
export function snapshotXml(snapshot: {name: string; creationTime: number; parent?: string}, spec: DomainSpec): string {
	return builder.build({
		domainsnapshot: {
			name: snapshot.name,
			state: 'shutoff',
			...(snapshot.parent ? {parent: {name: snapshot.parent}} : {}),
			creationTime: snapshot.creationTime,
			memory: {'@snapshot': 'no'},
			disks: {disk: spec.disks.map(disk => ({'@name': disk.target, '@snapshot': 'internal'}))},
			domain: domainElement(spec),
		},
	});
}

function domainElement(spec: DomainSpec): Element {
	return {
		'@type': spec.type ?? 'qemu',
		name: spec.name,
		...(spec.uuid ? {uuid: spec.uuid} : {}),
		memory: {'@unit': 'MiB', '#text': spec.memoryMiB ?? 64},
		vcpu: 1,
		os: osElement(spec),
		features: {acpi: ''},
		devices: devicesElement(spec),
	};
}

function osElement(spec: DomainSpec): Element {
	return {
		...(spec.uefi ? {'@firmware': 'efi'} : {}),
		type: {'@arch': 'x86_64', '@machine': 'q35', '#text': 'hvm'},
		...(spec.uefi ? {nvram: {'@format': 'raw'}} : {}),
		...(spec.kernel ? {kernel: spec.kernel.image, initrd: spec.kernel.initrd, cmdline: spec.kernel.commandLine} : {}),
	};
}

function devicesElement(spec: DomainSpec): Element {
	return {
		disk: spec.disks.map(diskElement),
		...(spec.interfaces ? {interface: spec.interfaces.map(interfaceElement)} : {}),
		controller: {'@type': 'usb', '@model': 'none'},
		...(spec.console ? {serial: serialElement(spec.console)} : {}),
		memballoon: {'@model': 'none'},
	};
}

function diskElement(disk: DiskSpec): Element {
	const cdrom = disk.device === 'cdrom';
	return {
		'@type': disk.volume ? 'volume' : 'file',
		'@device': disk.device ?? 'disk',
		driver: {'@name': 'qemu', '@type': disk.format ?? (cdrom ? 'raw' : 'qcow2')},
		...(disk.file ? {source: {'@file': disk.file}} : {}),
		...(disk.volume ? {source: {'@pool': disk.volume.pool, '@volume': disk.volume.name}} : {}),
		target: {'@dev': disk.target, '@bus': cdrom ? 'sata' : 'virtio'},
		...(cdrom ? {readonly: ''} : {}),
	};
}

function interfaceElement(address: string): Element {
	return {'@type': 'user', mac: {'@address': address}, model: {'@type': 'virtio'}};
}

function serialElement(file: string): Element {
	return {'@type': 'file', source: {'@path': file, '@append': 'on'}, target: {'@type': 'isa-serial', '@port': 0}};
}
