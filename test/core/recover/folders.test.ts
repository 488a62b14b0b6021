/** Where overlays of a domain are looked for that only receipts tell of. */
import {expect, test} from 'vitest';
import type {Plan} from '../../../source/core/model/plan.ts';
import {foldersIn} from '../../../source/core/recover/plan-files.ts';
import {facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {endedAs} from '../../facts/receipt.ts';

const plan = planFor(
	facts({directories: {'/images': {path: '/images', freeBytes: 1e12, writable: true, entries: []}}}),
	{
		verb: 'clone',
		name: 'web-2',
	},
);
const about = (uuid: string, base: string, folder: string): Plan => ({
	...plan,
	domain: {uuid, name: 'other'},
	steps: [],
	expect: [{kind: 'file', file: `${folder}/overlay`} as Plan['expect'][number]],
	files: {[base]: '1:2'},
});

test('they are those of operations on it, and on a file of its own, and of no other domain', () => {
	const receipts = [
		endedAs(about('web', '/own/base', '/of-web'), 'verified'),
		endedAs(about('clone', '/own/base', '/of-clone'), 'verified'),
		endedAs(about('stranger', '/strange/base', '/of-stranger'), 'verified'),
		endedAs(about('web', '/own/base', '/of-nothing'), 'stale'),
	];
	expect(foldersIn(receipts, 'web', new Set(['/own/base']))).toEqual(['/of-web', '/own', '/of-clone']);
});
