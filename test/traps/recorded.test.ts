/** Traps that no lab can provoke: hardware and security modules, from recorded XML and words. */

import {expect, test} from 'vitest';
import {makePlan} from '../../source/core/make-plan.ts';
import type {Facts} from '../../source/core/model/facts.ts';
import {parseDomainXml} from '../../source/libvirt/domain-xml.ts';
import {remedyFor} from '../../source/libvirt/remedies.ts';
import {disk} from '../facts/domain.ts';
import {facts} from '../facts/facts.ts';
import {saying} from '../helpers/saying.ts';
import {fixture} from '../libvirt/fixture.ts';

/** The recorded domain with plain disks, so that only its devices stand in the way. */
function running(xml: string): Facts {
	const {unsavable, tpm} = parseDomainXml(xml);
	return facts({domain: {state: 'running', unsavable, tpm, disks: [disk('vda')]}});
}

test.each([
	['VFIO', 'exotic.xml', 'hostdev pci', 'libvirt-9.0'],
	['virtiofs', 'virtiofs.xml', 'filesystem virtiofs', 'libvirt-11.3'],
	['vDPA', 'vdpa.xml', 'vdpa', 'libvirt-11.3'],
])('trap 22: %s has no memory that could be saved', (_, file, device, version) => {
	const world = running(fixture(file, version));
	for (const method of ['libvirt-internal', 'monitor', 'external-full'] as const) {
		const outcome = makePlan(world, {verb: 'create', tag: 'x', method});
		expect(outcome).toMatchObject({refusal: {code: 'unsavable-device', reason: expect.stringContaining(device)}});
	}

	expect(makePlan(world, {verb: 'create', tag: 'x'})).toMatchObject({plan: {method: 'external-live'}});
});

test('trap 22: the state of a TPM is not in a snapshot of the disks, and the plan says so', () => {
	const world = running(fixture('exotic.xml'));
	const outcome = makePlan(world, {verb: 'create', tag: 'x', method: 'external-live'});
	expect(outcome).toMatchObject({plan: {warnings: expect.arrayContaining([expect.stringContaining('TPM')])}});
});

test('trap 22: a domain that suspended itself is woken first', () => {
	const outcome = makePlan(facts({domain: {state: 'pmsuspended'}}), {verb: 'create', tag: 'x'});
	expect(outcome).toMatchObject({refusal: {code: 'wrong-state', remedy: saying('dompmwakeup')}});
});

test.each([
	['shareable', {shareable: true}],
	['transient', {transient: true}],
	['lun', {device: 'lun', type: 'block', format: 'raw'}],
	['network', {type: 'network', format: 'raw', source: 'rbd:pool/name', chain: []}],
	['nvme', {type: 'nvme', format: 'raw', source: 'nvme', chain: []}],
] as const)('trap 22: a %s disk is refused for what it is', (_, more) => {
	const outcome = makePlan(facts({domain: {state: 'running', disks: [disk('vda', more)]}}), {
		verb: 'create',
		tag: 'x',
		method: 'external-live',
	});
	expect(outcome).toMatchObject({refusal: {code: 'unsupported-disk', reason: expect.stringContaining('vda')}});
});

test.each([
	['error: Operation not supported: live disk snapshot not supported with this QEMU binary', 'shut the domain off'],
	[
		"error: internal error: unable to execute QEMU command 'blockdev-add': Could not open '/srv/other/a.x.qcow2': Permission denied",
		'namei -l',
	],
	[
		'error: Timed out during operation: cannot acquire state change lock (held by monitor=remoteDispatchDomainSnapshotCreateXML)',
		'wait for it',
	],
])('trap 22: words that only other machines say have a remedy: %s', (words, remedy) => {
	expect(remedyFor(words)).toContain(remedy);
});
