import {describe, expect, test} from 'vitest';
import {basisOf, changedBasis} from '../../../source/core/planning/basis.ts';
import {chained, disk, domain, image} from '../../facts/domain.ts';
import {type FactsLike, facts} from '../../facts/facts.ts';
import {snapshot} from '../../facts/snapshot.ts';

describe('basis', () => {
	const before = basisOf(facts({domain: {snapshots: [snapshot('s')]}}));

	test.each<[string, FactsLike, string[]]>([
		['nothing', {domain: {snapshots: [snapshot('s')]}}, []],
		[
			'sizes and space',
			{
				domain: {
					snapshots: [snapshot('s')],
					disks: [disk('vda', {chain: [{...image('/images/vda.qcow2'), actualSizeBytes: 5}]})],
				},
				directories: {},
			},
			[],
		],
		[
			'state',
			{domain: {state: 'running', snapshots: [snapshot('s')]}},
			['Changed: state: was shut off, is running.', 'Changed: id: was none, is 1.'],
		],
		['a snapshot gone', {}, [expect.stringMatching(/^Gone: snapshot s: ok /)]],
		[
			'a new snapshot',
			{domain: {snapshots: [snapshot('s'), snapshot('t')]}},
			[expect.stringMatching(/^New: snapshot t: /)],
		],
		[
			'a date',
			{domain: {snapshots: [snapshot('s', {createdAt: '2026-05-05T00:00:00.000Z'})]}},
			[expect.stringMatching(/^Changed: snapshot s/)],
		],
		[
			'a description',
			{domain: {snapshots: [snapshot('s', {description: 'a\nb'})]}},
			['Changed: description of s: was none, is "a␊b".'],
		],
		[
			'a source',
			{domain: {snapshots: [snapshot('s')], disks: [disk('vda', {source: '/images/x.qcow2'})]}},
			[
				'Changed: definition (virsh dumpxml --inactive).',
				'Changed: disk vda: was disk file qcow2 /images/vda.qcow2, is disk file qcow2 /images/x.qcow2.',
			],
		],
		[
			'the definition',
			{domain: {snapshots: [snapshot('s')]}, inactiveXml: '<domain><vcpu>4</vcpu></domain>'},
			['Changed: definition (virsh dumpxml --inactive).'],
		],
		[
			'a leftover',
			{domain: {snapshots: [snapshot('s')]}, reclaimable: [{file: '/images/x', bytes: 1, base: '/images/vda.qcow2'}]},
			['New: unused overlay /images/x: on /images/vda.qcow2.'],
		],
		[
			'a dependant',
			{
				domain: {snapshots: [snapshot('s')]},
				others: [domain({uuid: 'c', name: 'clone', disks: [chained('vda', image('/c'), image('/images/vda.qcow2'))]})],
			},
			[expect.stringMatching(/^New: used by clone vda/)],
		],
		[
			'managed save',
			{domain: {managedSave: true, snapshots: [snapshot('s')]}},
			['Changed: managed save: was no, is yes.'],
		],
		[
			'a file of saved memory that is another',
			{
				domain: {snapshots: [snapshot('s')]},
				saveImages: {
					'/m': {xml: '', writtenAt: '2026-05-05T00:00:00.000Z', changedSince: ['/images/vda.qcow2'], sources: []},
				},
			},
			['New: memory in /m: written 2026-05-05T00:00:00.000Z, /images/vda.qcow2 changed since.'],
		],
	])('%s', (_, like, sentences) => {
		expect(changedBasis(before, basisOf(facts(like)))).toEqual(sentences);
	});
});

test.each([
	['another is the current one', {current: true}, {}, 'was current'],
	['it is the current one', {}, {current: true}, 'now current'],
	['its parent', {parent: 'a'}, {parent: 'b'}, 'was on a, now on b'],
	['its health', {}, {health: 'partial' as const}, 'was ok, now partial'],
	['when it expires', {}, {expiresAt: '2027-01-01T00:00:00.000Z'}, 'now expires 2027-01-01T00:00:00.000Z'],
])('of a snapshot only what has changed is told: %s', (_what, was, is, words) => {
	const of = (more: Parameters<typeof snapshot>[1]) => basisOf(facts({domain: {snapshots: [snapshot('s', more)]}}));
	expect(changedBasis(of(was), of(is))).toEqual([`Changed: snapshot s: ${words}.`]);
});

test('a receipt of a version that did not keep the name, or descriptions, says nothing of them', () => {
	const {name: _name, persistent: _persistent, ...earlier} = basisOf(facts());
	expect(changedBasis(earlier, basisOf(facts()))).toEqual([]);
	const renamed = basisOf(facts({domain: {name: 'web-old'}}));
	const {'description of s': _description, ...before} = basisOf(facts({domain: {snapshots: [snapshot('s')]}}));
	const since = basisOf(facts({domain: {snapshots: [snapshot('s', {description: 'since'})]}}));
	expect(changedBasis(before, since)).toEqual([]);
	expect(changedBasis(basisOf(facts()), renamed)).toContain('Changed: name: was web, is web-old.');
});
