/** What a delete says of children, duplicates, lost work and memory files. */
import {expect, test} from 'vitest';
import {disk, entry, image, snapshot} from '../facts.ts';
import {onBase, overlaid, planned, reverted, unmanaged} from './domains.ts';

test('children stay, and move up', () => {
	const snapshots = [snapshot('r'), snapshot('s', {parent: 'r'}), snapshot('t', {parent: 's'})];
	expect(planned({domain: {snapshots}}).warnings).toEqual(['t stays, and moves under r.']);
});

test('of duplicates the first is deleted, so the tag may stay', () => {
	const twice = disk('vda', {chain: [image('/images/vda.qcow2', [entry('s'), entry('s', {id: '2'})])]});
	const plan = planned({domain: {disks: [twice], snapshots: [unmanaged, {...unmanaged, duplicates: 1}]}});
	expect(plan.expect).toEqual([]);
	expect(plan.warnings.join(' ')).toContain('1 more snapshot of this name follows');
});

test('an external delete after a revert names the work that goes with it', () => {
	const directories = {'/images': {path: '/images', freeBytes: 1e9, writable: true, entries: ['vda.s.qcow2']}};
	const plan = planned({domain: {snapshots: [onBase], disks: [reverted]}, directories});
	expect(plan.losses.join(' ')).toContain('/images/vda.s.qcow2');
	expect(plan.steps[1]!.input).toContain('<source file="/images/vda.qcow2"/>');
});

test.each([
	['9.0.0', true, 2, ''],
	['9.0.0', false, 1, '/images/web.memory stays on disk'],
	['9.1.0', true, 1, ''],
])(
	'libvirt %s, folder writable: %s: the memory file goes with the snapshot, or is named',
	(libvirt, writable, steps, warned) => {
		const full = {...onBase, memoryFile: '/images/web.memory'};
		const directories = {'/images': {path: '/images', freeBytes: 1e9, writable, entries: ['web.memory']}};
		const plan = planned({domain: {snapshots: [full], disks: [overlaid]}, host: {libvirt}, directories});
		expect(plan.steps).toHaveLength(steps);
		if (steps === 2) expect(plan.steps[1]!.argv).toEqual(['rm', '-f', '--', '/images/web.memory']);
		expect(plan.warnings.join(' ')).toContain(warned);
	},
);
