/** Deleting external snapshots that hold some of the disks, and what a revert to such a one leaves of others. */
import {expect, test} from 'vitest';
import {chained, disk, GiB, image} from '../../facts/domain.ts';
import type {FactsLike} from '../../facts/facts.ts';
import {external} from '../../facts/snapshot.ts';
import {commands, onBase, overlaid, planned, refused} from './domains.ts';

const part = (target: string, file: string, source: string) =>
	({target, kind: 'external', id: null, file, source}) as const;

test('only what it holds is merged', () => {
	const snapshots = [{...onBase, leftOut: [{target: 'vdb', source: '/images/vdb.qcow2'}]}];
	const plan = planned({domain: {snapshots, disks: [overlaid, disk('vdb')]}});
	expect(commands(plan)).toEqual(['snapshot-delete --snapshotname=s']);
	expect(JSON.stringify(plan.steps)).not.toContain('vdb');
});

const older = external('a', '/images/vda.a', '/images/vda.qcow2');
const newer = external('s', '', '', {
	disks: [part('vda', '/images/vda.s', '/images/vda.a'), part('vdb', '/images/vdb.s', '/images/vdb.qcow2')],
});
const vdb = chained('vdb', image('/images/vdb.s'), image('/images/vdb.qcow2'));
const directories = {
	'/images': {path: '/images', freeBytes: GiB, writable: true, entries: ['vda.a', 'vda.s', 'vdb.s', 'vda.qcow2']},
};
const apart = (vda: Parameters<typeof chained>[1]): FactsLike => ({
	directories,
	domain: {snapshots: [older, newer], disks: [chained('vda', vda, image('/images/vda.qcow2')), vdb]},
});

test('of a disk that went back the overlay goes, with its loss; of one that did not it is merged', () => {
	const plan = planned(apart(image('/images/vda.now')));
	expect(commands(plan)).toEqual([
		'qemu-img commit -q -d -f qcow2 /images/vdb.s',
		'define --file=/dev/stdin',
		'snapshot-delete --snapshotname=s --metadata',
		'rm -f -- /images/vdb.s',
		'rm -f -- /images/vda.s',
	]);
	expect(plan.losses).toContain('/images/vda.s and all data in it.');
	expect(plan.losses).not.toContain('/images/vdb.s and all data in it.');
});

test('a disk that somebody has put on another image is none that went back', () => {
	const like = apart(image('/images/vda.now'));
	const disks = [chained('vda', image('/images/other')), vdb];
	expect(refused({...like, domain: {...like.domain, disks}}).code).toBe('not-leaf');
});
