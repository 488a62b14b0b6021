/** Small domains to plan for: whatever a test does not name is unremarkable. */
import type {Disk, Domain, Facts, Host, Image, ImageSnapshot} from '../../source/core/model/domain.ts';
import {isActive} from '../../source/core/model/domain.ts';
import type {LibvirtSnapshot, Snapshot} from '../../source/core/model/snapshot.ts';

export const GiB = 1024 ** 3;
export const uuid = '11111111-2222-3333-4444-555555555555';
export const taken = '2026-03-01T10:00:00.000Z';

export function entry(tag: string, more: Partial<ImageSnapshot> = {}): ImageSnapshot {
	return {id: '1', tag, vmSizeBytes: 0, createdAt: taken, vmClockNs: 0, ...more};
}

export function image(file: string, snapshots: readonly ImageSnapshot[] = [], format = 'qcow2'): Image {
	return {file, format, virtualSizeBytes: 10 * GiB, actualSizeBytes: GiB, bitmaps: [], encrypted: false, snapshots};
}

/** A disk in /images on the files named, the active layer first. */
export function disk(target: string, more: Partial<Disk> = {}): Disk {
	const format = more.format ?? 'qcow2';
	const source = more.source === undefined ? `/images/${target}.${format}` : more.source;
	return {
		target,
		device: 'disk',
		bus: 'virtio',
		type: 'file',
		format,
		readonly: false,
		shareable: false,
		transient: false,
		snapshotPolicy: null,
		encrypted: false,
		blockJob: null,
		mirror: null,
		chain: source === null ? [] : [image(source, [], format)],
		unreadable: null,
		...more,
		source,
	};
}

/** A disk whose active layer is the first of these images. */
export function chained(target: string, ...chain: readonly Image[]): Disk {
	return disk(target, {source: chain[0]!.file, format: chain[0]!.format, chain});
}

export const cdrom = disk('sda', {device: 'cdrom', readonly: true, source: null, format: 'raw'});

export function snapshot(tag: string, more: Partial<Snapshot> = {}): Snapshot {
	return {
		tag,
		health: 'ok',
		healthReason: '',
		kind: 'internal',
		state: 'shutoff',
		createdAt: taken,
		vmSizeBytes: 0,
		vmClockNs: 0,
		parent: null,
		current: false,
		description: null,
		libvirt: true,
		memoryFile: null,
		disks: [{target: 'vda', kind: 'internal', id: '1', file: '/images/vda.qcow2', source: '/images/vda.qcow2'}],
		revertFiles: [],
		duplicates: 0,
		...more,
	};
}

/** An external snapshot of vda, whose overlay stands on its base. */
export function external(tag: string, file: string, source: string, more: Partial<Snapshot> = {}): Snapshot {
	return snapshot(tag, {
		kind: 'external',
		state: 'disk-snapshot',
		vmSizeBytes: null,
		vmClockNs: null,
		disks: [{target: 'vda', kind: 'external', id: null, file, source}],
		...more,
	});
}

export function record(name: string, more: Partial<LibvirtSnapshot> = {}): LibvirtSnapshot {
	return {
		name,
		description: null,
		state: 'shutoff',
		createdAt: taken,
		parent: null,
		current: false,
		memory: {kind: 'no', file: null},
		disks: [{target: 'vda', snapshot: 'internal', file: null, source: '/images/vda.qcow2'}],
		revertFiles: [],
		...more,
	};
}

export function domain(more: Partial<Domain> = {}): Domain {
	const state = more.state ?? 'shut off';
	return {
		uuid,
		name: 'web',
		id: isActive({state}) ? 1 : null,
		state,
		persistent: true,
		managedSave: false,
		savedMemory: null,
		memoryBytes: GiB,
		type: 'kvm',
		firmware: {kind: 'bios', nvram: null},
		unsavable: [],
		tpm: false,
		agent: 'none',
		disks: [disk('vda')],
		snapshots: [],
		problems: [],
		...more,
	};
}

export const host: Host = {
	uri: 'qemu:///session',
	libvirt: '9.0.0',
	qemu: '7.2.22',
	externalSnapshots: false,
	throughVirsh: null,
};

export type FactsLike = Partial<Omit<Facts, 'domain' | 'host' | 'domains'>> & {
	domain?: Partial<Domain>;
	host?: Partial<Host>;
	others?: readonly Domain[];
};

const standard: Pick<Facts, 'directories'> = {
	directories: {
		'/images': {path: '/images', freeBytes: 100 * GiB, writable: true, entries: ['vda.qcow2', 'vdb.qcow2']},
	},
};

/** Each file is told by its path. */
function identitiesIn(directories: Facts['directories']): Facts['identities'] {
	const files = Object.values(directories).flatMap(({path, entries}) => entries.map(entry => `${path}/${entry}`));
	return Object.fromEntries(files.map(file => [file, {id: `id of ${file}`, bornAt: '2026-01-02T03:05:00.000Z'}]));
}

export function facts({domain: domainLike, host: hostLike, others = [], ...more}: FactsLike = {}): Facts {
	const planned = domain(domainLike);
	const all = {...standard, ...more};
	return {
		host: {...host, ...hostLike},
		domain: planned,
		domains: [planned, ...others],
		identities: identitiesIn(all.directories),
		inactiveXml: inactiveXml(planned),
		snapshotXml: {},
		saveImages: {},
		reclaimable: [],
		kept: [],
		blockDevices: [],
		held: null,
		job: null,
		checkpoints: [],
		aliases: {},
		readOnly: [],
		gone: [],
		writers: [],
		miscounted: [],
		root: true,
		spoiled: [],
		random: '00112233445566778899aabbccddeeff'.repeat(2),
		now: '2026-03-02T08:09:10.000Z',
		...all,
	};
}

export function inactiveXml(planned: Domain): string {
	const disks = planned.disks.map(
		({target, source, format}) => `<disk type='file' device='disk'>
      <driver name='qemu' type='${format}'/>
      <source file='${source}'/>
      <target dev='${target}' bus='virtio'/>
    </disk>`,
	);
	return `<domain type='kvm'>
  <name>${planned.name}</name>
  <uuid>${planned.uuid}</uuid>
  <devices>
    ${disks.join('\n    ')}
  </devices>
</domain>
`;
}
