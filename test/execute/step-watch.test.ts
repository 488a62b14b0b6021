/** What a step's job is, and whether it can be broken off; real jobs are in long-jobs.test.ts. */
import {describe, expect, test} from 'vitest';
import type {Does} from '../../source/core/model/does.ts';
import type {Step} from '../../source/core/model/step.ts';
import {jobOf, step} from '../../source/core/steps/step.ts';
import {halfMerged, stopAt} from '../../source/core/steps/stopping.ts';

const stepOf = (does: Does) => step(does, {title: ''});
const plan = (...steps: Step[]) => ({
	domain: {uuid: 'u', name: 'web'},
	tag: 't',
	expect: [{kind: 'source' as const, target: 'vda', file: '/images/vda.qcow2'}],
	steps,
});
const on = {uri: 'qemu:///system', uuid: 'u'};
const merge = {kind: 'live-merge', on, target: 'vda', top: '/o', base: '/b', range: 'one'} as const;
const taken = {
	kind: 'create-snapshot',
	on,
	tag: 't',
	description: null,
	live: false,
	quiesce: false,
	disks: [],
} as const;

const copied = {
	kind: 'copy-image',
	from: '/b',
	format: 'qcow2',
	inside: null,
	to: '/c',
	bytes: 1,
	frozen: true,
} as const;

describe('a step can be broken off', () => {
	test.each([
		['memory into a file', stepOf({kind: 'save', on, file: '/f'}), ['domjobabort', '--domain=u']],
		['an external checkpoint', stepOf({...taken, external: true, memory: '/m'}), ['domjobabort', '--domain=u']],
		['a copy, by ending its own program', stepOf(copied), 'end its program'],
		['a commit', stepOf(merge), ['blockjob', '--domain=u', '--path=vda', '--abort']],
	])('%s', (_what, one, abort) => {
		expect(jobOf(plan(one), one)?.abort).toEqual(abort);
		expect(stopAt(plan(one), 0)).toBe('breaks-off');
	});

	test.each([
		['an internal snapshot', stepOf({...taken, external: false, memory: null})],
		['a delete by libvirt', stepOf({kind: 'delete-snapshot', on, tag: 't'})],
		['a snapshot of the tag "save"', stepOf({kind: 'image-snapshot', action: 'create', tag: 'save', file: '/f'})],
	])('but not %s', (_what, one) => {
		expect(jobOf(plan(one), one)?.abort ?? null).toBeNull();
		expect(stopAt(plan(one), 0)).toBe('too-late');
		expect(stopAt(plan(one, one), 0)).toBe('before-next');
	});
});

test('after a merge that did not finish the snapshot can no longer be reverted to', () => {
	const byQemuImg = {kind: 'merge', overlay: '/o', format: 'qcow2', base: '/b', through: false} as const;
	for (const does of [merge, byQemuImg])
		expect(halfMerged(plan(), stepOf(does))).toContain('can no longer revert to t');
	expect(halfMerged(plan(), stepOf({kind: 'save', on, file: '/f'}))).toBeNull();
});
