/** The rows of a domain's list: its snapshots, and the memory that libvirt keeps. */
import {expect, test} from 'vitest';
import {listDocument} from '../../../source/commands/show/documents.ts';
import type {Domain} from '../../../source/core/model/domain.ts';
import {cellsOf, listedOf} from '../../../source/core/snapshots/listed.ts';
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
