import {describe, expect, test} from 'vitest';
import {makePlan} from '../../source/core/make-plan.ts';
import type {DeleteIntent, Plan, Refusal} from '../../source/core/plan.ts';
import type {Snapshot} from '../../source/core/snapshot.ts';
import {chained, disk, domain, entry, external, type FactsLike, facts, image, snapshot, uuid} from './facts.ts';

type Wish = Partial<Omit<DeleteIntent, 'verb'>>;

function planned(like: FactsLike, wish: Wish = {}): Plan {
	const outcome = makePlan(facts(like), {verb: 'delete', tag: 's', ...wish});
	if ('refusal' in outcome) throw new Error(JSON.stringify(outcome.refusal));
	return outcome.plan;
}

function refused(like: FactsLike, wish: Wish = {}): Refusal {
	const outcome = makePlan(facts(like), {verb: 'delete', tag: 's', ...wish});
	if ('plan' in outcome) throw new Error(JSON.stringify(outcome.plan.steps));
	return outcome.refusal;
}

/** The words of each step after the connection and the domain. */
function commands(plan: Plan): string[] {
	return plan.steps.map(({argv}) =>
		argv.filter(word => !['virsh', '-c', 'qemu:///session', `--domain=${uuid}`].includes(word)).join(' '),
	);
}

const ok = snapshot('s');
const unmanaged = snapshot('s', {health: 'unmanaged', healthReason: 'Unknown to libvirt.', libvirt: false});
const partial = snapshot('s', {health: 'partial', healthReason: 'In vda, but not in vdb.'});
const orphaned = snapshot('s', {health: 'orphaned', healthReason: 'Gone from vda.'});
const replaced = snapshot('s', {health: 'replaced', healthReason: 'Another took its place.'});
const onBase = external('s', '/images/vda.s.qcow2', '/images/vda.qcow2', {current: true});
const missing = {...onBase, health: 'missing-files' as const, healthReason: '/images/vda.s.qcow2 is gone.'};
const overlaid = chained('vda', image('/images/vda.s.qcow2'), image('/images/vda.qcow2'));
const deeper = chained('vda', image('/images/vda.t.qcow2'), image('/images/vda.s.qcow2'), image('/images/vda.qcow2'));
const child = external('t', '/images/vda.t.qcow2', '/images/vda.s.qcow2', {parent: 's'});
const aside = external('u', '/images/vda.u.qcow2', '/images/vda.s.qcow2', {parent: 's'});
const reverted = chained('vda', image('/images/vda.new.qcow2'), image('/images/vda.qcow2'));
const inBase = chained('vda', image('/images/vda.x.qcow2'), image('/images/vda.qcow2', [entry('s')]));
const clone = domain({
	uuid: 'clone',
	name: 'clone',
	disks: [chained('vda', image('/images/clone.qcow2'), image('/images/vda.qcow2'))],
});

