/** What is said of a domain that stands still, and of an image that QEMU has given up. */
import {expect, test} from 'vitest';
import type {DomainState} from '../../../source/core/model/domain.ts';
import {imageProblems, stateProblems} from '../../../source/core/snapshots/problems.ts';
import {chained, domain, image} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {planFor, refusalOf} from '../../facts/plan.ts';

test.each<[DomainState, string, string | null]>([
	['paused', 'I/O error', 'virsh domblkerror web'],
	['paused', 'crashed', 'virsh destroy web'],
	['paused', 'watchdog', 'virsh resume web'],
	['paused', 'post-copy failed', 'virsh migrate --postcopy-resume'],
	['paused', 'user', null],
	['paused', 'saving', null],
	['running', 'booted', null],
	['crashed', 'panicked', 'virsh destroy web'],
	['shut off', 'crashed', null],
])('%s (%s)', (state, stateReason, told) => {
	const found = stateProblems({name: 'web', id: state === 'shut off' ? null : 1, state, stateReason});
	if (told === null) expect(found).toEqual([]);
	else expect(found).toEqual([expect.stringContaining(told)]);
});

test('it is part of the plans of a domain that cannot write', () => {
	const paused = facts({domain: {state: 'paused', stateReason: 'I/O error'}});
	for (const intent of [{verb: 'create', tag: 's'}, {verb: 'resume'}] as const)
		expect(planFor(paused, intent).warnings.join()).toContain('I/O error');
});

test('a corrupt layer is named with the command that mends it', () => {
	const {disks} = domain({disks: [chained('vda', image('/top'), {...image('/base'), limits: ['corrupt']})]});
	expect(imageProblems(disks)).toEqual([expect.stringContaining('qemu-img check -r all /base')]);
});

test('a qcow2 that is used as raw is named with what to look at', () => {
	const limits = ['qcow2 as raw'] as const;
	const told = (...chain: Parameters<typeof chained>[1][]) => imageProblems([chained('vda', ...chain)]).join();
	expect(told({...image('/top', [], 'raw'), limits})).toMatch(/\/top .*qemu-img info \/top.*virsh edit/);
	expect(told(image('/top'), {...image('/base', [], 'raw'), limits})).toContain('rebase -u -F qcow2 -b /base');
	expect(told(image('/top', [], 'raw'))).toBe('');
	const {disks} = domain({disks: [chained('vda', {...image('/top', [], 'raw'), limits})]});
	for (const method of ['libvirt-internal', 'qemu-img'] as const) {
		const refusal = refusalOf(facts({domain: {disks}}), {verb: 'create', tag: 's', method});
		expect(refusal).toMatchObject({code: 'raw-disk', reason: expect.stringContaining('begins as a qcow2')});
		expect(refusal.remedy).not.toContain('convert');
	}
});

test('the record of a transient domain is said to end with it', () => {
	const plan = (persistent: boolean) =>
		planFor(facts({domain: {state: 'running', persistent}}), {verb: 'create', tag: 's'});
	expect(plan(false).warnings.join()).toContain('the record of this snapshot');
	expect(plan(true).warnings.join()).not.toContain('transient');
});

test.each([
	[true, 'Even root'],
	[false, 'sudo'],
])('who reclaims as root (%s) is told %s', (root, words) => {
	const directories = {'/images': {path: '/images', freeBytes: 1, writable: false, entries: ['vda.old.qcow2']}};
	const reclaimable = [{file: '/images/vda.old.qcow2', bytes: 1, base: '/images/vda.qcow2'}];
	const refusal = refusalOf(facts({root, directories, reclaimable}), {
		verb: 'reclaim',
		overlay: '/images/vda.old.qcow2',
	});
	expect(refusal.remedy).toContain(words);
});
