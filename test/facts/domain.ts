/** Small domains: whatever a test does not name is unremarkable. */
import type {Disk, Image, ImageSnapshot} from '../../source/core/model/disk.ts';
import {type Domain, isActive} from '../../source/core/model/domain.ts';

export const GiB = 1024 ** 3;
export const uuid = '11111111-2222-3333-4444-555555555555';
/** When every snapshot was taken, unless a test says otherwise. */
export const taken = '2026-03-01T10:00:00.000Z';

export function entry(tag: string, more: Partial<ImageSnapshot> = {}): ImageSnapshot {
	return {id: '1', tag, vmSizeBytes: 0, createdAt: taken, vmClockNs: 0, diskBytes: null, rawTag: null, ...more};
}

export function image(file: string, snapshots: readonly ImageSnapshot[] = [], format = 'qcow2'): Image {
	return {
		file,
		fileIds: [],
		format,
		virtualSizeBytes: 10 * GiB,
		actualSizeBytes: GiB,
		bitmaps: [],
		encrypted: false,
		limits: [],
		snapshots,
	};
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

export function domain(more: Partial<Domain> = {}): Domain {
	const state = more.state ?? 'shut off';
	return {
		uuid,
		name: 'web',
		id: isActive({state}) ? 1 : null,
		state,
		stateReason: null,
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
		retentions: [],
		problems: [],
		...more,
	};
}
