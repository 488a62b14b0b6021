import {describe, expect, test} from 'vitest';
import type {Facts} from '../../../source/core/model/facts.ts';
import {recoveryOf} from '../../../source/core/recover/recovery.ts';
import {chained, image} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {cutOff} from '../../facts/receipt.ts';
import {said} from '../../helpers/saying.ts';
import {file, whole, withDisks} from './two-disks.ts';

const plan = planFor(whole, {verb: 'revert', tag: 't'});
const half = cutOff(plan, 'dp');

const finishing = (found: Facts) => {
	const choice = recoveryOf(half, found).choices.find(({id}) => id === 'go-on');
	return choice && 'plan' in choice ? choice.plan : null;
};

describe('a revert that stopped between two images', () => {
	test('is finished on all of them, since a run of the domain in between cannot be seen', () => {
		expect(finishing(whole)!.steps.map(({argv}) => argv)).toEqual([
			['qemu-img', 'snapshot', '-a', 't', file('vda')],
			['qemu-img', 'snapshot', '-a', 't', file('vdb')],
		]);
		expect(finishing(whole)!.confirm).toBe('t');
	});

	test('while the domain runs: says of which times its disks are, and what to do until it can be finished', () => {
		const running = facts({domain: {...withDisks(['t'], ['t']), state: 'running'}});
		const {choices, refusals, findings} = recoveryOf(half, running);
		const mixed = 'The disks of web are of two points in time: vda went back to t, vdb did not.';
		expect(findings[0]).toBe(mixed);
		expect(choices.map(({id}) => id)).toEqual(['leave']);
		const refusal = refusals.find(({id}) => id === 'go-on')!.refusal;
		expect(refusal).toMatchObject({code: 'wrong-state', reason: `web is running. ${mixed}`});
		expect(said(refusal.remedy)).toContain('shutdown web)');
		expect(said(refusal.remedy)).toContain(`(virsnap recover ${half.id})`);
	});

	test('is not finished under a managed save, which would resume on other disk contents', () => {
		const saved = facts({domain: {...withDisks(['t'], ['t']), managedSave: true}});
		expect(recoveryOf(half, saved).refusals).toContainEqual({
			id: 'go-on',
			refusal: expect.objectContaining({code: 'saved-memory'}),
		});
	});

	test('leaves a disk alone that was attached meanwhile, and says so', () => {
		const disks = withDisks(['t'], ['t']);
		const [point] = disks.snapshots!;
		const attached = facts({
			domain: {
				disks: [...disks.disks!, chained('vdz', image('/images/vdz.qcow2'))],
				snapshots: [{...point!, health: 'partial', healthReason: 'In vda and vdb, but not in vdz.'}],
			},
		});
		const planned = finishing(attached)!;
		expect(planned.steps.map(({argv}) => argv.at(-1))).toEqual([file('vda'), file('vdb')]);
		expect(planned.warnings.join(' ')).toContain('vdz got another image meanwhile');
		expect(planned.expect).toContainEqual({kind: 'snapshot', tag: 't', health: ['unmanaged', 'partial']});
		expect(planned.basis).toHaveProperty('disk vdz');
	});

	test('leaves a disk alone that somebody has given another image, and that one too', () => {
		const [vda] = withDisks(['t'], ['t']).disks!;
		const [point] = withDisks(['t'], []).snapshots!;
		const edited = facts({
			domain: {
				disks: [vda!, chained('vdb', image('/images/other.qcow2'))],
				snapshots: [{...point!, health: 'partial'}],
			},
		});
		expect(finishing(edited)!.steps.map(({argv}) => argv.at(-1))).toEqual([file('vda')]);
		expect(recoveryOf(half, edited).findings.join()).not.toContain('two points in time');
	});
});
