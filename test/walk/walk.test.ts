/** A short draw of the walk that `npm run walk` takes at length. */
import {expect, test} from 'vitest';
import {atMost} from '../helpers/patience.ts';
import {lineOf, walk} from './walk.ts';

test(
	'25 random operations leave the world as the model has it',
	async () => {
		const {failures, operations} = await walk({seed: 11, steps: 25});
		expect(failures.map(lineOf)).toEqual([]);
		expect(operations.filter(({outcome}) => outcome === 'verified').length).toBeGreaterThan(5);
	},
	atMost(300),
);
