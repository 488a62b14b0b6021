import {describe, expect, test} from 'vitest';
import {methodChoices} from '../../../../source/core/create/methods.ts';
import {makePlan} from '../../../../source/core/make-plan.ts';
import type {Intent} from '../../../../source/core/model/intent.ts';
import {chained, entry, image} from '../../../facts/domain.ts';
import {facts, host} from '../../../facts/facts.ts';
import {snapshot} from '../../../facts/snapshot.ts';
import {saying} from '../../../helpers/saying.ts';

const file = '/images/vda.qcow2';
const create = (method: 'qemu-img' | 'libvirt-internal' | 'external-live'): Intent => ({
	verb: 'create',
	tag: 't',
	method,
});
const notWritable = {refusal: {code: 'not-writable', remedy: saying('sudo')}};

describe('an image that may be read but not written to', () => {
	const closed = facts({readOnly: [file], root: false});

	test('qemu-img is refused, in the menu as well; libvirt has rights of its own', () => {
		expect(makePlan(closed, create('qemu-img'))).toMatchObject(notWritable);
		const choices = methodChoices(closed, {verb: 'create', tag: 't'});
		expect(choices.find(({method}) => method.id === 'qemu-img')?.refusal?.code).toBe('not-writable');
		expect(makePlan(closed, create('libvirt-internal'))).toHaveProperty('plan');
	});

	test('going back to and deleting what libvirt does not know is refused too', () => {
		const unmanaged = facts({
			readOnly: [file],
			root: false,
			domain: {
				disks: [chained('vda', image(file, [entry('t', {id: '1'})]))],
				snapshots: [
					snapshot('t', {
						libvirt: false,
						health: 'unmanaged',
						disks: [{target: 'vda', kind: 'internal', id: '1', file, source: file}],
					}),
				],
			},
		});
		expect(makePlan(unmanaged, {verb: 'revert', tag: 't'})).toMatchObject(notWritable);
		expect(makePlan(unmanaged, {verb: 'delete', tag: 't'})).toMatchObject(notWritable);
	});
});

describe('overlays that libvirt makes of a running domain', () => {
	const of = (system: boolean, root?: boolean) =>
		makePlan(
			facts({host: {...host, system}, domain: {state: 'running', id: 1}, ...(root === undefined ? {} : {root})}),
			create('external-live'),
		);

	test('are refused where only root and QEMU could read them', () => {
		expect(of(true, false)).toMatchObject({refusal: {code: 'unreadable-image'}});
	});

	test.each([
		[true, true],
		[false, false],
	])("the machine's daemon: %s, root: %s", (system, root) => {
		expect(of(system, root)).toHaveProperty('plan');
	});
});

test('files in a folder that may not be written to are neither made nor removed by us', () => {
	const directories = {'/images': {path: '/images', freeBytes: 1e12, writable: false, entries: ['vda.qcow2']}};
	const outcome = makePlan(facts({root: false, host: {...host, system: true}, directories}), {
		verb: 'clone',
		name: 'new',
	});
	expect(outcome).toMatchObject(notWritable);
});

test('root is not sent to sudo, but to what keeps even root out', () => {
	const {refusal} = makePlan(facts({readOnly: [file], root: true}), create('qemu-img')) as {refusal: {remedy: string}};
	expect(refusal.remedy).toContain('findmnt -T');
	expect(refusal.remedy).not.toContain('sudo');
});
