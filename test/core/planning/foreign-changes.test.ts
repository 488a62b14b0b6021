/** What others do while a plan is carried out is told from what its own steps have changed. */
import {expect, test} from 'vitest';
import {foreignChanges} from '../../../source/core/planning/foreign-changes.ts';

const on = (...files: string[]) => ({'disk vda': `disk file qcow2 ${files.join(' on ')}`});
const used = (file: string) => ({[`used by clone vda ${file}`]: `${file} (shut off)`});
const moves = [{disks: ['vda']}];

test.each([
	[
		'a layer that others use is left',
		{...on('/c', '/b', '/a'), ...used('/b'), ...used('/a')},
		{...on('/d', '/a'), ...used('/a')},
	],
	[
		'a layer that others use is come to',
		{...on('/d', '/a'), ...used('/a')},
		{...on('/e', '/b', '/a'), ...used('/b'), ...used('/a')},
	],
])('%s: that is the plan’s own doing', (_, before, after) => {
	expect(foreignChanges(before, after, moves)).toEqual([]);
	expect(foreignChanges(before, after, [])).not.toEqual([]);
});

const inside = (tag: string, ...files: string[]) => ({
	[`snapshot ${tag}`]: `unmanaged 2026-11-26T21:58:41.608Z ${files.map((file, at) => `vd${'ab'[at]}:internal:1:${file}`).join(' ')}`,
});

test.each([
	['left', {...on('/c 1', '/a'), ...inside('s', '/c 1')}, on('/d', '/a')],
	['come to', on('/d', '/a'), {...on('/c', '/a'), ...inside('s', '/c')}],
])('a snapshot inside a layer that is %s: that is the plan’s own doing', (_, before, after) => {
	expect(foreignChanges(before, after, moves)).toEqual([]);
	expect(foreignChanges(before, after, [])).not.toEqual([]);
});

test('a snapshot that is gone from a layer that stays, or new in it, is told of', () => {
	const [with2, without] = [{...on('/c', '/a'), ...inside('s', '/a')}, on('/d', '/a')];
	expect(foreignChanges(with2, without, moves)).toEqual([expect.stringContaining('Gone: snapshot s: ')]);
	expect(foreignChanges(without, {...on('/c', '/a'), ...inside('s', '/a')}, moves)).toHaveLength(1);
	const halfLeft = {...on('/c', '/a'), ...inside('s', '/c', '/elsewhere')};
	expect(foreignChanges(halfLeft, on('/d', '/a'), moves)).toHaveLength(1);
});

test('a clone that somebody has made meanwhile on a layer that stays is told of', () => {
	const before = on('/c', '/b', '/a');
	const after = {...on('/b', '/a'), ...used('/b')};
	expect(foreignChanges(before, after, moves)).toEqual(['New: used by clone vda /b: /b (shut off).']);
});

test('a clone that is started meanwhile is told of', () => {
	const before = {...on('/c', '/b', '/a'), ...used('/b')};
	const after = {...on('/d', '/b', '/a'), 'used by clone vda /b': '/b (running)'};
	expect(foreignChanges(before, after, moves)).toHaveLength(1);
});
