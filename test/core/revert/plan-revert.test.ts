import {describe, expect, test} from 'vitest';
import type {Domain} from '../../../source/core/model/domain.ts';
import type {RevertIntent} from '../../../source/core/model/intent.ts';
import type {Plan} from '../../../source/core/model/plan.ts';
import type {Refusal} from '../../../source/core/model/refusal.ts';
import {chained, disk, domain, entry, image, uuid} from '../../facts/domain.ts';
import {type FactsLike, facts} from '../../facts/facts.ts';
import {planFor, refusalOf} from '../../facts/plan.ts';
import {external, snapshot} from '../../facts/snapshot.ts';
import {saying} from '../../helpers/saying.ts';

type Wish = {readonly state?: RevertIntent['afterwards']; readonly safety?: boolean};

function intentOf(tag: string, {state, safety}: Wish): RevertIntent {
	return {verb: 'revert', tag, ...(safety && {safety}), ...(state && {afterwards: state})};
}

function planned(like: FactsLike, wish: Wish = {}): Plan {
	return planFor(facts(like), intentOf('s', wish));
}

function refused(like: FactsLike, wish: Wish = {}): Refusal {
	return refusalOf(facts(like), intentOf('s', wish));
}

const parts = [
	{target: 'vda', kind: 'internal', id: '1', file: '/images/vda.qcow2', source: '/images/vda.qcow2'},
	{target: 'vdb', kind: 'internal', id: '1', file: '/images/vdb.qcow2', source: '/images/vdb.qcow2'},
] as const;
const ok = snapshot('s');
const live = snapshot('s', {state: 'running', vmSizeBytes: 900});
const unmanaged = snapshot('s', {health: 'unmanaged', healthReason: 'Unknown.', libvirt: false});
const unmanagedLive = {...unmanaged, state: 'running', vmSizeBytes: 900};
const replaced = snapshot('s', {health: 'replaced', healthReason: 'Another took its place.'});
const onBase = external('s', '/images/vda.s.qcow2', '/images/vda.qcow2', {current: true});
const overlaid = chained('vda', image('/images/vda.s.qcow2'), image('/images/vda.qcow2'));
const clone = domain({
	uuid: 'clone',
	name: 'clone',
	disks: [chained('vda', image('/images/clone.qcow2'), image('/images/vda.qcow2'))],
});

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
