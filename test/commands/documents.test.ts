import {expect, test} from 'vitest';
import {listDocument, planDocument} from '../../source/commands/show/documents.ts';
import {makePlan} from '../../source/core/make-plan.ts';
import {domain, facts, GiB, host, snapshot, taken, uuid} from '../core/facts.ts';

test('list --json', () => {
	expect(listDocument({host, domains: [domain({snapshots: [snapshot('s')]})]})).toEqual({
		connection: {uri: 'qemu:///session', libvirt: '9.0.0', qemu: '7.2.22'},
		domains: [
			{
				uuid,
				name: 'web',
				id: null,
				state: 'shut off',
				disks: [
					{
						target: 'vda',
						source: '/images/vda.qcow2',
						format: 'qcow2',
						device: 'disk',
						readonly: false,
						chain: [{file: '/images/vda.qcow2', format: 'qcow2', virtualSizeBytes: 10 * GiB, actualSizeBytes: GiB}],
					},
				],
				snapshots: [
					{
						tag: 's',
						health: 'ok',
						kind: 'internal',
						state: 'shutoff',
						createdAt: taken,
						vmSizeBytes: 0,
						vmClockNs: 0,
						parent: null,
						current: false,
						description: null,
						libvirt: true,
						ownBytes: null,
						sinceBytes: null,
						disks: [{target: 'vda', kind: 'internal', id: '1', file: '/images/vda.qcow2'}],
					},
				],
			},
		],
	});
});

test('plan --json: a plan or a refusal, as scripts read them', () => {
	const plan = planDocument(makePlan(facts(), {verb: 'create', tag: 's'}));
	expect(Object.keys(plan.plan ?? {})).toEqual(
		expect.arrayContaining(['verb', 'domain', 'method', 'why', 'consistency', 'pause', 'steps', 'losses', 'warnings']),
	);
	expect(Object.keys(plan.plan?.steps[0] ?? {})).toEqual(['title', 'argv', 'changes', 'undo']);
	expect(planDocument(makePlan(facts(), {verb: 'create', tag: '7'}))).toEqual({
		refusal: {
			code: 'bad-tag',
			reason: 'The tag is a number, which QEMU would take for the ID of a snapshot.',
			remedy: 'Choose another tag, such as before-upgrade.',
		},
	});
});
