import {describe, expect, test} from 'vitest';
import {makePlan} from '../../../../source/core/make-plan.ts';
import {chained, image} from '../../../facts/domain.ts';
import {facts} from '../../../facts/facts.ts';
import {saying} from '../../../helpers/saying.ts';

const base = '/images/vda.qcow2';
const overlay = '/images/vda.s.qcow2';
const held = (file: string) =>
	facts({
		domain: {disks: [chained('vda', image(overlay), image(base))]},
		writers: [{pid: 4711, name: 'qemu-system-x86', file}],
	});

test.each([{verb: 'create', tag: 't'}, {verb: 'start'}, {verb: 'clone', name: 'two'}] as const)(
	'while a process that libvirt has lost writes to its images nothing is planned: $verb',
	intent => {
		const outcome = makePlan(held(overlay), intent);
		expect(outcome).toMatchObject({
			refusal: {
				code: 'busy',
				reason: `qemu-system-x86 (process 4711) writes to ${overlay}, though libvirt says that the domain is shut off: libvirt may have lost track of it.`,
			},
		});
		expect('refusal' in outcome && outcome.refusal.remedy).toBe(
			'Stop it (a power cut for the guest): kill 4711; then try again.',
		);
	},
);

test('one that runs on a base is told as well: the definition names another file', () => {
	expect(makePlan(held(base), {verb: 'start'})).toMatchObject({
		refusal: {remedy: saying('put that file into the definition (virsh edit)')},
	});
});

describe('a layer that QEMU does not have open', () => {
	const running = facts({
		domain: {state: 'running', id: 7, disks: [chained('vda', image(overlay), image(base))]},
		notOpen: [base],
	});
	test.each([
		{verb: 'create', tag: 't'},
		{verb: 'save'},
		{verb: 'shutdown'},
		{verb: 'destroy'},
		{verb: 'clone', name: 'two'},
	] as const)('whatever ends QEMU or merges layers is refused: $verb', intent => {
		expect(makePlan(running, intent)).toMatchObject({
			refusal: {code: 'unhealthy', reason: saying(`vda: QEMU does not have ${base} open.`)},
		});
	});

	test.each([{verb: 'suspend'}] as const)('whatever leaves the disks alone is not: $verb', intent => {
		expect(makePlan(running, intent)).toHaveProperty('plan');
	});
});
