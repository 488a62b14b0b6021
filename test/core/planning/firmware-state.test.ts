import {expect, test} from 'vitest';
import type {Facts} from '../../../source/core/model/facts.ts';
import type {MethodId} from '../../../source/core/model/intent.ts';
import type {Snapshot} from '../../../source/core/model/snapshot.ts';
import {facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {external, snapshot} from '../../facts/snapshot.ts';

const firmware = {kind: 'uefi', nvram: {file: '/images/vars.qcow2', format: 'qcow2'}} as const;
const newest = {libvirt: '12.8.0', qemu: '11.1.0', externalSnapshots: true};
const withTpm = (state: 'running' | 'shut off', snapshots: readonly Snapshot[] = []): Facts =>
	facts({host: newest, domain: {state, firmware, tpm: true, snapshots}});

const taken = 'The UEFI variables and the state of the TPM are part of it: a revert brings them back';
const left = 'The UEFI variables and the state of the TPM are not part of it: a revert leaves them as they are then.';

test.each<[MethodId, 'running' | 'shut off', string]>([
	['libvirt-internal', 'running', taken],
	['monitor', 'running', taken],
	['external-full', 'running', taken],
	['external-live', 'running', left],
	['libvirt-internal', 'shut off', left],
	['qemu-img', 'shut off', left],
	['external-offline', 'shut off', left],
])('a new snapshot says what becomes of UEFI variables and TPM: %s, %s', (method, state, expected) => {
	const {warnings} = planFor(withTpm(state), {verb: 'create', tag: 's', method});
	expect(warnings.filter(text => String(text).includes('TPM'))).toEqual([expect.stringContaining(expected)]);
});

test('of variables in JSON as well: QEMU saves them with the memory, and no image of them is in the way', () => {
	const json = {kind: 'uefi', nvram: {file: '/varstore/web.json', format: 'json'}} as const;
	const saying = (method: MethodId) =>
		planFor(facts({host: newest, domain: {state: 'running', firmware: json}}), {verb: 'create', tag: 's', method})
			.warnings;
	for (const method of ['libvirt-internal', 'monitor', 'external-full'] as const)
		expect(saying(method)).toContainEqual(expect.stringContaining('The UEFI variables are part of it'));
	expect(saying('external-live')).toContainEqual(expect.stringContaining('The UEFI variables are not part of it'));
});

test.each<[string, Snapshot, string]>([
	['internal with memory', snapshot('s', {state: 'running', vmSizeBytes: 1000}), 'are taken back to that time as well'],
	[
		'a full checkpoint in files of its own',
		external('s', '/images/vda.s.qcow2', '/images/vda.qcow2', {state: 'running', memoryFile: '/images/web.memory'}),
		'are taken back to that time as well: later changes to them are lost.',
	],
	['internal, shut off', snapshot('s'), 'stay as they are.'],
	[
		'by qemu-img, memory not loaded',
		snapshot('s', {libvirt: false, health: 'unmanaged', vmSizeBytes: 1000}),
		'stay as they are.',
	],
	['disks alone', external('s', '/images/vda.s.qcow2', '/images/vda.qcow2'), 'stay as they are.'],
])('a revert says what becomes of them: %s', (_, one, expected) => {
	const found = withTpm('shut off', [one]);
	const memory = {xml: found.inactiveXml, sources: [], writtenAt: null, changedSince: []};
	const saveImages = one.memoryFile === null ? {} : {[one.memoryFile]: memory};
	// Where libvirt reverts no external snapshot, the memory is loaded by a step of its own.
	for (const host of [newest, {libvirt: '9.0.0', externalSnapshots: false}]) {
		const {warnings} = planFor({...found, saveImages, host: {...found.host, ...host}}, {verb: 'revert', tag: 's'});
		expect(warnings.filter(text => String(text).includes('TPM'))).toEqual([expect.stringContaining(expected)]);
	}
});

test('of one without either nothing is said', () => {
	expect(JSON.stringify(planFor(facts(), {verb: 'create', tag: 's'}).warnings)).not.toMatch(/UEFI|TPM/);
});
