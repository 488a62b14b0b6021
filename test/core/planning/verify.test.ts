import {expect, test} from 'vitest';
import type {Expectation} from '../../../source/core/model/plan.ts';
import {unmetExpectations} from '../../../source/core/planning/verify.ts';
import {disk, domain} from '../../facts/domain.ts';
import {snapshot} from '../../facts/snapshot.ts';

test.each<[Expectation, string[]]>([
	[{kind: 'snapshot', tag: 's', health: ['ok']}, []],
	[{kind: 'snapshot', tag: 'ill', health: ['ok']}, ['The snapshot ill is partial: Half.']],
	[{kind: 'snapshot', tag: 'none', health: ['ok']}, ['There is no snapshot none.']],
	[{kind: 'snapshot', tag: 's', health: ['ok'], description: 'why'}, []],
	[{kind: 'snapshot', tag: 's', health: ['ok'], description: ''}, ['The description of s is "why", not empty.']],
	[{kind: 'snapshot', tag: 'ill', health: ['partial'], description: ''}, []],
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
		snapshots: [
			snapshot('s', {current: true, description: 'why'}),
			snapshot('ill', {health: 'partial', healthReason: 'Half.'}),
		],
	});
	expect(unmetExpectations([expectation], after)).toEqual(findings);
});

test('a definition that names another chain below the disk is found', () => {
	const wrong = domain({disks: [disk('vda', {misdefined: '/images/gone.qcow2'})]});
	expect(unmetExpectations([{kind: 'source', target: 'vda', file: '/images/vda.qcow2'}], wrong)).toEqual([
		expect.stringContaining('/images/gone.qcow2'),
	]);
});

test('a definition that has not followed the disk is found', () => {
	const pending = {target: 'sdb', source: '/images/base.qcow2', same: false};
	const left = domain({state: 'running', disks: [disk('vda', {pending})]});
	expect(unmetExpectations([{kind: 'source', target: 'vda', file: '/images/vda.qcow2'}], left)).toEqual([
		expect.stringContaining('/images/base.qcow2'),
	]);
});

test('a second snapshot of the tag, by somebody else at the same time, is found', () => {
	const twice = domain({snapshots: [snapshot('s'), snapshot('s', {duplicates: 1})]});
	const expected = {kind: 'snapshot', tag: 's', health: ['ok']} as const;
	expect(unmetExpectations([expected], twice)).toEqual([]);
	expect(unmetExpectations([{...expected, alone: true}], twice)).toEqual([
		expect.stringContaining('There are 2 snapshots s'),
	]);
});
