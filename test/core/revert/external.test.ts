/** Reverts to external snapshots. */
import {describe, expect, test} from 'vitest';
import type {Disk} from '../../../source/core/model/disk.ts';
import type {Snapshot} from '../../../source/core/model/snapshot.ts';
import {revertPlan} from '../../../source/core/revert/plan-revert.ts';
import {chained, entry, image, uuid} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {saying} from '../../helpers/saying.ts';
import {onBase, overlaid, planned, refused} from './planned.ts';

describe('external', () => {
	const old = {domain: {snapshots: [onBase], disks: [overlaid]}};
	const fresh = '/images/vda.s-2026-03-02-080910.qcow2';

	test.each([
		["<source file='/images/vda.qcow2'/>", 'snapshot-revert'],
		["<source pool='p' volume='vda.qcow2'/>", 'cp'],
	])('new libvirt, where the disk was %s: by %s', (source, first) => {
		const disks = `<devices><disk>${source}<target dev='vda'/></disk></devices>`;
		const snapshotXml = {s: `<domainsnapshot><domain>${disks}</domain></domainsnapshot>`};
		const plan = planned({...old, snapshotXml, host: {libvirt: '11.3.0', externalSnapshots: true}});
		expect(plan.steps[0]!.argv).toContain(first);
		if (first === 'cp') expect(plan.why).toContain('storage volumes');
	});

	test('by the system libvirt for a plain user: refused, as the new overlay would be hidden from him', () => {
		const host = {libvirt: '11.3.0', externalSnapshots: true, system: true};
		expect(refused({...old, host, root: false}).reason).toContain('readable by root and QEMU only');
	});

	test('old libvirt: a new overlay on the base; the old one stays', () => {
		const plan = planned(old);
		expect(plan.steps.map(step => step.argv)).toEqual([
			[
				'cp',
				'--verbose',
				'--attributes-only',
				'--no-clobber',
				'--preserve=mode,ownership',
				'--',
				'/images/vda.s.qcow2',
				fresh,
			],
			['chmod', '600', '--', fresh],
			['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', '/images/vda.qcow2', '-F', 'qcow2', fresh],
			['virsh', '-c', 'qemu:///session', 'define', '--file=/dev/stdin'],
			['virsh', '-c', 'qemu:///session', 'snapshot-current', `--domain=${uuid}`, '--snapshotname=s'],
		]);
		expect(plan.steps[3]!.input).toContain(`<source file="${fresh}"/>`);
		expect(plan.steps[3]!.input).not.toContain('vda.s.qcow2');
		expect(plan.steps[3]!.undoInput).toContain('/images/vda.s.qcow2');
		expect(plan.losses).toEqual([]);
		expect(plan.onFailure).toBe('undo');
		expect(plan.steps.every(step => step.undo !== null)).toBe(true);
		expect(plan.warnings.join(' ')).toContain('/images/vda.s.qcow2 stays on disk');
		expect(plan.expect).toContainEqual({kind: 'source', target: 'vda', file: fresh});
	});

	test('libvirt of the system gives images their owner itself', () => {
		expect(planned({...old, host: {system: true}}).steps[0]!.argv).toContain('--preserve=mode');
	});

	test("a plain user of the system's libvirt keeps the neighbour's mode: private, he could not read what QEMU owns", () => {
		const commands = (root: boolean) => {
			const plan = planFor({...facts({...old, host: {system: true}}), root}, {verb: 'revert', tag: 's'});
			return plan.steps.map(({argv}) => argv[0]);
		};
		expect(commands(false)).not.toContain('chmod');
		expect(commands(true)).toContain('chmod');
	});

	test('libvirt >= 9.9 does it, names the file that is lost, and leaves the domain off', () => {
		const plan = planned({
			domain: {...old.domain, state: 'running'},
			host: {libvirt: '11.3.0', externalSnapshots: true},
		});
		expect(plan.steps).toHaveLength(1);
		expect(plan.losses).toContain('/images/vda.s.qcow2: libvirt deletes it.');
		const made = {...onBase, current: true, revertFiles: ['/images/vda.7']};
		const again = planned({
			domain: {snapshots: [made], disks: [chained('vda', image('/images/vda.7'), image('/images/vda.qcow2'))]},
			host: {libvirt: '11.3.0', externalSnapshots: true},
		});
		expect(again.losses).toContain('/images/vda.7: libvirt deletes it.');
		expect(plan.expect).toContainEqual({kind: 'state', state: 'shut off'});
		expect(plan.warnings.join(' ')).toContain('shut off afterwards');
	});

	test('… and its snapshots inside the lost overlay forbid it', () => {
		const holding = chained('vda', image('/images/vda.s.qcow2', [entry('inner')]), image('/images/vda.qcow2'));
		expect(refused({domain: {...old.domain, disks: [holding]}, host: {externalSnapshots: true}}).code).toBe(
			'has-children',
		);
	});

	test('… also those inside one that the domain has left', () => {
		const left = '/images/vda.7';
		const refusal = refused({
			domain: {...old.domain, snapshots: [{...onBase, current: true, revertFiles: [left]}]},
			host: {libvirt: '11.3.0', externalSnapshots: true},
			directories: {'/images': {path: '/images', freeBytes: 1e12, writable: true, entries: ['vda.7']}},
			kept: [{file: left, below: ['/images/vda.qcow2'], snapshots: ['inner']}],
		});
		expect(refusal.reason).toBe('libvirt would delete /images/vda.7 and the snapshots inside it: inner.');
	});
});

describe('the disk has another target by now', () => {
	const target = (name: string) => ({...overlaid, target: name});
	const other = chained('vda', image('/images/new.qcow2'));
	const below = chained('vda', image('/images/vda.qcow2'));
	const left = {...onBase, leftOut: [{target: 'vdb', source: '/images/vdb.qcow2'}]};
	const vdb = chained('sdb', image('/images/vdb.1'), image('/images/vdb.qcow2'));

	test.each<[string, Disk[], Snapshot, string | null]>([
		['and its own is free', [target('sdb')], onBase, 'The disk that was vda in this snapshot is sdb now.'],
		['and another has its own', [other, target('vdb')], onBase, 'is vdb now, and vda is another one.'],
		['of one that it leaves out', [overlaid, vdb], left, 'The disk that was vdb in this snapshot is sdb now.'],
		['no: another disk reads what it left', [below, target('vdb')], onBase, null],
		['no: another disk has it for reading', [other, {...target('vdb'), readonly: true}], onBase, null],
		['no: it was detached', [], onBase, null],
	])('%s', (_, disks, found, reason) => {
		const outcome = revertPlan(facts({domain: {disks, snapshots: [found]}}), {verb: 'revert', tag: 's'});
		const told = 'refusal' in outcome ? outcome.refusal.reason : '';
		if (reason === null) expect(told).not.toContain('when it was taken');
		else expect(told).toContain(reason);
	});

	test('active: it is shut down first', () => {
		const {remedy} = refused({domain: {state: 'running', disks: [target('sdb')], snapshots: [onBase]}});
		expect(remedy).toEqual(saying('Shut the domain down'));
	});
});
