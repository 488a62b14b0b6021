import {expect, test} from 'vitest';
import {unmetExpectations} from '../../../source/core/planning/verify.ts';
import {absentBefore, usesOf} from '../../../source/core/steps/step.ts';
import {disk} from '../../facts/domain.ts';
import {type FactsLike, facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';

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
