/** Reverts to s, and the snapshots that it may be. */
import type {RevertIntent} from '../../../source/core/model/intent.ts';
import type {Plan} from '../../../source/core/model/plan.ts';
import type {Refusal} from '../../../source/core/model/refusal.ts';
import {chained, domain, image} from '../../facts/domain.ts';
import {type FactsLike, facts} from '../../facts/facts.ts';
import {planFor, refusalOf} from '../../facts/plan.ts';
import {external, snapshot} from '../../facts/snapshot.ts';

export type Wish = {readonly state?: RevertIntent['afterwards']; readonly safety?: boolean};

export function intentOf(tag: string, {state, safety}: Wish): RevertIntent {
	return {verb: 'revert', tag, ...(safety && {safety}), ...(state && {afterwards: state})};
}

export function planned(like: FactsLike, wish: Wish = {}): Plan {
	return planFor(facts(like), intentOf('s', wish));
}

export function refused(like: FactsLike, wish: Wish = {}): Refusal {
	return refusalOf(facts(like), intentOf('s', wish));
}

export const parts = [
	{target: 'vda', kind: 'internal', id: '1', file: '/images/vda.qcow2', source: '/images/vda.qcow2'},
	{target: 'vdb', kind: 'internal', id: '1', file: '/images/vdb.qcow2', source: '/images/vdb.qcow2'},
] as const;
export const ok = snapshot('s');
export const live = snapshot('s', {state: 'running', vmSizeBytes: 900});
export const unmanaged = snapshot('s', {health: 'unmanaged', healthReason: 'Unknown.', libvirt: false});
export const unmanagedLive = {...unmanaged, state: 'running', vmSizeBytes: 900};
export const replaced = snapshot('s', {health: 'replaced', healthReason: 'Another took its place.'});
export const onBase = external('s', '/images/vda.s.qcow2', '/images/vda.qcow2', {current: true});
export const overlaid = chained('vda', image('/images/vda.s.qcow2'), image('/images/vda.qcow2'));
export const clone = domain({
	uuid: 'clone',
	name: 'clone',
	disks: [chained('vda', image('/images/clone.qcow2'), image('/images/vda.qcow2'))],
});
