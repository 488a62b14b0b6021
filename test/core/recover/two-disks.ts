/** A domain of two disks with a snapshot t on none, one or both of them. */
import type {Domain} from '../../../source/core/model/domain.ts';
import {chained, entry, image} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {snapshot} from '../../facts/snapshot.ts';

export const file = (target: string) => `/images/${target}.qcow2`;
const holding = (target: string, ...tags: string[]) =>
	chained(
		target,
		image(
			file(target),
			tags.map((tag, index) => entry(tag, {id: String(index + 1)})),
		),
	);
const unmanaged = (tag: string, ...targets: string[]) =>
	snapshot(tag, {
		libvirt: false,
		health: targets.length === 2 ? 'unmanaged' : 'partial',
		disks: targets.map(target => ({
			target,
			kind: 'internal' as const,
			id: '1',
			file: file(target),
			source: file(target),
		})),
	});
export const withDisks = (vda: string[], vdb: string[]): Partial<Domain> => {
	const targets = [...(vda.length > 0 ? ['vda'] : []), ...(vdb.length > 0 ? ['vdb'] : [])];
	return {
		disks: [holding('vda', ...vda), holding('vdb', ...vdb)],
		snapshots: targets.length > 0 ? [unmanaged('t', ...targets)] : [],
	};
};
export const none = facts({domain: withDisks([], [])});
export const half = facts({domain: withDisks(['t'], [])});
export const whole = facts({domain: withDisks(['t'], ['t'])});