describe('by health, kind and state', () => {
	test.each<[string, FactsLike, Wish, string[]]>([
		['ok, shut off', {domain: {snapshots: [ok]}}, {}, ['snapshot-delete --snapshotname=s']],
		['ok, running', {domain: {state: 'running', snapshots: [ok]}}, {}, ['snapshot-delete --snapshotname=s']],
		[
			'ok, in the base, shut off',
			{domain: {snapshots: [ok], disks: [inBase]}},
			{},
			['snapshot-delete --snapshotname=s'],
		],
		['replaced', {domain: {snapshots: [replaced]}}, {}, ['snapshot-delete --snapshotname=s']],
		['unmanaged, shut off', {domain: {snapshots: [unmanaged]}}, {}, ['qemu-img snapshot -d s /images/vda.qcow2']],
		[
			'unmanaged, running',
			{domain: {state: 'running', snapshots: [unmanaged]}},
			{},
			['qemu-monitor-command --hmp --cmd=delvm "s"'],
		],
		[
			'partial, shut off',
			{domain: {snapshots: [partial]}},
			{},
			['qemu-img snapshot -d s /images/vda.qcow2', 'snapshot-delete --snapshotname=s --metadata'],
		],
		[
			'partial, running',
			{domain: {state: 'running', snapshots: [partial]}},
			{},
			['qemu-monitor-command --hmp --cmd=delvm "s"', 'snapshot-delete --snapshotname=s --metadata'],
		],
		[
			'partial, unmanaged',
			{domain: {snapshots: [{...partial, libvirt: false}]}},
			{},
			['qemu-img snapshot -d s /images/vda.qcow2'],
		],
		[
			'orphaned',
			{domain: {state: 'running', snapshots: [orphaned]}},
			{},
			['snapshot-delete --snapshotname=s --metadata'],
		],
		['missing files', {domain: {snapshots: [missing]}}, {}, ['snapshot-delete --snapshotname=s --metadata']],
		['record only', {domain: {snapshots: [ok]}}, {metadataOnly: true}, ['snapshot-delete --snapshotname=s --metadata']],
		[
			'record only, with children',
			{domain: {snapshots: [ok, snapshot('t', {parent: 's'})]}},
			{metadataOnly: true, children: true},
			['snapshot-delete --snapshotname=t --metadata', 'snapshot-delete --snapshotname=s --metadata'],
		],
		[
			'with children',
			{domain: {snapshots: [ok, snapshot('t', {parent: 's'})]}},
			{children: true},
			['snapshot-delete --snapshotname=t', 'snapshot-delete --snapshotname=s'],
		],
		['with children, having none', {domain: {snapshots: [ok]}}, {children: true}, ['snapshot-delete --snapshotname=s']],
		[
			'external leaf, shut off',
			{domain: {snapshots: [onBase], disks: [overlaid]}},
			{},
			['snapshot-delete --snapshotname=s'],
		],
		[
			'external leaf, running',
			{domain: {state: 'running', snapshots: [onBase], disks: [overlaid]}},
			{},
			['snapshot-delete --snapshotname=s'],
		],
		[
			'external, in the middle, running',
			{domain: {state: 'running', snapshots: [{...onBase, current: false}, child], disks: [deeper]}},
			{},
			['snapshot-delete --snapshotname=s'],
		],
		[
			'external leaf under an internal parent, running',
			{
				domain: {
					state: 'running',
					snapshots: [snapshot('i', {disks: []}), {...onBase, parent: 'i'}],
					disks: [overlaid],
				},
			},
			{},
			[
				'blockcommit --path=vda --shallow --active --pivot --wait',
				'snapshot-delete --snapshotname=s --metadata',
				'rm -f -- /images/vda.s.qcow2',
			],
		],
		[
			'external, after a revert to it, shut off',
			{domain: {snapshots: [onBase], disks: [reverted]}},
			{},
			[
				'qemu-img commit -q -d -f qcow2 /images/vda.new.qcow2',
				'define --file=/dev/stdin',
				'snapshot-delete --snapshotname=s --metadata',
				'rm -f -- /images/vda.new.qcow2',
			],
		],
		[
			'external, in the middle, shut off, old libvirt',
			{
				domain: {snapshots: [{...onBase, current: false}, child], disks: [deeper]},
				snapshotXml: {t: '<domainsnapshot/>'},
			},
			{},
			[
				'qemu-img commit -q -d -f qcow2 /images/vda.s.qcow2',
				'qemu-img rebase -u -f qcow2 -b /images/vda.qcow2 -F qcow2 /images/vda.t.qcow2',
				'snapshot-create --xmlfile=/dev/stdin --redefine',
				'snapshot-delete --snapshotname=s --metadata',
				'rm -f -- /images/vda.s.qcow2',
			],
		],
		[
			'external, two branches on its overlay, running: the layer by QEMU, the other branch by qemu-img',
			{
				domain: {state: 'running', snapshots: [{...onBase, current: false}, child, aside], disks: [deeper]},
				directories: {
					'/images': {path: '/images', freeBytes: 1e9, writable: true, entries: ['vda.u.qcow2', 'vda.s.qcow2']},
				},
			},
			{},
			[
				'blockcommit --path=vda --base=/images/vda.qcow2 --top=/images/vda.s.qcow2 --wait',
				'qemu-img rebase -u -f qcow2 -b /images/vda.qcow2 -F qcow2 /images/vda.u.qcow2',
				'snapshot-create --xmlfile=/dev/stdin --redefine',
				'snapshot-create --xmlfile=/dev/stdin --redefine',
				'snapshot-delete --snapshotname=s --metadata',
				'rm -f -- /images/vda.s.qcow2',
			],
		],
		[
			'external with its children, shut off',
			{
				domain: {
					snapshots: [
						{...onBase, current: false},
						{...child, current: true},
					],
					disks: [deeper],
				},
			},
			{children: true},
			[
				'qemu-img commit -q -d -f qcow2 -b /images/vda.qcow2 /images/vda.t.qcow2',
				'define --file=/dev/stdin',
				'snapshot-delete --snapshotname=t --metadata',
				'snapshot-delete --snapshotname=s --metadata',
				'rm -f -- /images/vda.s.qcow2',
				'rm -f -- /images/vda.t.qcow2',
			],
		],
		[
			'external with its children, running',
			{domain: {state: 'running', snapshots: [{...onBase, current: false}, child], disks: [deeper]}},
			{children: true},
			[
				'blockcommit --path=vda --base=/images/vda.qcow2 --active --pivot --wait',
				'snapshot-delete --snapshotname=t --metadata',
				'snapshot-delete --snapshotname=s --metadata',
				'rm -f -- /images/vda.s.qcow2',
				'rm -f -- /images/vda.t.qcow2',
			],
		],
		[
			'a tag that is no name for a job, running, libvirt 11',
			{domain: {state: 'running', snapshots: [snapshot('s t')]}, host: {libvirt: '11.3.0'}},
			{tag: 's t'},
			['qemu-monitor-command --hmp --cmd=delvm "s t"', 'snapshot-delete --snapshotname=s t --metadata'],
		],
		[
			'external leaf, libvirt without external deletion',
			{domain: {state: 'running', snapshots: [onBase], disks: [overlaid]}, host: {libvirt: '8.0.0'}},
			{},
			[
				'blockcommit --path=vda --shallow --active --pivot --wait',
				'snapshot-delete --snapshotname=s --metadata',
				'rm -f -- /images/vda.s.qcow2',
			],
		],
	])('%s', (_, like, wish, wanted) => {
		const plan = planned(like, wish);
		expect(commands(plan)).toEqual(wanted);
		expect(plan.confirm).toBe(wish.tag ?? 's');
		expect(plan.losses).not.toEqual([]);
	});
});

