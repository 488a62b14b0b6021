/** The rows of a domain's list: its snapshots, and the memory that libvirt keeps. */
import {expect, test} from 'vitest';
import {listDocument} from '../../../source/commands/show/documents.ts';
import type {Domain} from '../../../source/core/model/domain.ts';
import {ownInAll} from '../../../source/core/snapshots/contents/sizes.ts';
import {cellsOf, type ListOrder, listedOf, ordered} from '../../../source/core/snapshots/listed.ts';
import {domain, taken} from '../../facts/domain.ts';
import {host} from '../../facts/facts.ts';
import {snapshot} from '../../facts/snapshot.ts';

const file = {file: '/save/web.save', bytes: 5_000_000, writtenAt: taken};
const tags = [snapshot('s'), snapshot('(managed save)')];

test.each<[string, Partial<Domain>, object[]]>([
	['none', {snapshots: tags}, []],
	['no snapshots', {managedSave: true}, [{createdAt: null, vmSizeBytes: null}]],
	['where it cannot be looked at', {managedSave: true, snapshots: tags}, [{createdAt: null, vmSizeBytes: null}]],
	[
		'with its file',
		{managedSave: true, savedMemory: file, snapshots: tags},
		[{createdAt: taken, vmSizeBytes: 5_000_000}],
	],
])('saved memory, %s: last, and told apart from a snapshot of that name', (_, like, rows) => {
	const of = domain({state: like.managedSave ? 'saved' : 'shut off', ...like});
	const listed = listedOf(of);
	expect(listed.map(({kind}) => kind)).toEqual([
		...of.snapshots.map(() => 'snapshot'),
		...rows.map(() => 'managed-save'),
	]);
	expect(listed.map(cellsOf)).toMatchObject([
		...of.snapshots.map(({tag}) => ({tag, kind: 'internal'})),
		...rows.map(row => ({...row, kind: 'memory', disks: [], current: false})),
	]);
	expect(of.snapshots).toHaveLength(like.snapshots?.length ?? 0);
	const {snapshots} = listDocument({host, domains: [of]}).domains[0]!;
	expect(snapshots.map(({kind, managedSave}) => managedSave && kind)).toEqual([
		...of.snapshots.map(() => undefined),
		...rows.map(() => 'memory'),
	]);
});

const bytes = (tag: string, ownBytes: number | null, sinceBytes: number | null) => ({
	...{tag, duplicates: 0, ownBytes, sinceBytes, about: false, reason: null, disks: []},
});

test.each<[ListOrder, string]>([
	['listed', 'v10 v9 old same saved'],
	['age', 'v9 v10 same old saved'],
	['own', 'same v9 v10 old saved'],
	['since', 'v10 v9 old same saved'],
	['tag', 'old same v9 v10 saved'],
])('ordered by %s: %s', (order, expected) => {
	const snapshots = [
		snapshot('v10', {createdAt: '2026-03-02T00:00:00Z'}),
		snapshot('v9', {createdAt: '2026-03-03T00:00:00Z'}),
		snapshot('old', {createdAt: null}),
		snapshot('same', {createdAt: '2026-03-02T00:00:00Z'}),
	];
	const sizes = [bytes('v9', 5, 0), bytes('same', 9, null), bytes('v10', 0, 7)];
	const rows = ordered(listedOf(domain({state: 'saved', managedSave: true, snapshots})), order, sizes);
	expect(rows.map(row => (row.kind === 'snapshot' ? row.snapshot.tag : 'saved')).join(' ')).toBe(expected);
});

test.each<[string | null, ReturnType<typeof bytes>[]]>([
	[null, []],
	[null, [bytes('a', null, 5)]],
	['OWN 0 B', [bytes('a', 0, 5)]],
	['OWN 3 KiB', [bytes('a', 1024, 0), bytes('b', 2048, 0)]],
	['OWN >1 KiB', [bytes('a', 1024, 0), bytes('b', null, 0)]],
	['OWN ~1 KiB', [{...bytes('a', 1024, 0), about: true}]],
])('what all of a domain hold: %s', (words, sizes) => {
	expect(ownInAll(sizes)).toBe(words);
});
