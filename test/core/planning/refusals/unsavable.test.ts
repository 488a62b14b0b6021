/** Shared folders (9p): memory can be saved while the guest has none mounted, which QEMU alone knows. */
import {expect, test} from 'vitest';
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