test.each([
	["<source file='/images/vda.qcow2'/>", 'snapshot-delete'],
	["<source pool='p' volume='vda.qcow2'/>", 'blockcommit'],
])('an external snapshot of a running domain, of a disk that was %s: by %s', (source, first) => {
	const disks = `<devices><disk>${source}<target dev='vda'/></disk></devices>`;
	const snapshotXml = {s: `<domainsnapshot><domain>${disks}</domain></domainsnapshot>`};
	const plan = planned({domain: {state: 'running', snapshots: [onBase], disks: [overlaid]}, snapshotXml});
	expect(plan.steps[0]!.argv).toContain(first);
});

describe('refusals', () => {
	const twice = disk('vda', {chain: [image('/images/vda.qcow2', [entry('s'), entry('s', {id: '2'})])]});
	test.each<[string, FactsLike, Wish, string]>([
		['no such snapshot', {}, {}, 'not-found'],
		['no record to delete', {domain: {snapshots: [unmanaged]}}, {metadataOnly: true}, 'method-mismatch'],
		[
			'record only, a child on its overlay',
			{domain: {snapshots: [onBase, child]}},
			{metadataOnly: true},
			'has-children',
		],
		['base of a clone', {domain: {snapshots: [ok]}, others: [clone]}, {}, 'has-dependants'],
		['in the base, running', {domain: {state: 'running', snapshots: [ok], disks: [inBase]}}, {}, 'wrong-state'],
		[
			'in the base, running, unmanaged',
			{domain: {state: 'running', snapshots: [unmanaged], disks: [inBase]}},
			{},
			'wrong-state',
		],
		[
			'unreadable image',
			{domain: {snapshots: [ok], disks: [disk('vda', {chain: [], unreadable: {reason: 'x', remedy: 'y'}})]}},
			{},
			'unreadable-image',
		],
		['stands twice, one of libvirt', {domain: {snapshots: [ok], disks: [twice]}}, {}, 'ambiguous-tag'],
		[
			'external children',
			{domain: {snapshots: [ok, external('t', '/images/vda.t.qcow2', '/images/vda.qcow2', {parent: 's'})]}},
			{children: true},
			'has-children',
		],
		[
			'ill children',
			{domain: {snapshots: [ok, snapshot('t', {parent: 's', health: 'orphaned'})]}},
			{children: true},
			'has-children',
		],
		[
			'external, snapshots inside its overlay',
			{
				domain: {
					snapshots: [onBase],
					disks: [chained('vda', image('/images/vda.s.qcow2', [entry('i')]), image('/images/vda.qcow2'))],
				},
			},
			{},
			'has-children',
		],
		[
			'external, base of a clone',
			{domain: {snapshots: [onBase], disks: [overlaid]}, others: [clone]},
			{},
			'has-dependants',
		],
		[
			'external, managed save',
			{domain: {state: 'saved', managedSave: true, snapshots: [onBase], disks: [overlaid]}},
			{},
			'saved-memory',
		],
		[
			'external, after a revert, others aside stand on the base',
			{domain: {snapshots: [onBase, child], disks: [reverted]}},
			{},
			'has-children',
		],
		[
			'external, its base serves the branch that the domain runs on too',
			{domain: {snapshots: [onBase, child], disks: [reverted]}, host: {libvirt: '11.3.0', externalSnapshots: true}},
			{},
			'has-children',
		],
	])('%s → %s', (_, like, wish, code) => {
		const refusal = refused(like, wish);
		expect(refusal.code).toBe(code);
		expect(refusal.remedy).not.toBe('');
	});
});

