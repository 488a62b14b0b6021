import {describe, expect, test} from 'vitest';
import {recoveryOf} from '../../../source/core/recover/recovery.ts';
import {facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {cutOff} from '../../facts/receipt.ts';
import {file, half, none, whole, withDisks} from './two-disks.ts';

describe('images whose clusters are counted wrongly', () => {
	const miscounted = [
		{file: file('vda'), errors: 1, leaks: 66},
		{file: file('vdb'), errors: 0, leaks: 1},
	];
	const check = (what: string, target: string) => [
		'qemu-img',
		'check',
		'-q',
		'-r',
		what,
		'-f',
		'qcow2',
		'--',
		file(target),
	];
	const checks = [{argv: check('all', 'vda')}, {argv: check('leaks', 'vdb')}];
	const running = {...withDisks([], []), state: 'running', id: 1} as const;
	const create = planFor(none, {verb: 'create', tag: 't', method: 'qemu-img'});
	const live = planFor(facts({domain: running}), {verb: 'create', tag: 't', method: 'monitor'});
	const remove = planFor(whole, {verb: 'delete', tag: 't'});

	test('nothing of it is there: they are put right, and it is as before', () => {
		const {verdict, findings, choices} = recoveryOf(cutOff(create, 'rp'), {...none, miscounted});
		expect(verdict).toBe('partly');
		expect(findings).toEqual([
			`${file('vda')} has wrong cluster counts: 1 error, 66 leaked clusters (qemu-img check).`,
			`${file('vdb')} has wrong cluster counts: 1 leaked cluster (qemu-img check).`,
		]);
		expect(choices).toMatchObject([{id: 'way-back', plan: {steps: checks}}, {id: 'leave'}]);
	});

	test('all of it is there: they are put right, and it is done', () => {
		const {choices} = recoveryOf(cutOff(remove, 'dr'), {...none, miscounted});
		expect(choices).toMatchObject([{id: 'go-on', plan: {steps: checks}}, {id: 'leave'}]);
	});

	test('they come first in whatever else is to be done', () => {
		const {choices} = recoveryOf(cutOff(live, 'r'), {...half, miscounted});
		expect(choices).toMatchObject([{id: 'way-back', plan: {steps: [...checks, {}]}}, {id: 'leave'}]);
		const second = facts({domain: withDisks([], ['t'])});
		const [goOn] = recoveryOf(cutOff(remove, 'dr'), {...second, miscounted}).choices;
		expect(goOn).toMatchObject({id: 'go-on', plan: {steps: [...checks, {}]}});
	});

	test('QEMU died: that the domain is shut off now is told, too', () => {
		const {verdict, findings} = recoveryOf(cutOff(live, 'r'), {...none, miscounted});
		expect(verdict).toBe('partly');
		expect(findings).toContain('Changed: state: was running, is shut off.');
	});

	test('left alone where no step was begun, and where saved memory would find its images written to', () => {
		expect(recoveryOf(cutOff(create, 'pp'), {...none, miscounted}).verdict).toBe('untouched');
		const saved = {...none.domain, managedSave: true};
		expect(recoveryOf(cutOff(create, 'rp'), {...none, domain: saved, miscounted}).choices).toHaveLength(1);
	});
});
