/** What is compared before a plan runs, and read back when it is done; and what scripts get. */
import {describe, expect, test} from 'vitest';
import {basisOf, changedBasis} from '../../source/core/basis.ts';
import {listDocument, planDocument} from '../../source/core/json.ts';
import {makePlan} from '../../source/core/make-plan.ts';
import type {Expectation} from '../../source/core/plan.ts';
import {unmetExpectations} from '../../source/core/verify.ts';
import {chained, disk, domain, type FactsLike, facts, GiB, host, image, snapshot, taken, uuid} from './facts.ts';

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
			'a source',
			{domain: {snapshots: [snapshot('s')], disks: [disk('vda', {source: '/images/x.qcow2'})]}},
			[
				expect.stringMatching(/^Changed: definition: /),
				'Changed: disk vda: was disk file qcow2 /images/vda.qcow2, is disk file qcow2 /images/x.qcow2.',
			],
		],
		[
			'the definition',
			{domain: {snapshots: [snapshot('s')]}, inactiveXml: '<domain><vcpu>4</vcpu></domain>'},
			[expect.stringMatching(/^Changed: definition: was [0-9a-f]{16}, is [0-9a-f]{16}\.$/)],
		],
		[
			'a leftover',
			{domain: {snapshots: [snapshot('s')], reclaimable: [{file: '/images/x', bytes: 1, base: '/images/vda.qcow2'}]}},
			['New: left behind /images/x: on /images/vda.qcow2.'],
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

test.each<[Expectation, string[]]>([
	[{kind: 'snapshot', tag: 's', health: ['ok']}, []],
	[{kind: 'snapshot', tag: 'ill', health: ['ok']}, ['The snapshot ill is partial: Half.']],
	[{kind: 'snapshot', tag: 'none', health: ['ok']}, ['There is no snapshot none.']],
	[{kind: 'no-snapshot', tag: 'none'}, []],
	[{kind: 'no-snapshot', tag: 's'}, ['The snapshot s is still there.']],
	[{kind: 'current', tag: 's'}, []],
	[{kind: 'current', tag: 'ill'}, ['The current snapshot is s, not ill.']],
	[{kind: 'state', state: 'running'}, []],
	[{kind: 'state', state: 'paused'}, ['The domain is idle, not paused.']],
	[{kind: 'source', target: 'vda', file: '/images/vda.qcow2'}, []],
	[{kind: 'source', target: 'vda', file: '/x'}, ['vda runs on /images/vda.qcow2, not on /x.']],
	[{kind: 'source', target: 'vdz', file: '/x'}, ['vdz runs on nothing, not on /x.']],
])('%j', (expectation, findings) => {
	const after = domain({
		state: 'idle',
		snapshots: [snapshot('s', {current: true}), snapshot('ill', {health: 'partial', healthReason: 'Half.'})],
	});
	expect(unmetExpectations([expectation], after)).toEqual(findings);
});

test('list --json', () => {
	expect(listDocument({host, domains: [domain({snapshots: [snapshot('s')]})]})).toEqual({
		connection: {uri: 'qemu:///session', libvirt: '9.0.0', qemu: '7.2.22'},
		domains: [
			{
				uuid,
				name: 'web',
				id: null,
				state: 'shut off',
				disks: [
					{
						target: 'vda',
						source: '/images/vda.qcow2',
						format: 'qcow2',
						device: 'disk',
						readonly: false,
						chain: [{file: '/images/vda.qcow2', format: 'qcow2', virtualSizeBytes: 10 * GiB, actualSizeBytes: GiB}],
					},
				],
				snapshots: [
					{
						tag: 's',
						health: 'ok',
						kind: 'internal',
						state: 'shutoff',
						createdAt: taken,
						vmSizeBytes: 0,
						vmClockNs: 0,
						parent: null,
						current: false,
						description: null,
						libvirt: true,
						disks: [{target: 'vda', kind: 'internal', id: '1', file: '/images/vda.qcow2'}],
					},
				],
			},
		],
	});
});

test('plan --json: a plan or a refusal, as scripts read them', () => {
	const plan = planDocument(makePlan(facts(), {verb: 'create', tag: 's'}));
	expect(Object.keys(plan.plan ?? {})).toEqual(
		expect.arrayContaining(['verb', 'domain', 'method', 'why', 'consistency', 'pause', 'steps', 'losses', 'warnings']),
	);
	expect(Object.keys(plan.plan?.steps[0] ?? {})).toEqual(['title', 'argv', 'changes', 'undo']);
	expect(planDocument(makePlan(facts(), {verb: 'create', tag: '7'}))).toEqual({
		refusal: {
			code: 'bad-tag',
			reason: 'The tag is a number, which QEMU would take for the ID of a snapshot.',
			remedy: 'Choose another tag, such as before-upgrade.',
		},
	});
});
