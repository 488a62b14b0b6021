/** Domains and snapshots, one of each kind that a screen has to show. */
import type {Disk, Image, ImageSnapshot} from '../../source/core/model/disk.ts';
import type {Domain, Inventory} from '../../source/core/model/domain.ts';
import type {Facts} from '../../source/core/model/facts.ts';
import type {Health, Snapshot} from '../../source/core/model/snapshot.ts';
import {disk, domain, GiB, image} from '../facts/domain.ts';
import {facts, host as usualHost} from '../facts/facts.ts';
import {recordedXml, snapshot} from '../facts/snapshot.ts';

export const host = {
	...usualHost,
	uri: 'qemu:///system',
	system: true,
	libvirt: '11.3.0',
	qemu: '10.0.2',
	externalSnapshots: true,
};

const images = '/var/lib/libvirt/images';
const MiB = 1024 ** 2;

const large = (file: string, more: Partial<Image> = {}): Image => ({
	...image(file),
	virtualSizeBytes: 20 * GiB,
	actualSizeBytes: 1.4 * GiB,
	...more,
});

const diskOn = (source: string, ...chain: readonly Image[]): Disk => disk('vda', {source, chain});

/** A snapshot of a running domain, taken at this minute of one morning. */
export function snapshotAt(tag: string, minute: number, more: Partial<Snapshot> = {}): Snapshot {
	return snapshot(tag, {
		state: 'running',
		createdAt: new Date(Date.UTC(2026, 10, 20, 8, minute, 29)).toISOString(),
		vmSizeBytes: 2.1 * MiB,
		vmClockNs: (minute * 60 + 16.443) * 1e9,
		disks: [{target: 'vda', kind: 'internal', id: String(minute), file: `${images}/web.qcow2`, source: null}],
		...more,
	});
}

/** Its snapshots are inside its image, as far as their health says that the data is there. */
export function domainOf(name: string, values: Partial<Domain> = {}): Domain {
	const file = `${images}/${name}.qcow2`;
	const snapshots = (values.snapshots ?? []).map(one => ({...one, disks: one.disks.map(part => ({...part, file}))}));
	const inside = snapshots.filter(({health}) => health === 'ok' || health === 'unmanaged');
	return domain({
		uuid: `00000000-0000-4000-8000-${Buffer.from(name.padEnd(6, '_').slice(0, 6)).toString('hex').slice(0, 12)}`,
		name,
		id: null,
		memoryBytes: 2 * GiB,
		disks: [diskOn(file, large(file, {snapshots: inside.map(entryOf)}))],
		...values,
		snapshots,
	});
}

const entryOf = ({tag, createdAt, vmSizeBytes, vmClockNs, disks}: Snapshot): ImageSnapshot => ({
	id: disks[0]?.id ?? '0',
	tag,
	vmSizeBytes: vmSizeBytes ?? 0,
	createdAt: createdAt ?? '',
	vmClockNs: vmClockNs ?? 0,
	diskBytes: null,
	rawTag: null,
});

const unhealthy = (tag: string, minute: number, health: Health, healthReason: string) =>
	snapshotAt(tag, minute, {health, healthReason, libvirt: health !== 'unmanaged'});

export const domains: readonly Domain[] = [
	domainOf('web', {
		id: 1,
		state: 'running',
		agent: 'connected',
		snapshots: [
			snapshotAt('fresh', 0, {state: 'shutoff', vmSizeBytes: 0, vmClockNs: 0}),
			snapshotAt('before-upgrade', 10, {parent: 'fresh', description: 'before the big upgrade'}),
			snapshotAt('after-upgrade', 20, {parent: 'before-upgrade', current: true}),
			snapshotAt('experiment', 30, {parent: 'fresh'}),
		],
	}),
	domainOf('db', {
		id: 12,
		state: 'paused',
		snapshots: [
			snapshotAt('nightly', 1),
			unhealthy('by-hand', 2, 'unmanaged', ''),
			unhealthy('half', 3, 'partial', 'on vda, not on vdb.'),
			unhealthy('ghost', 4, 'orphaned', 'libvirt knows it, vda no longer has it.'),
			unhealthy('no-overlay', 5, 'missing-files', `${images}/db.no-overlay is gone.`),
		],
	}),
	domainOf('數據庫-東京', {snapshots: [snapshotAt('升級之前', 6), snapshotAt('evil\u001B[31m\nname', 7)]}),
	domainOf('clone', {
		disks: [
			diskOn(
				`${images}/clone.qcow2`,
				large(`${images}/clone.qcow2`),
				large(`${images}/web.qcow2`, {actualSizeBytes: 3 * GiB}),
			),
		],
	}),
	domainOf('broken', {
		disks: [
			disk('vda', {
				source: '/root/secret.qcow2',
				chain: [],
				unreadable: {reason: 'Permission denied', remedy: 'Run virsnap as root, or chmod the folder.'},
			}),
		],
	}),
];

/** Shut off, with an external snapshot `before` that it runs on the overlay of. */
export function overlaid(name: string): Domain {
	const [overlay, base] = [`${images}/${name}.qcow2`, `${images}/${name}-base.qcow2`];
	const part = {target: 'vda', kind: 'external', id: null, file: overlay, source: base} as const;
	return domainOf(name, {
		disks: [diskOn(overlay, large(overlay), large(base))],
		snapshots: [snapshotAt('before', 3, {kind: 'external', state: 'disk-snapshot', vmSizeBytes: null, disks: [part]})],
	});
}

/** With two disks, and a snapshot of the first alone. */
export function twofold(name: string, values: Partial<Domain> = {}): Domain {
	const data = `${images}/${name}-data.qcow2`;
	const {disks, ...rest} = overlaid(name);
	const snapshots = rest.snapshots.map(one => ({...one, leftOut: [{target: 'vdb', source: data}]}));
	return {...rest, disks: [...disks, {...diskOn(data, large(data)), target: 'vdb'}], snapshots, ...values};
}

export const inventory: Inventory = {host, domains};

const folder = {path: images, freeBytes: 100 * GiB, writable: true, entries: []};

/** What is read of one of these domains. */
export function factsOf(uuid: string, all: readonly Domain[] = domains): Facts {
	const domain = all.find(candidate => candidate.uuid === uuid)!;
	return facts({
		host,
		domain,
		snapshotXml: recordedXml(domain.snapshots),
		others: all.filter(candidate => candidate.uuid !== uuid),
		directories: {[images]: folder, '/root': {...folder, path: '/root'}},
		now: '2026-11-23T14:30:00Z',
	});
}
