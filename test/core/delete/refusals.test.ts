import {describe, expect, test} from 'vitest';
import {chained, disk, domain, entry, image} from '../../facts/domain.ts';
import {type FactsLike, identity} from '../../facts/facts.ts';
import {external, snapshot} from '../../facts/snapshot.ts';
import {said} from '../../helpers/saying.ts';
import {
	child,
	clone,
	deeper,
	inBase,
	ok,
	onBase,
	overlaid,
	planned,
	refused,
	reverted,
	unmanaged,
	type Wish,
} from './domains.ts';

const beside = external('u', '/images/vda.u.qcow2', '/images/vda.qcow2');
const [onVda] = onBase.disks;
const onTwo = {
	...onBase,
	disks: [onVda!, {...onVda!, target: 'vdb', file: '/images/vdb.s.qcow2', source: '/images/vdb.qcow2'}],
};
const baseless = {...onBase, disks: [{...onVda!, source: null}]};
const mixed = {...onBase, disks: [onVda!, {...onVda!, target: 'vdb', kind: 'internal' as const, id: '1'}]};

describe('refusals', () => {
	const twice = disk('vda', {chain: [image('/images/vda.qcow2', [entry('s'), entry('s', {id: '2'})])]});
	test.each<[string, FactsLike, Wish, string]>([
		['no such snapshot', {}, {}, 'not-found'],
		['no record to delete', {domain: {snapshots: [unmanaged]}}, {metadataOnly: true}, 'method-mismatch'],
		[
			'record only, a child on its overlay',
			{domain: {snapshots: [onBase, child]}},
			{metadataOnly: true},
			'has-children',
		],
		['base of a clone', {domain: {snapshots: [ok]}, others: [clone]}, {}, 'has-dependants'],
		['in the base, running', {domain: {state: 'running', snapshots: [ok], disks: [inBase]}}, {}, 'wrong-state'],
		[
			'with a disk that the running domain calls otherwise',
			{domain: {state: 'running', snapshots: [ok], disks: [disk('sda', {source: '/images/vda.qcow2'})]}},
			{},
			'wrong-state',
		],
		[
			'in the base, running, unmanaged',
			{domain: {state: 'running', snapshots: [unmanaged], disks: [inBase]}},
			{},
			'wrong-state',
		],
		[
			'unreadable image',
			{domain: {snapshots: [ok], disks: [disk('vda', {chain: [], unreadable: {reason: 'x', remedy: 'y'}})]}},
			{},
			'unreadable-image',
		],
		['stands twice, one of libvirt', {domain: {snapshots: [ok], disks: [twice]}}, {}, 'ambiguous-tag'],
		[
			'external children',
			{domain: {snapshots: [ok, external('t', '/images/vda.t.qcow2', '/images/vda.qcow2', {parent: 's'})]}},
			{children: true},
			'has-children',
		],
		[
			'ill children',
			{domain: {snapshots: [ok, snapshot('t', {parent: 's', health: 'orphaned'})]}},
			{children: true},
			'has-children',
		],
		[
			'external, snapshots inside its overlay',
			{
				domain: {
					snapshots: [onBase],
					disks: [chained('vda', image('/images/vda.s.qcow2', [entry('i')]), image('/images/vda.qcow2'))],
				},
			},
			{},
			'has-children',
		],
		[
			'external, base of a clone',
			{domain: {snapshots: [onBase], disks: [overlaid]}, others: [clone]},
			{},
			'has-dependants',
		],
		[
			'external, managed save',
			{domain: {state: 'saved', managedSave: true, snapshots: [onBase], disks: [overlaid]}},
			{},
			'saved-memory',
		],
		[
			'external, after a revert, others aside stand on the base',
			{domain: {snapshots: [onBase, child], disks: [reverted]}},
			{},
			'has-children',
		],
		[
			'external, its base serves the branch that the domain runs on too',
			{domain: {snapshots: [onBase, child], disks: [reverted]}, host: {libvirt: '11.3.0', externalSnapshots: true}},
			{},
			'has-children',
		],
		[
			'external, its base is that of another, and a child is on its overlay',
			{domain: {snapshots: [onBase, child, beside], disks: [deeper]}},
			{},
			'has-children',
		],
		[
			'external, its base is that of another',
			{domain: {snapshots: [onBase, beside], disks: [overlaid]}},
			{},
			'has-children',
		],
		[
			'external, disks of two positions, and a child is on its overlay',
			{domain: {snapshots: [onTwo, child], disks: [deeper, chained('vdb', image('/images/vdb.new.qcow2'))]}},
			{},
			'not-leaf',
		],
		[
			'external, no base recorded, and a child is on its overlay',
			{domain: {snapshots: [baseless, child], disks: [deeper]}},
			{},
			'not-leaf',
		],
		[
			'external and internal, and a child is on its overlay',
			{domain: {snapshots: [mixed, child], disks: [deeper]}},
			{},
			'unsupported',
		],
	])('%s → %s', (_, like, wish, code) => {
		const refusal = refused(like, wish);
		expect(refusal.code).toBe(code);
		expect(refusal.remedy).not.toBe('');
		// A remedy is no way to another refusal.
		if (!wish.metadataOnly && said(refusal.remedy).includes('--metadata-only'))
			expect(planned(like, {...wish, metadataOnly: true}).steps).not.toEqual([]);
	});
});

test('an overlay of a renamed disk that cannot be read is left alone', () => {
	const hidden = disk('sda', {
		source: '/images/vda.s.qcow2',
		chain: [],
		unreadable: {reason: 'no', remedy: 'mend it'},
	});
	expect(refused({domain: {snapshots: [onBase], disks: [hidden]}}).code).toBe('unreadable-image');
});

test('a clone that reaches the image by another path is found', () => {
	const linked = domain({
		uuid: 'clone',
		name: 'clone',
		disks: [chained('vda', image('/images/clone.qcow2'), image('/link/vda.qcow2'))],
	});
	const file = identity('/images/vda.qcow2');
	const identities = {'/images/vda.qcow2': file, '/link/vda.qcow2': file};
	expect(refused({domain: {snapshots: [ok]}, others: [linked], identities}).code).toBe('has-dependants');
});
