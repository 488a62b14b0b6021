/** Snapshots as the list has them, and as libvirt has recorded them: internal ones of vda, unless a test says otherwise. */
import type {LibvirtSnapshot, Snapshot} from '../../source/core/model/snapshot.ts';
import {taken} from './domain.ts';

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
		leftOut: [],
		revertFiles: [],
		protected: false,
		expiresAt: null,
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

/** libvirt's records of these snapshots, as `virsh snapshot-dumpxml` prints them. */
export function recordedXml(snapshots: readonly Snapshot[]): Record<string, string> {
	return Object.fromEntries(
		snapshots.filter(({libvirt}) => libvirt).map(({tag, description}) => [tag, snapshotXml(tag, description)]),
	);
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function snapshotXml(tag: string, description: string | null): string {
	const described = description === null ? '' : `\n  <description>${escaped(description)}</description>`;
	return `<domainsnapshot>
  <name>${escaped(tag)}</name>${described}
  <state>shutoff</state>
  <creationTime>1772359200</creationTime>
  <domain type='kvm'>
    <graphics type='vnc' passwd='a&amp;b'/>
  </domain>
</domainsnapshot>
`;
}