test.each([
	['still names the overlay', 'vda.s.qcow2', true],
	['names the base', 'vda.qcow2', false],
])('a delete that was cut off between two disks is finished; the definition %s', (_, defined, mends) => {
	const half = external('s', '/images/vda.s.qcow2', '/images/vda.qcow2', {current: true, health: 'partial'});
	const vdb = {...half.disks[0]!, target: 'vdb', file: '/images/vdb.s.qcow2', source: '/images/vdb.qcow2'};
	const disks = [
		chained('vda', image('/images/vda.qcow2')),
		chained('vdb', image('/images/vdb.s.qcow2'), image('/images/vdb.qcow2')),
	];
	const disksXml = [`/images/${defined}`, '/images/vdb.s.qcow2'].map(
		(file, index) => `<disk><source file='${file}'/><target dev='vd${'ab'[index]}'/></disk>`,
	);
	const plan = planned({
		domain: {state: 'running', id: 1, disks, snapshots: [{...half, disks: [...half.disks, vdb]}]},
		inactiveXml: `<domain><devices>${disksXml.join('')}</devices></domain>`,
	});
	expect(commands(plan)).toEqual([
		'blockcommit --path=vdb --shallow --active --pivot --wait',
		...(mends ? ['define --file=/dev/stdin'] : []),
		'snapshot-delete --snapshotname=s --metadata',
		'rm -f -- /images/vdb.s.qcow2',
	]);
	if (mends) expect(plan.steps[1]!.input).not.toContain('.s.qcow2');
	expect(plan.expect).toContainEqual({kind: 'source', target: 'vdb', file: '/images/vdb.qcow2'});
});

