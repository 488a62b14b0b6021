import {expect, test} from 'vitest';
import type {Facts} from '../../../source/core/model/facts.ts';
import type {Intent} from '../../../source/core/model/intent.ts';
import type {Receipt} from '../../../source/core/model/receipt.ts';
import {basisOf} from '../../../source/core/planning/basis.ts';
import {rewrittenIn, writtenBehindSaves} from '../../../source/core/recover/rewritten.ts';
import {chained, image} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {endedAs, receiptOf} from '../../facts/receipt.ts';
import {external, snapshot} from '../../facts/snapshot.ts';

const file = '/images/web.save';
const disk = '/images/vda.qcow2';
const base = '/images/base.qcow2';
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

test.each<[string, Intent, string | null, boolean]>([
	['by a delete, which merges into it', {verb: 'delete', tag: 'other'}, '2026-01-02T03:04:06.000Z', false],
	['by a delete that is not over', {verb: 'delete', tag: 'other'}, null, false],
	// The guest runs on it since somebody has merged into it: QEMU writes the last as the next overlay is put on it.
	['while a create took it off a guest', {verb: 'create', tag: 'next'}, '2026-01-02T03:04:06.000Z', true],
	['while its domain was shut down', {verb: 'shutdown'}, '2026-01-02T03:04:06.000Z', true],
	['long after a delete', {verb: 'delete', tag: 'other'}, '2026-01-02T03:03:00.000Z', true],
])('a base was written to %s', (_, intent, endedAt, rewritten) => {
	const snapshots = [external('old', disk, base, {createdAt: at('01:00:00')}), snapshot('other')];
	const known = facts({domain: {state: 'running', id: 1, snapshots}});
	const receipt = receiptOf(planFor(known, intent), {endedAt});
	const found = rewrittenIn({...known, writtenAt: {[base]: at('03:04:05.500')}}, [receipt]);
	expect(found).toEqual(rewritten ? [{tag: 'old', file: base, at: at('03:04:05.500')}] : []);
});

const written = {rewritten: [{tag: 'old', file: base, at: at('02:00:00')}]};

/** A delete of virsnap's whose plan was made with the domain on these layers, and `old` there since then. */
function deleting(layers: readonly string[], createdAt = at('01:00:00'), known: Partial<Facts> = {}): Receipt {
	const old = external('old', disk, base, {createdAt});
	const plan = planFor(facts({domain: {snapshots: [snapshot('other')]}}), {verb: 'delete', tag: 'other'});
	const domain = {snapshots: [old], disks: [chained('vda', ...layers.map(file => image(file)))]};
	return receiptOf({...plan, basis: basisOf({...facts({domain}), ...known})}, {endedAt: '2026-01-02T03:04:06.000Z'});
}

// A file has but the time of its last write.
test.each([
	['ran on it before', deleting([base]), true],
	['ran on an overlay of it', deleting([disk, base]), false],
	['ran on it when another snapshot had that tag', deleting([base], at('00:30:00')), false],
	[
		'ran on an overlay of it, but was known to have been written to',
		deleting([disk, base], at('01:00:00'), written),
		true,
	],
	['was written to under another snapshot of that tag', deleting([disk, base], at('00:30:00'), written), false],
])('a delete hides no write to a base where the domain %s', (_, receipt, rewritten) => {
	const snapshots = [external('old', disk, base, {createdAt: at('01:00:00')})];
	const known = {...facts({domain: {snapshots}}), writtenAt: {[base]: at('03:04:05.500')}};
	expect(rewrittenIn(known, [receipt])).toEqual(rewritten ? [{tag: 'old', file: base, at: receipt.startedAt}] : []);
});
