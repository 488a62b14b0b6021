import {expect, test} from 'vitest';
import {unmetExpectations, unmetWithoutDomain} from '../../../source/core/planning/verify.ts';
import {absentBefore, usesOf} from '../../../source/core/steps/step.ts';
import {disk} from '../../facts/domain.ts';
import {type FactsLike, facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {snapshot} from '../../facts/snapshot.ts';
import {saying} from '../../helpers/saying.ts';

const file = '/images/web.save';
const planned = ({domain, ...more}: FactsLike = {}) =>
	planFor(facts({domain: {state: 'running', ...domain}, ...more}), {verb: 'save', file});

test('a file of its own is made before libvirt writes into it, and goes where libvirt fails', () => {
	const {steps, onFailure} = planned();
	expect(steps.map(({does}) => does.kind)).toEqual(['new-file', 'private-mode', 'save']);
	expect(steps[0]!.argv).toEqual(expect.arrayContaining(['cp', '--no-clobber', '/images/vda.qcow2', file]));
	expect(onFailure).toBe('undo');
	const [, , save] = steps;
	expect({absent: absentBefore(save!), uses: usesOf(save!)}).toEqual({absent: [], uses: [file]});
});

test.each<[string, FactsLike]>([
	['a plain user of the system libvirt', {host: {system: true}, root: false}],
	['another machine', {host: {elsewhere: 'libvirt runs on far'}}],
	[
		'a domain without a file to take the owner from',
		{domain: {disks: [disk('vda', {type: 'network', source: 'rbd:a/b'})]}},
	],
])('%s: libvirt alone makes it, and it has to be absent right before', (_who, like) => {
	const {steps, onFailure} = planned(like);
	expect(steps.map(({does}) => does.kind)).toEqual(['save']);
	expect(absentBefore(steps[0]!)).toEqual([file]);
	expect(onFailure).toBe('stop');
});

test('an empty file is no saved memory', () => {
	const {expect: promised} = planned();
	const entries = ['web.save'];
	const after = facts({directories: {'/images': {path: '/images', freeBytes: 1e12, writable: true, entries}}});
	expect(unmetExpectations(promised, after.domain, after)).toEqual([`${file} holds no memory that libvirt can read.`]);
	const image = {xml: '', sources: [], writtenAt: null, changedSince: []};
	expect(unmetExpectations(promised, after.domain, {...after, saveImages: {[file]: image}})).toEqual([]);
});

test('a transient domain is gone then, and its records with it; the way back is a command of virsh', () => {
	const {expect: promised, warnings, wayBack} = planned({domain: {persistent: false, snapshots: [snapshot('s1')]}});
	expect(warnings).toContain(
		'The domain is transient: libvirt forgets it when it stops, with its record of s1; the files stay. No list shows it until the file is restored.',
	);
	expect(wayBack).toEqual(saying(`virsh -c qemu:///session restore ${file}`));
	const {domain} = facts();
	expect(unmetWithoutDomain(promised, domain, new Set([file]))).toEqual([]);
	expect(unmetWithoutDomain(promised, domain, new Set())).toEqual([`${file} does not hold the memory of web.`]);
	expect(unmetWithoutDomain(promised, {...domain, uuid: 'other'}, new Set([file]))).toHaveLength(1);
});
