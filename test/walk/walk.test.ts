/** A short draw of the walk that `npm run walk` takes at length; as long as WALK_STEPS says, on another libvirt of the matrix as well. */
import {expect, test} from 'vitest';
import {atMost} from '../helpers/patience.ts';
import {lineOf, walk} from './walk.ts';

const steps = Number(process.env.WALK_STEPS ?? 25);

test(
	'random operations leave the world as the model has it',
	async () => {
		const {failures, operations} = await walk({seed: 11, steps});
		expect(failures.map(lineOf)).toEqual([]);
		expect(operations.filter(({outcome}) => outcome === 'verified').length).toBeGreaterThan(5);
	},
	atMost(Math.max(300, 2 * steps)),
);
