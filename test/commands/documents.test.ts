import {expect, test} from 'vitest';
import {listDocument, planDocument, receiptEntry, recoveryEntry} from '../../source/commands/show/documents.ts';
import {makePlan} from '../../source/core/make-plan.ts';
import {typedThere} from '../../source/core/words/remedy.ts';
import {chained, domain, GiB, image, taken, uuid} from '../facts/domain.ts';
import {facts, host, inactiveXml} from '../facts/facts.ts';
import {planFor} from '../facts/plan.ts';
import {receiptOf} from '../facts/receipt.ts';
import {snapshot} from '../facts/snapshot.ts';

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
						protected: false,
						expiresAt: null,
						ownBytes: null,
						sinceBytes: null,
						disks: [{target: 'vda', kind: 'internal', id: '1', file: '/images/vda.qcow2'}],
						leftOut: [],
					},
				],
			},
		],
	});
});

test('list --json says where the data of an image is, where that is another file', () => {
	const apart = domain({disks: [chained('vda', {...image('/images/vda.qcow2'), dataFile: '/images/vda.bytes'})]});
	const [layer] = listDocument({host, domains: [apart]}).domains[0]!.disks[0]!.chain;
	expect(layer).toMatchObject({file: '/images/vda.qcow2', dataFile: '/images/vda.bytes'});
});

test('list DOMAIN --json has the sizes that could be read in time', () => {
	const one = {...{tag: 's', duplicates: 0, about: true, reason: null, disks: []}, ownBytes: 4096, sinceBytes: null};
	const domains = [domain({snapshots: [snapshot('s'), snapshot('late')]})];
	const {snapshots} = listDocument({host, domains}, {reclaimable: [], sizes: [one]}).domains[0]!;
	expect(snapshots.map(({tag, ownBytes, sinceBytes}) => [tag, ownBytes, sinceBytes])).toEqual([
		['s', 4096, null],
		['late', null, null],
	]);
});

test.each([false, true])('plan --json says that a picture is kept: %j', pictures => {
	const known = facts();
	const inactiveXml = '<domain><devices><video/></devices></domain>';
	const domain = {...known.domain, state: 'running', id: 1} as const;
	const plan = planFor({...known, domain, inactiveXml, pictures}, {verb: 'create', tag: 's'});
	expect(planDocument({plan}, typedThere).plan?.picture).toBe(pictures);
});

test('plan --json: a plan or a refusal, as scripts read them', () => {
	const plan = planDocument(makePlan(facts(), {verb: 'create', tag: 's'}), typedThere);
	expect(Object.keys(plan.plan ?? {})).toEqual(
		expect.arrayContaining(['verb', 'domain', 'method', 'why', 'consistency', 'pause', 'steps', 'losses', 'warnings']),
	);
	expect(Object.keys(plan.plan?.steps[0] ?? {})).toEqual(['title', 'argv', 'changes', 'undo']);
	expect(planDocument(makePlan(facts(), {verb: 'create', tag: '7'}), typedThere)).toEqual({
		refusal: {
			code: 'bad-tag',
			reason: 'The tag is a number, which QEMU would take for the ID of a snapshot.',
			remedy: 'Choose another tag, such as before-upgrade.',
		},
	});
});

test('no document holds a password of a definition, which only virsh is handed', () => {
	const known = facts();
	const graphics = `<graphics type='vnc' passwd='s3cr3t'/></devices>`;
	const xml = inactiveXml(known.domain).replace('</devices>', graphics);
	const plan = planFor({...known, inactiveXml: xml}, {verb: 'clone', name: 'copy'});
	expect(JSON.stringify(plan)).toContain('s3cr3t');
	const receipt = receiptOf(plan);
	const choices = [{id: 'roll-back', label: '', plan}] as const;
	const recovery = {findings: [], choices, refusals: []} as never;
	for (const document of [
		planDocument({plan}, typedThere),
		receiptEntry(receipt, typedThere),
		recoveryEntry(recovery, typedThere),
	]) {
		const printed = JSON.stringify(document);
		expect(printed).not.toContain('s3cr3t');
		expect(printed).toContain('virsnap-left-out-0');
	}
});
