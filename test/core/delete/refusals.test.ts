import {describe, expect, test} from 'vitest';
import {chained, disk, domain, entry, image} from '../../facts/domain.ts';
import {type FactsLike, identity} from '../../facts/facts.ts';
import {external, snapshot} from '../../facts/snapshot.ts';
import {child, clone, inBase, ok, onBase, overlaid, refused, reverted, unmanaged, type Wish} from './domains.ts';

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
	])('%s → %s', (_, like, wish, code) => {
		const refusal = refused(like, wish);
		expect(refusal.code).toBe(code);
		expect(refusal.remedy).not.toBe('');
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