test.each([
	['one disk', ['vda.s', 'vda.t', 'vdb.s', 'vdb.t'], 'partial', true],
	['both', ['vda.t', 'vdb.s', 'vdb.t'], 'orphaned', false],
] as const)(
	'a delete from the middle that was cut off when QEMU had merged %s is finished',
	(_, there, health, rest) => {
		const both = (one: Snapshot): Snapshot => {
			const other = (file: string | null | undefined) => file?.replace('vda', 'vdb') ?? null;
			const [vda] = one.disks;
			const vdb = {...vda!, target: 'vdb', file: other(vda!.file), source: other(vda!.source)};
			return {...one, disks: [...one.disks, vdb]};
		};
		const files = (target: string, ...names: string[]) =>
			chained(target, ...names.map(name => image(`/images/${target}${name}.qcow2`)));
		const like: FactsLike = {
			domain: {
				disks: [files('vda', '.t', ''), rest ? files('vdb', '.t', '.s', '') : files('vdb', '.t', '')],
				snapshots: [
					both({...onBase, current: false, health}),
					both({...child, current: true, health: 'missing-files'}),
				],
			},
			snapshotXml: {
				t: "<domainsnapshot><domain><devices><disk><source file='/images/vda.s.qcow2'/></disk></devices></domain></domainsnapshot>",
			},
			directories: {
				'/images': {path: '/images', freeBytes: 1e12, writable: true, entries: there.map(name => `${name}.qcow2`)},
			},
		};
		const plan = planned(like);
		expect(commands(plan)).toEqual([
			...(rest
				? [
						'qemu-img commit -q -d -f qcow2 /images/vda.s.qcow2',
						'qemu-img commit -q -d -f qcow2 /images/vdb.s.qcow2',
						'qemu-img rebase -u -f qcow2 -b /images/vdb.qcow2 -F qcow2 /images/vdb.t.qcow2',
					]
				: ['qemu-img commit -q -d -f qcow2 /images/vdb.s.qcow2']),
			'snapshot-create --xmlfile=/dev/stdin --redefine --current',
			'snapshot-delete --snapshotname=s --metadata',
			'rm -f -- /images/vdb.s.qcow2',
			...(rest ? ['rm -f -- /images/vda.s.qcow2'] : []),
		]);
		expect(plan.steps.find(({input}) => input)!.input).toContain('file="/images/vda.qcow2"');
		expect(plan.expect).toContainEqual({kind: 'snapshot', tag: 't', health: ['missing-files', 'ok']});
		expect(plan.losses).toHaveLength(1);

		expect(makePlan(facts(like), {verb: 'start'})).toMatchObject({
			refusal: {code: 'unhealthy', reason: expect.stringContaining(`what ${rest ? 'vda' : 'vdb'} runs on may lack`)},
		});
		const running = planned({...like, domain: {...like.domain, state: 'running', id: 1}});
		expect(commands(running)[0]).toMatch(/^qemu-img compare -U -f qcow2 -F qcow2 /);
	},
);

test('children stay, and move up', () => {
	const snapshots = [snapshot('r'), snapshot('s', {parent: 'r'}), snapshot('t', {parent: 's'})];
	expect(planned({domain: {snapshots}}).warnings).toEqual(['t stays, and moves under r.']);
});

test('of duplicates the first is deleted, so the tag may stay', () => {
	const twice = disk('vda', {chain: [image('/images/vda.qcow2', [entry('s'), entry('s', {id: '2'})])]});
	const plan = planned({domain: {disks: [twice], snapshots: [unmanaged, {...unmanaged, duplicates: 1}]}});
	expect(plan.expect).toEqual([]);
	expect(plan.warnings.join(' ')).toContain('1 more of this name');
});

