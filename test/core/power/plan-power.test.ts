import {describe, expect, test} from 'vitest';
import {makePlan} from '../../../source/core/make-plan.ts';
import type {Disk} from '../../../source/core/model/disk.ts';
import type {DomainState} from '../../../source/core/model/domain.ts';
import type {PowerVerb} from '../../../source/core/model/intent.ts';
import {chained, disk, domain, image, uuid} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {planFor, refusalOf} from '../../facts/plan.ts';
import {external, snapshot} from '../../facts/snapshot.ts';
import {saying} from '../../helpers/saying.ts';

test.each<[PowerVerb, DomainState, string]>([
	['start', 'shut off', 'running'],
	['start', 'saved', 'running or paused'],
	['start', 'running', 'wrong-state'],
	['start', 'paused', 'wrong-state'],
	['shutdown', 'running', 'no expectation'],
	['shutdown', 'paused', 'wrong-state'],
	['shutdown', 'shut off', 'wrong-state'],
	['destroy', 'running', 'shut off'],
	['destroy', 'paused', 'shut off'],
	['destroy', 'pmsuspended', 'shut off'],
	['destroy', 'shut off', 'wrong-state'],
	['suspend', 'running', 'paused'],
	['suspend', 'idle', 'paused'],
	['suspend', 'paused', 'wrong-state'],
	['resume', 'paused', 'running'],
	['resume', 'pmsuspended', 'wrong-state'],
	['resume', 'running', 'wrong-state'],
])('%s while %s → %s', (verb, state, result) => {
	const outcome = makePlan(facts({domain: {state, managedSave: state === 'saved'}}), {verb});
	if ('refusal' in outcome) {
		expect(outcome.refusal.code).toBe(result);
		expect(outcome.refusal.remedy).not.toBe('');
		return;
	}
	const {steps, expect: expectations, confirm} = outcome.plan;
	expect(steps.map(step => step.argv)).toEqual([['virsh', '-c', 'qemu:///session', verb, `--domain=${uuid}`]]);
	const wanted = result === 'running or paused' ? {kind: 'active'} : {kind: 'state', state: result};
	expect(expectations).toEqual(result === 'no expectation' ? [] : [wanted]);
	expect(confirm).toBe(verb === 'destroy' ? 'web' : null);
});

describe('a base is never started while other disks depend on it', () => {
	const start = (others: Parameters<typeof domain>[0][]) =>
		makePlan(facts({others: others.map(domain)}), {verb: 'start'});

	test('a clone, even shut off', () => {
		const outcome = start([
			{uuid: 'c', name: 'clone', disks: [chained('vda', image('/images/c.qcow2'), image('/images/vda.qcow2'))]},
		]);
		expect(outcome).toMatchObject({
			refusal: {
				code: 'has-dependants',
				reason: '/images/vda.qcow2 is the base of clone: what this domain writes would corrupt it.',
			},
		});
	});

	test('a running domain that gets an overlay of it at its next start; the disk itself it may have', () => {
		const next = (...pending: readonly Disk[]) =>
			start([
				{uuid: 'c', name: 'other', state: 'running', disks: [disk('vda', {source: '/o'})], pendingDisks: pending},
			]);
		expect(next(chained('vdb', image('/images/o.qcow2'), image('/images/vda.qcow2')))).toMatchObject({
			refusal: {reason: saying('is the base of other, from its next start on')},
		});
		expect(next(disk('vda'))).toHaveProperty('plan');
	});

	test('another domain on the same disk, only while it runs', () => {
		const twin = {uuid: 'c', name: 'twin', disks: [disk('vda')]};
		expect(start([{...twin, state: 'running'}])).toMatchObject({refusal: {code: 'has-dependants'}});
		expect(start([twin])).toHaveProperty('plan');
	});

	test.each([
		['one of its own, defined back by hand', 'To keep the snapshot, define vda on /images/vda.s.qcow2 again'],
		['one of another domain', 'give it a base of its own first'],
	])('a snapshot whose overlay no disk uses now: %s', (whose, words) => {
		const kept = {file: '/images/vda.s.qcow2', below: ['/images/vda.qcow2'], snapshots: []};
		const snapshots = [external('s', kept.file, '/images/vda.qcow2')];
		const named = whose.startsWith('one of its own')
			? {domain: {snapshots}}
			: {others: [domain({uuid: 'c', name: 'other', disks: [], snapshots})]};
		expect(refusalOf(facts({...named, kept: [kept]}), {verb: 'start'})).toMatchObject({
			code: 'has-dependants',
			remedy: saying(words),
		});
		expect(planFor(facts({kept: [kept]}), {verb: 'start'}).warnings.join()).toContain(kept.file);
	});
});

test('a crashed guest whose QEMU is still there is forced off; nothing else until then', () => {
	const crashed = {domain: {state: 'crashed', id: 3}} as const;
	expect(planFor(facts(crashed), {verb: 'destroy'}).expect).toEqual([{kind: 'state', state: 'shut off'}]);
	const snapshots = [snapshot('s')];
	for (const intent of [{verb: 'start'}, {verb: 'create', tag: 'x'}, {verb: 'revert', tag: 's'}] as const) {
		const refusal = refusalOf(facts({domain: {...crashed.domain, snapshots}}), intent);
		expect(refusal).toMatchObject({
			code: 'wrong-state',
			remedy: saying('Force it off first (virsh -c qemu:///session destroy web)'),
		});
	}
});
