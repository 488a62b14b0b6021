import {describe, expect, test} from 'vitest';
import {disk} from '../../facts/domain.ts';
import type {FactsLike} from '../../facts/facts.ts';
import {snapshot} from '../../facts/snapshot.ts';
import {
	aside,
	child,
	commands,
	deeper,
	inBase,
	missing,
	ok,
	onBase,
	orphaned,
	overlaid,
	partial,
	planned,
	replaced,
	reverted,
	unmanaged,
	type Wish,
} from './domains.ts';

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

test('libvirt is not asked where its record names the files by another path', () => {
	const snapshotXml = {
		s: "<domainsnapshot><disks><disk name='vda'><source file='/link/vda.s.qcow2'/></disk></disks></domainsnapshot>",
	};
	const like = {domain: {state: 'running', snapshots: [onBase], disks: [overlaid]}} as const;
	expect(commands(planned(like))[0]).toMatch(/^snapshot-delete/);
	expect(commands(planned({...like, snapshotXml}))[0]).toMatch(/^blockcommit/);
});
