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
