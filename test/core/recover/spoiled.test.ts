import {expect, test} from 'vitest';
import {makePlan} from '../../../source/core/make-plan.ts';
import type {Receipt, ReceiptStatus, StepRecord} from '../../../source/core/model/receipt.ts';
import {spoiledIn} from '../../../source/core/recover/spoiled.ts';
import {newReceipt} from '../../../source/execute/receipts/new-receipt.ts';
import {chained, image} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {external} from '../../facts/snapshot.ts';

const base = '/images/vda.qcow2';
const overlay = '/images/vda.s.qcow2';
const point = external('s', overlay, base, {createdAt: '2026-01-01T00:00:00.000Z'});
const disks = [chained('vda', image(overlay), image(base))];

type Told = {running: boolean; step: StepRecord['status']; status: ReceiptStatus; startedAt?: string};

/** The receipt of its delete: a block commit of libvirt 9.0 while it runs, `snapshot-delete` while it is off. */
function receiptOf({running, step, status, startedAt = '2026-01-02T03:04:05.000Z'}: Told): Receipt {
	const before = facts({
		domain: {state: running ? 'running' : 'shut off', disks, snapshots: [point]},
		host: {libvirt: running ? '8.0.0' : '9.0.0'},
	});
	const receipt = newReceipt(planFor(before, {verb: 'delete', tag: 's'}), startedAt);
	return {...receipt, status, steps: receipt.steps.map((one, at) => (at === 0 ? {...one, status: step} : one))};
}

test.each<[string, Told, boolean]>([
	['a merge of ours that was broken off', {running: true, step: 'failed', status: 'undone'}, true],
	['one that was interrupted', {running: true, step: 'running', status: 'running'}, true],
	['one that never began', {running: true, step: 'pending', status: 'undone'}, false],
	['one of libvirt that failed half way', {running: false, step: 'failed', status: 'failed'}, true],
	['one that libvirt refused', {running: false, step: 'failed', status: 'undone'}, false],
	['one that was done: this is another snapshot', {running: false, step: 'done', status: 'verified'}, false],
	[
		'one before this snapshot was taken',
		{running: true, step: 'failed', status: 'failed', startedAt: '2025-12-31T00:00:00.000Z'},
		false,
	],
])('%s', (_name, told, spoiled) => {
	const found = spoiledIn({uuid: facts().domain.uuid, snapshots: [point]}, [receiptOf(told)]);
	expect(found.map(({tag}) => tag)).toEqual(spoiled ? ['s'] : []);
});

test('a spoilt snapshot is not reverted to, and can be deleted', () => {
	const spoilt = {...facts({domain: {disks, snapshots: [point]}}), spoiled: [{tag: 's', receipt: 'r'}]};
	expect(makePlan(spoilt, {verb: 'revert', tag: 's'})).toMatchObject({refusal: {code: 'unhealthy'}});
	expect(makePlan(spoilt, {verb: 'delete', tag: 's'})).toHaveProperty('plan');
});
