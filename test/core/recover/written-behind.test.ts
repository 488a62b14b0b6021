import {expect, test} from 'vitest';
import {writtenBehindSaves} from '../../../source/core/recover/rewritten.ts';
import {facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {endedAs} from '../../facts/receipt.ts';

const file = '/images/web.save';
const disk = '/images/vda.qcow2';
const saving = planFor(facts({domain: {state: 'running', id: 1}}), {verb: 'save', file});

/** Begun at 03:04:05, ended at 03:04:06. */
const save = endedAs(saving, 'verified');
const at = (time: string) => `2026-01-02T${time}Z`;

test.each([
	['by QEMU, before the save had ended', save, '03:04:05.900', '03:04:05.950', false],
	['right behind it', save, '03:04:05.900', '03:04:06.001', true],
	['never', save, '03:04:05.900', '01:00:00.000', false],
	[
		'but the save failed: nobody knows when QEMU ended',
		endedAs(saving, 'failed'),
		'03:04:05.900',
		'03:04:07.000',
		false,
	],
	['but somebody else has saved there since', save, '03:10:00.000', '03:10:00.500', false],
	[
		'but another file is meant',
		endedAs({...saving, file: '/other'}, 'verified'),
		'03:04:05.900',
		'03:05:00.000',
		false,
	],
])('a disk was written to %s', (_, receipt, saved, written, behind) => {
	const {domain} = facts();
	const image = {xml: '', sources: [], writtenAt: at(saved), changedSince: []};
	const found = writtenBehindSaves({domain, writtenAt: {[disk]: at(written)}, saveImages: {[file]: image}}, [receipt]);
	expect(found).toEqual(behind ? {[file]: [disk]} : {});
});