test('an external delete after a revert names the work that goes with it', () => {
	const directories = {'/images': {path: '/images', freeBytes: 1e9, writable: true, entries: ['vda.s.qcow2']}};
	const plan = planned({domain: {snapshots: [onBase], disks: [reverted]}, directories});
	expect(plan.losses.join(' ')).toContain('/images/vda.s.qcow2');
	expect(plan.steps[1]!.input).toContain('<source file="/images/vda.qcow2"/>');
});

test.each([
	['9.0.0', true, 2, ''],
	['9.0.0', false, 1, '/images/web.memory stays on disk'],
	['9.1.0', true, 1, ''],
])(
	'libvirt %s, folder writable: %s: the memory file goes with the snapshot, or is named',
	(libvirt, writable, steps, warned) => {
		const full = {...onBase, memoryFile: '/images/web.memory'};
		const directories = {'/images': {path: '/images', freeBytes: 1e9, writable, entries: ['web.memory']}};
		const plan = planned({domain: {snapshots: [full], disks: [overlaid]}, host: {libvirt}, directories});
		expect(plan.steps).toHaveLength(steps);
		if (steps === 2) expect(plan.steps[1]!.argv).toEqual(['rm', '-f', '--', '/images/web.memory']);
		expect(plan.warnings.join(' ')).toContain(warned);
	},
);

test.each([
	['renamed', [{...overlaid, target: 'sda'}], 'sda'],
	['swapped with another', [{...overlaid, target: 'vdb'}, disk('vda', {source: '/images/vdb.qcow2'})], 'vdb'],
])('an overlay whose disk was %s since is merged, and not taken for an unused one', (_, disks, target) => {
	const snapshots = [onBase];
	const directories = {'/images': {path: '/images', freeBytes: 1e9, writable: true, entries: ['vda.s.qcow2']}};
	for (const libvirt of ['9.0.0', '11.3.0']) {
		const host = {libvirt, externalSnapshots: libvirt === '11.3.0'};
		const plan = planned({domain: {snapshots, disks}, directories, host});
		expect(commands(plan)).toEqual([
			'qemu-img commit -q -d -f qcow2 /images/vda.s.qcow2',
			'define --file=/dev/stdin',
			'snapshot-delete --snapshotname=s --metadata',
			'rm -f -- /images/vda.s.qcow2',
		]);
		expect(plan.expect).toContainEqual({kind: 'source', target, file: '/images/vda.qcow2'});
	}
});

test('an overlay of a renamed disk that cannot be read is left alone', () => {
	const hidden = disk('sda', {
		source: '/images/vda.s.qcow2',
		chain: [],
		unreadable: {reason: 'no', remedy: 'mend it'},
	});
	expect(refused({domain: {snapshots: [onBase], disks: [hidden]}}).code).toBe('unreadable-image');
});

test('a clone that reaches the image by another path is found', () => {
	const linked = domain({
		uuid: 'clone',
		name: 'clone',
		disks: [chained('vda', image('/images/clone.qcow2'), image('/link/vda.qcow2'))],
	});
	const aliases = {'/link/vda.qcow2': '/images/vda.qcow2'};
	expect(refused({domain: {snapshots: [ok]}, others: [linked], aliases}).code).toBe('has-dependants');
});

test('libvirt is not asked where its record names the files by another path', () => {
	const snapshotXml = {
		s: "<domainsnapshot><disks><disk name='vda'><source file='/link/vda.s.qcow2'/></disk></disks></domainsnapshot>",
	};
	const like = {domain: {state: 'running', snapshots: [onBase], disks: [overlaid]}} as const;
	expect(commands(planned(like))[0]).toMatch(/^snapshot-delete/);
	expect(commands(planned({...like, snapshotXml}))[0]).toMatch(/^blockcommit/);
});
