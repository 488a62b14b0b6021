/** Snapshots to be deleted, all called s, and the disks that hold them. */
import type {DeleteIntent} from '../../../source/core/model/intent.ts';
import type {Plan} from '../../../source/core/model/plan.ts';
import {chained, domain, entry, image, uuid} from '../../facts/domain.ts';
import {asked} from '../../facts/plan.ts';
import {external, snapshot} from '../../facts/snapshot.ts';

export type Wish = Partial<Omit<DeleteIntent, 'verb'>>;

export const {planned, refused} = asked<DeleteIntent>({verb: 'delete', tag: 's'});

/** The words of each step after the connection and the domain. */
export function commands(plan: Plan): string[] {
	return plan.steps.map(({argv}) =>
		argv.filter(word => !['virsh', '-c', 'qemu:///session', `--domain=${uuid}`].includes(word)).join(' '),
	);
}

export const ok = snapshot('s');
export const unmanaged = snapshot('s', {health: 'unmanaged', healthReason: 'Unknown to libvirt.', libvirt: false});
export const partial = snapshot('s', {health: 'partial', healthReason: 'In vda, but not in vdb.'});
export const orphaned = snapshot('s', {health: 'orphaned', healthReason: 'Gone from vda.'});
export const replaced = snapshot('s', {health: 'replaced', healthReason: 'Another took its place.'});
export const onBase = external('s', '/images/vda.s.qcow2', '/images/vda.qcow2', {current: true});
export const missing = {...onBase, health: 'missing-files' as const, healthReason: '/images/vda.s.qcow2 is gone.'};
export const overlaid = chained('vda', image('/images/vda.s.qcow2'), image('/images/vda.qcow2'));
export const deeper = chained(
	'vda',
	image('/images/vda.t.qcow2'),
	image('/images/vda.s.qcow2'),
	image('/images/vda.qcow2'),
);
export const child = external('t', '/images/vda.t.qcow2', '/images/vda.s.qcow2', {parent: 's'});
export const aside = external('u', '/images/vda.u.qcow2', '/images/vda.s.qcow2', {parent: 's'});
export const reverted = chained('vda', image('/images/vda.new.qcow2'), image('/images/vda.qcow2'));
export const inBase = chained('vda', image('/images/vda.x.qcow2'), image('/images/vda.qcow2', [entry('s')]));
export const clone = domain({
	uuid: 'clone',
	name: 'clone',
	disks: [chained('vda', image('/images/clone.qcow2'), image('/images/vda.qcow2'))],
});
