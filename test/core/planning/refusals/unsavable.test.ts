/** What QEMU saves at times, which it alone knows: shared folders (9p) that the guest has not mounted, a CPU that takes all of the host's. */
import {describe, expect, test} from 'vitest';
import {facts} from '../../../facts/facts.ts';
import {planFor, refusalOf} from '../../../facts/plan.ts';
import {saying} from '../../../helpers/saying.ts';

// QEMU, hw/9pfs/9p.c
const mounted = "Migration is disabled when VirtFS export path '/srv' is mounted in the guest using mount_tag 'srv'";
const shared = (blocked: readonly string[] | null, more: readonly string[] = []) =>
	facts({domain: {state: 'running', unsavable: ['filesystem 9p', ...more]}, blocked});
const methods = ['libvirt-internal', 'monitor', 'external-full'] as const;

test.each(methods)('%s: works while QEMU sees nothing in the way', method => {
	expect(planFor(shared([]), {verb: 'create', tag: 's', method}).method).toBe(method);
	const refusal = refusalOf(shared([mounted]), {verb: 'create', tag: 's', method});
	expect(refusal).toMatchObject({code: 'unsavable-device', reason: expect.stringContaining(`${mounted}.`)});
	expect(refusal.remedy).toEqual(saying('Unmount the shared folder in the guest, or save the disks only'));
	expect(refusalOf(shared(null), {verb: 'create', tag: 's', method})).toMatchObject({
		reason: 'QEMU cannot save the state of filesystem 9p.',
		remedy: saying('Save the disks only'),
	});
});

test('saving memory alone follows it, too', () => {
	expect(planFor(shared([]), {verb: 'save'}).verb).toBe('save');
	expect(refusalOf(shared([mounted]), {verb: 'save'})).toMatchObject({
		code: 'unsavable-device',
		remedy: saying('Unmount the shared folder in the guest, or shut it down instead'),
	});
});

test('a device that libvirt itself refuses counts, whatever QEMU says', () => {
	expect(refusalOf(shared([], ['hostdev pci']), {verb: 'create', tag: 's', method: 'external-full'}).code).toBe(
		'unsavable-device',
	);
});

describe('a CPU with the TSC of its host', () => {
	// QEMU, target/i386/kvm/kvm.c
	const invtsc = 'State blocked by non-migratable CPU device (invtsc flag)';
	const fixed = saying("fix the frequency of its TSC (virsh edit, in <clock>): <timer name='tsc' frequency='HZ'/>.");
	const cpu = (what: string, blocked: readonly string[] | null, state: 'running' | 'shut off' = 'running') =>
		facts({domain: {state, unsavable: [what]}, blocked});

	test.each(methods)('%s: works where QEMU sees nothing in the way', method => {
		const intent = {verb: 'create', tag: 's', method} as const;
		expect(planFor(cpu('cpu migratable=off', []), intent).method).toBe(method);
		const refusal = refusalOf(cpu('cpu migratable=off', [invtsc]), intent);
		expect(refusal).toMatchObject({code: 'unsavable-device', reason: expect.stringContaining(invtsc), remedy: fixed});
		expect(refusal.remedy).toEqual(saying('Save the disks only'));
		expect(refusalOf(cpu('cpu migratable=off', null), intent).reason).toContain('cpu migratable=off');
	});

	test.each(methods)('%s: never with one that libvirt itself refuses', method => {
		const refusal = refusalOf(cpu('cpu invtsc', []), {verb: 'create', tag: 's', method});
		expect(refusal).toMatchObject({reason: 'QEMU cannot save the state of cpu invtsc.', remedy: fixed});
	});

	test('saving memory alone follows it, and disks alone do not need it', () => {
		expect(refusalOf(cpu('cpu invtsc', []), {verb: 'save'})).toMatchObject({code: 'unsavable-device', remedy: fixed});
		const intent = {verb: 'create', tag: 's'} as const;
		expect(planFor(cpu('cpu invtsc', null), intent).method).toBe('external-live');
		expect(planFor(cpu('cpu invtsc', null, 'shut off'), intent).method).toBe('external-offline');
	});
});
