/** Domains and snapshots in the shape of the core types, one of each kind that a screen has to show. */
import type {
	Directory,
	Disk,
	Domain,
	Facts,
	Host,
	Image,
	ImageSnapshot,
	Inventory,
} from '../../source/core/model/domain.ts';
import type {Health, Snapshot} from '../../source/core/model/snapshot.ts';

export const host: Host = {
	uri: 'qemu:///system',
	libvirt: '11.3.0',
	qemu: '10.0.2',
	externalSnapshots: true,
	throughVirsh: null,
};

const images = '/var/lib/libvirt/images';
const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

export function image(file: string, values: Partial<Image> = {}): Image {
	return {
		file,
		format: 'qcow2',
		virtualSizeBytes: 20 * GIB,
		actualSizeBytes: 1.4 * GIB,
		bitmaps: [],
		encrypted: false,
		snapshots: [],
		...values,
	};
}

export function disk(target: string, file: string, values: Partial<Disk> = {}): Disk {
	return {
		target,
		device: 'disk',
		bus: 'virtio',
		type: 'file',
		source: file,
		format: 'qcow2',
		readonly: false,
		shareable: false,
		transient: false,
		snapshotPolicy: null,
		encrypted: false,
		blockJob: null,
		mirror: null,
		chain: [image(file)],
		unreadable: null,
		...values,
	};
}

export function snapshot(tag: string, minute: number, values: Partial<Snapshot> = {}): Snapshot {
	return {
		tag,
		health: 'ok',
		healthReason: '',
		kind: 'internal',
		state: 'running',
		createdAt: new Date(Date.UTC(2026, 10, 20, 8, minute, 29)).toISOString(),
		vmSizeBytes: 2.1 * MIB,
		vmClockNs: (minute * 60 + 16.443) * 1e9,
		parent: null,
		current: false,
		description: null,
		libvirt: true,
		memoryFile: null,
		disks: [{target: 'vda', kind: 'internal', id: String(minute), file: `${images}/web.qcow2`, source: null}],
		revertFiles: [],
		duplicates: 0,
		...values,
	};
}

/** Its snapshots are inside its image, as far as their health says that the data is there. */
export function domain(name: string, values: Partial<Domain> = {}): Domain {
	const file = `${images}/${name}.qcow2`;
	const snapshots = (values.snapshots ?? []).map(one => ({...one, disks: one.disks.map(part => ({...part, file}))}));
	const inside = snapshots.filter(({health}) => health === 'ok' || health === 'unmanaged');
	return {
		uuid: `00000000-0000-4000-8000-${Buffer.from(name.padEnd(6, '_').slice(0, 6)).toString('hex').slice(0, 12)}`,
		name,
		id: null,
		state: 'shut off',
		persistent: true,
		managedSave: false,
		savedMemory: null,
		memoryBytes: 2 * GIB,
		type: 'kvm',
		firmware: {kind: 'bios', nvram: null},
		unsavable: [],
		tpm: false,
		agent: 'none',
		disks: [disk('vda', file, {chain: [image(file, {snapshots: inside.map(entryOf)})]})],
		problems: [],
		...values,
		snapshots,
	};
}

const entryOf = ({tag, createdAt, vmSizeBytes, vmClockNs, disks}: Snapshot): ImageSnapshot => ({
	id: disks[0]?.id ?? '0',
	tag,
	vmSizeBytes: vmSizeBytes ?? 0,
	createdAt: createdAt ?? '',
	vmClockNs: vmClockNs ?? 0,
});

const unhealthy = (tag: string, minute: number, health: Health, healthReason: string) =>
	snapshot(tag, minute, {health, healthReason, libvirt: health !== 'unmanaged'});

export const domains: readonly Domain[] = [
	domain('web', {
		id: 1,
		state: 'running',
		agent: 'connected',
		snapshots: [
			snapshot('fresh', 0, {state: 'shutoff', vmSizeBytes: 0, vmClockNs: 0}),
			snapshot('before-upgrade', 10, {parent: 'fresh', description: 'before the big upgrade'}),
			snapshot('after-upgrade', 20, {parent: 'before-upgrade', current: true}),
			snapshot('experiment', 30, {parent: 'fresh'}),
		],
	}),
	domain('db', {
		id: 12,
		state: 'paused',
		snapshots: [
			snapshot('nightly', 1),
			unhealthy('by-hand', 2, 'unmanaged', ''),
			unhealthy('half', 3, 'partial', 'on vda, not on vdb.'),
			unhealthy('ghost', 4, 'orphaned', 'libvirt knows it, vda no longer has it.'),
			unhealthy('no-overlay', 5, 'missing-files', `${images}/db.no-overlay is gone.`),
		],
	}),
	domain('數據庫-東京', {snapshots: [snapshot('升級之前', 6), snapshot('evil\u001B[31m\nname', 7)]}),
	domain('clone', {
		disks: [
			disk('vda', `${images}/clone.qcow2`, {
				chain: [image(`${images}/clone.qcow2`), image(`${images}/web.qcow2`, {actualSizeBytes: 3 * GIB})],
			}),
		],
	}),
	domain('broken', {
		disks: [
			disk('vda', '/root/secret.qcow2', {
				chain: [],
				unreadable: {reason: 'Permission denied', remedy: 'Run virsnap as root, or chmod the folder.'},
			}),
		],
	}),
];

export const inventory: Inventory = {host, domains};

const folder: Directory = {path: images, freeBytes: 100 * GIB, writable: true, entries: []};

export function factsOf(uuid: string, all: readonly Domain[] = domains): Facts {
	return {
		host,
		domain: all.find(candidate => candidate.uuid === uuid)!,
		domains: all,
		directories: {[images]: folder, '/root': {...folder, path: '/root'}},
		inactiveXml: '<domain/>',
		snapshotXml: {},
		saveImages: {},
		reclaimable: [],
		kept: [],
		blockDevices: [],
		held: null,
		job: null,
		checkpoints: [],
		aliases: {},
		identities: {},
		readOnly: [],
		gone: [],
		writers: [],
		miscounted: [],
		root: true,
		spoiled: [],
		random: '00112233445566778899aabbccddeeff'.repeat(2),
		now: '2026-11-23T14:30:00Z',
	};
}
