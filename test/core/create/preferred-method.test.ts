import {describe, expect, test} from 'vitest';
import {methodChoices, methods} from '../../../source/core/create/methods.ts';
import type {Domain} from '../../../source/core/model/domain.ts';
import {cdrom, disk} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {external, snapshot} from '../../facts/snapshot.ts';
import {planned, type Wish} from './wish.ts';

const raw = disk('vda', {format: 'raw'});
const orphan = snapshot('before', {health: 'orphaned'});
const overlaid = external('before', '/images/vda.before.qcow2', '/images/vda.qcow2');
const uefi = {kind: 'uefi', nvram: {file: '/nvram', format: 'raw'}} as const;

describe('the choice of the method', () => {
	test.each<[string, Partial<Domain>, Wish, string]>([
		['shut off, qcow2', {}, {}, 'libvirt-internal'],
		['shut off, with internal snapshots', {snapshots: [snapshot('before')]}, {}, 'libvirt-internal'],
		['shut off, with an internal one that is gone', {snapshots: [orphan]}, {}, 'libvirt-internal'],
		['shut off, with external snapshots', {snapshots: [overlaid]}, {}, 'external-offline'],
		['shut off, a device without saved state', {unsavable: ['hostdev pci']}, {}, 'external-offline'],
		['shut off, external preferred', {}, {prefer: 'external'}, 'external-offline'],
		['shut off, internal preferred', {snapshots: [overlaid]}, {prefer: 'internal'}, 'libvirt-internal'],
		['running, external preferred', {state: 'running'}, {prefer: 'external'}, 'external-full'],
		[
			'running, internal preferred',
			{state: 'running', snapshots: [overlaid]},
			{prefer: 'internal'},
			'libvirt-internal',
		],
		['running, a preference that cannot be', {state: 'running', disks: [raw]}, {prefer: 'internal'}, 'external-full'],
		[
			'running, a disk that libvirt leaves out while shut off',
			{state: 'running', disks: [disk('vda'), disk('vdb', {snapshotPolicy: 'no'})]},
			{},
			'external-full',
		],
		['shut off, raw', {disks: [raw]}, {}, 'external-offline'],
		['shut off, qcow2 and raw', {disks: [disk('vda'), disk('vdb', {format: 'raw'})]}, {}, 'external-offline'],
		['shut off, with a folder for overlays', {}, {dir: '/images'}, 'external-offline'],
		['shut off, UEFI with raw variables', {firmware: uefi}, {}, 'external-offline'],
		['running, qcow2', {state: 'running'}, {}, 'libvirt-internal'],
		['running, with external snapshots', {state: 'running', snapshots: [overlaid]}, {}, 'external-full'],
		['running, with both kinds', {state: 'running', snapshots: [snapshot('before'), overlaid]}, {}, 'libvirt-internal'],
		['idle, qcow2', {state: 'idle'}, {}, 'libvirt-internal'],
		['paused, qcow2', {state: 'paused'}, {}, 'libvirt-internal'],
		['running, raw', {state: 'running', disks: [raw]}, {}, 'external-full'],
		['running, UEFI with raw variables', {state: 'running', firmware: uefi}, {}, 'external-full'],
		['running, disks only', {state: 'running'}, {scope: 'disk-only'}, 'external-live'],
		['running, memory', {state: 'running'}, {scope: 'memory'}, 'libvirt-internal'],
		['running, memory, raw', {state: 'running', disks: [raw]}, {scope: 'memory'}, 'external-full'],
		['running, a device without saved state', {state: 'running', unsavable: ['hostdev pci']}, {}, 'external-live'],
		['running, freeze', {state: 'running', agent: 'connected'}, {quiesce: true}, 'external-live'],
		[
			'read-only and empty drives do not count',
			{state: 'running', disks: [disk('vda'), cdrom]},
			{},
			'libvirt-internal',
		],
	])('%s → %s', (_, like, wish, method) => {
		expect(planned({domain: like}, wish).method).toBe(method);
	});

	test('says why, and why not the first choice', () => {
		expect(planned({domain: {state: 'running', disks: [raw]}}).why).toBe(
			'Running; disks and memory in one point in time, in files of their own. Not internal, as it must work while running too: vda is raw; snapshots inside an image need qcow2.',
		);
	});

	test.each<[string, Partial<Domain>, Wish, string]>([
		['works in both', {}, {}, 'Internal snapshots of it work while running and while shut off.'],
		['preferred', {}, {prefer: 'external'}, 'Preferred: external.'],
		['only running', {unsavable: ['hostdev pci']}, {}, 'must work while running too: QEMU cannot save the state of'],
	])('says why this kind: %s', (_, like, wish, words) => {
		expect(planned({domain: like}, wish).why).toContain(words);
	});

	test.each<Partial<Domain>>([{}, {disks: [raw]}, {firmware: uefi}, {unsavable: ['filesystem 9p']}])(
		'one kind, whatever the state: %j',
		like => {
			const kinds = (['running', 'paused', 'shut off'] as const).map(state =>
				planned({domain: {...like, state}}).method?.startsWith('external'),
			);
			expect(new Set(kinds).size).toBe(1);
		},
	);

	test('says that a domain stays with the kind of snapshots it has', () => {
		expect(planned({domain: {snapshots: [snapshot('before')]}}).why).toBe(
			'Shut off; all disks are qcow2: libvirt keeps disks and memory together, inside the images. Its other snapshots are internal too.',
		);
	});

	test('a menu shows each method, with the reason where it cannot', () => {
		const rows = methodChoices(facts({domain: {state: 'running'}}), {verb: 'create', tag: 'fresh'});
		expect(rows.map(({method, refusal}) => [method.id, refusal?.code ?? null])).toEqual([
			['libvirt-internal', null],
			['external-offline', 'wrong-state'],
			['external-full', null],
			['external-live', null],
			['qemu-img', 'wrong-state'],
			['monitor', null],
		]);
	});

	test('each method has a row of its own', () => {
		expect(new Set(methods.map(method => method.id)).size).toBe(6);
	});
});
