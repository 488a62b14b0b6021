/** How a revert is done, by health and state; its refusals, its commands, and a safety snapshot first. */
import {describe, expect, test} from 'vitest';
import {makePlan} from '../../../source/core/make-plan.ts';
import type {Domain} from '../../../source/core/model/domain.ts';
import {chained, disk, entry, image, uuid} from '../../facts/domain.ts';
import {type FactsLike, facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {external, snapshot} from '../../facts/snapshot.ts';
import {saying} from '../../helpers/saying.ts';
import {
	clone,
	intentOf,
	live,
	ok,
	onBase,
	overlaid,
	parts,
	planned,
	refused,
	replaced,
	unmanaged,
	unmanagedLive,
	type Wish,
} from './planned.ts';

describe('how to revert, by health and state', () => {
	test.each<[string, Partial<Domain>, Wish, string, string, string | null]>([
		['shut off → shut off', {snapshots: [ok]}, {}, 'libvirt-internal', 'shut off', 's'],
		['shut off → running', {snapshots: [live]}, {}, 'libvirt-internal', 'running', 's'],
		['running → shut off', {state: 'running', snapshots: [ok]}, {}, 'libvirt-internal', 'shut off', 's'],
		['running → running', {state: 'running', snapshots: [live]}, {}, 'libvirt-internal', 'running', 's'],
		[
			'running → paused on request',
			{state: 'running', snapshots: [live]},
			{state: 'paused'},
			'libvirt-internal',
			'paused',
			's',
		],
		['paused snapshot', {snapshots: [{...live, state: 'paused'}]}, {}, 'libvirt-internal', 'paused', 's'],
		['unmanaged, shut off', {snapshots: [unmanaged]}, {}, 'qemu-img', 'shut off', 's'],
		['unmanaged, shut off, then running', {snapshots: [unmanaged]}, {state: 'running'}, 'qemu-img', 'running', 's'],
		['unmanaged with memory, shut off', {snapshots: [unmanagedLive]}, {}, 'qemu-img', 'shut off', 's'],
		['unmanaged with memory, running', {state: 'running', snapshots: [unmanagedLive]}, {}, 'monitor', 'running', 's'],
		['unmanaged with memory, paused', {state: 'paused', snapshots: [unmanagedLive]}, {}, 'monitor', 'paused', 's'],
		['replaced, shut off', {snapshots: [replaced]}, {}, 'qemu-img', 'shut off', 's'],
		[
			'replaced, running',
			{state: 'running', snapshots: [{...replaced, vmSizeBytes: 900}]},
			{},
			'monitor',
			'running',
			's',
		],
		['external, shut off', {snapshots: [onBase], disks: [overlaid]}, {}, 'external-live', 'shut off', null],
	])('%s', (_, like, wish, method, state, confirm) => {
		const plan = planned({domain: like}, wish);
		expect(plan.method).toBe(method);
		expect(plan.expect).toContainEqual({kind: 'state', state});
		expect(plan.confirm).toBe(confirm);
	});
});

describe('refusals', () => {
	const healths = ['orphaned', 'partial', 'missing-files'] as const;
	test.each<[string, FactsLike, string]>([
		['no such snapshot', {}, 'not-found'],
		['managed save', {domain: {state: 'saved', managedSave: true, snapshots: [ok]}}, 'saved-memory'],
		['asleep', {domain: {state: 'pmsuspended', snapshots: [ok]}}, 'wrong-state'],
		...healths.map(
			health =>
				[health, {domain: {snapshots: [snapshot('s', {health, healthReason: 'Ill.'})]}}, 'unhealthy'] as [
					string,
					FactsLike,
					string,
				],
		),
		[
			'unreadable image',
			{domain: {snapshots: [ok], disks: [disk('vda', {chain: [], unreadable: {reason: 'x', remedy: 'y'}})]}},
			'unreadable-image',
		],
		['base of a clone', {domain: {snapshots: [ok]}, others: [clone]}, 'has-dependants'],
		[
			'in the base, under an overlay',
			{domain: {snapshots: [ok], disks: [chained('vda', image('/images/vda.x.qcow2'), image('/images/vda.qcow2'))]}},
			'has-dependants',
		],
		[
			'under an overlay left aside',
			{domain: {snapshots: [ok, external('x', '/images/vda.x.qcow2', '/images/vda.qcow2')]}},
			'has-dependants',
		],
		[
			'in an image that is not in use',
			{domain: {snapshots: [ok], disks: [disk('vda', {source: '/images/other.qcow2'})]}},
			'not-leaf',
		],
		['the disk is gone', {domain: {snapshots: [ok], disks: [disk('vdb')]}}, 'unsupported'],
		[
			'reads as an ID',
			{
				domain: {
					snapshots: [ok],
					disks: [disk('vda', {chain: [image('/images/vda.qcow2', [entry('s'), entry('y', {id: 's'})])]})],
				},
			},
			'ambiguous-tag',
		],
		[
			'stands twice',
			{
				domain: {
					snapshots: [ok],
					disks: [disk('vda', {chain: [image('/images/vda.qcow2', [entry('s'), entry('s', {id: '2'})])]})],
				},
			},
			'ambiguous-tag',
		],
		['no memory to load into a running domain', {domain: {state: 'running', snapshots: [unmanaged]}}, 'wrong-state'],
		[
			'qemu-img on another machine',
			{domain: {snapshots: [unmanaged]}, host: {elsewhere: 'libvirt runs on far'}},
			'unsupported',
		],
		[
			'external, running, old libvirt',
			{domain: {state: 'running', snapshots: [onBase], disks: [overlaid]}},
			'wrong-state',
		],
		[
			'external, base not recorded',
			{
				domain: {
					snapshots: [
						external('s', '/images/vda.s.qcow2', '', {
							disks: [{target: 'vda', kind: 'external', id: null, file: '/x', source: null}],
						}),
					],
					disks: [overlaid],
				},
			},
			'no-external-revert',
		],
		[
			'mixed kinds',
			{domain: {snapshots: [{...onBase, disks: [...onBase.disks, parts[1]]}], disks: [overlaid, disk('vdb')]}},
			'unsupported',
		],
	])('%s → %s', (_, like, code) => {
		const refusal = refused(like);
		expect(refusal.code).toBe(code);
		expect(refusal.remedy).not.toBe('');
	});

	test('an orphan says what libvirt would do', () => {
		const orphan = snapshot('s', {health: 'orphaned', healthReason: 'A revert would shut a running domain off.'});
		expect(refused({domain: {state: 'running', snapshots: [orphan]}}).reason).toContain('shut a running domain off');
	});
});

describe('commands', () => {
	const address = ['virsh', '-c', 'qemu:///session'];

	test('libvirt: the name is never an option', () => {
		const like = {domain: {snapshots: [snapshot('--force')]}};
		const plan = planFor(facts(like), intentOf('--force', {state: 'running'}));
		expect(plan.steps.map(step => step.argv)).toEqual([
			[...address, 'snapshot-revert', `--domain=${uuid}`, '--snapshotname=--force', '--running'],
		]);
	});

	test.each([
		['7.0.0', 'running', true],
		['7.0.0', 'shut off', false],
		['9.0.0', 'running', false],
	] as const)('libvirt %s, %s: forced where it would not start QEMU anew (%s)', (libvirt, state, forced) => {
		const plan = planned({domain: {state, snapshots: [snapshot('s')]}, host: {libvirt}});
		expect(plan.steps[0]!.argv.includes('--force')).toBe(forced);
	});

	test('qemu-img: every disk, then the start that was asked for', () => {
		const plan = planned(
			{domain: {snapshots: [{...unmanaged, disks: parts}], disks: [disk('vda'), disk('vdb')]}},
			{state: 'paused'},
		);
		expect(plan.steps.map(step => step.argv)).toEqual([
			['qemu-img', 'snapshot', '-a', 's', '/images/vda.qcow2'],
			['qemu-img', 'snapshot', '-a', 's', '/images/vdb.qcow2'],
			[...address, 'start', `--domain=${uuid}`, '--paused'],
		]);
		expect(plan.onFailure).toBe('stop');
	});

	test('qemu-img brings no memory back, and says so', () => {
		expect(planned({domain: {snapshots: [unmanagedLive]}}).warnings.join(' ')).toContain('memory is not loaded');
	});

	test('monitor: judged by silence, resumed or paused as asked', () => {
		const plan = planned({domain: {state: 'running', snapshots: [unmanagedLive]}}, {state: 'paused'});
		expect(plan.steps.map(step => [step.argv.at(-1), step.success])).toEqual([
			['--cmd=loadvm "s"', 'silent'],
			[`--domain=${uuid}`, 'exit'],
		]);
		expect(plan.losses).toHaveLength(2);
	});

	test('how much is lost is said where it was read', () => {
		const size = {
			tag: 's',
			duplicates: 0,
			about: true,
			ownBytes: null,
			sinceBytes: 3 * 1024 ** 2,
			reason: null,
			disks: [],
		};
		const [loss] = planned({domain: {state: 'running', snapshots: [unmanagedLive]}, sizes: [size]}).losses;
		expect(loss).toMatch(/^Everything written to .* since .* \(about 3 MiB\)\.$/);
	});

	test('disks added since leave the domain with its old definition', () => {
		const snapshotXml = {
			s: "<domainsnapshot><domain><devices><disk><source file='/images/vda.qcow2'/><target dev='vda'/></disk></devices></domain></domainsnapshot>",
		};
		const plan = planned({domain: {snapshots: [ok], disks: [disk('vda'), disk('vdb')]}, snapshotXml});
		expect(plan.warnings.join(' ')).toContain('removed: vdb');
	});
});

describe('a safety snapshot first', () => {
	const tag = 's-before-revert-2026-03-02-080910';
	test.each<[string, FactsLike, string, string]>([
		['internal, shut off', {domain: {snapshots: [ok]}}, 'snapshot-create-as', 'ok'],
		['internal, running', {domain: {state: 'running', snapshots: [live]}}, 'snapshot-create-as', 'ok'],
		[
			'external, new libvirt',
			{domain: {snapshots: [onBase], disks: [overlaid]}, host: {externalSnapshots: true, libvirt: '11.10.0'}},
			'snapshot-create-as',
			'ok',
		],
	])('%s', (_, like, command, health) => {
		const plan = planned(like, {safety: true});
		expect(plan.steps).toHaveLength(2);
		expect(plan.steps[0]!.argv).toContain(command);
		expect(plan.steps[0]!.argv).toContain(`--name=${tag}`);
		expect(plan.losses).toEqual([]);
		expect(plan.confirm).toBe((like.domain?.state ?? 'shut off') === 'shut off' ? null : 's');
		expect(plan.wayBack).toContain(tag);
		expect(plan.expect).toContainEqual({kind: 'snapshot', tag, health: [health], alone: true});
	});

	test('not where the revert can be undone anyway', () => {
		expect(planned({domain: {snapshots: [onBase], disks: [overlaid]}}, {safety: true}).steps).toHaveLength(5);
	});

	test('an external one never for an internal revert: it would move the disk off the image', () => {
		const plan = planned(
			{domain: {snapshots: [ok], firmware: {kind: 'uefi', nvram: {file: '/n', format: 'raw'}}}},
			{safety: true},
		);
		expect(plan.steps[0]!.argv.slice(0, 3)).toEqual(['qemu-img', 'snapshot', '-c']);
	});
});

test.each<[string, FactsLike]>([
	['checkpoints', {domain: {snapshots: [snapshot('s')]}, checkpoints: ['monday']}],
	[
		'bitmaps in the image',
		{
			domain: {
				snapshots: [snapshot('s')],
				disks: [disk('vda', {chain: [{...image('/images/vda.qcow2', [entry('s')]), bitmaps: ['monday']}]})],
			},
		},
	],
])('%s: no snapshot is loaded', (_, like) => {
	expect(refused(like)).toMatchObject({
		code: 'unsupported',
		reason: expect.stringContaining('monday'),
		remedy: saying('monday'),
	});
});

test.each([
	['running', '2026-02-01T10:00:00.000Z', 'ambiguous-tag'],
	['running', undefined, null],
	['shut off', '2026-02-01T10:00:00.000Z', null],
] as const)('%s, an excluded disk has one of that tag of %s: %s', (state, createdAt, code) => {
	const another = entry('s', createdAt === undefined ? {} : {createdAt});
	const disks = [
		disk('vda', {chain: [image('/images/vda.qcow2', [entry('s')])]}),
		disk('vdb', {snapshotPolicy: 'no', chain: [image('/images/vdb.qcow2', [another])]}),
	];
	for (const verb of ['revert', 'delete'] as const) {
		const outcome = makePlan(facts({domain: {state, disks, snapshots: [unmanagedLive]}}), {verb, tag: 's'});
		expect('refusal' in outcome ? outcome.refusal.code : null).toBe(code);
	}
});
