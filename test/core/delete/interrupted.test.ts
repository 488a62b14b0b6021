/** An interrupted delete is finished by deleting once more. */
import {expect, test} from 'vitest';
import {makePlan} from '../../../source/core/make-plan.ts';
import type {Snapshot} from '../../../source/core/model/snapshot.ts';
import {chained, image} from '../../facts/domain.ts';
import {type FactsLike, facts} from '../../facts/facts.ts';
import {external} from '../../facts/snapshot.ts';
import {child, commands, onBase, planned} from './domains.ts';

test.each([
	['still names the overlay', 'vda.s.qcow2', true],
	['names the base', 'vda.qcow2', false],
])('a delete that was interrupted between two disks is finished; the definition %s', (_, defined, mends) => {
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
	'a delete from the middle that was interrupted when QEMU had merged %s is finished',
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
			'snapshot-create --xmlfile=/dev/stdin --redefine',
			'snapshot-delete --snapshotname=s --metadata',
			'rm -f -- /images/vdb.s.qcow2',
			...(rest ? ['rm -f -- /images/vda.s.qcow2'] : []),
		]);
		expect(plan.steps.find(({input}) => input)!.input).toContain('file="/images/vda.qcow2"');
		expect(plan.expect).toContainEqual({kind: 'snapshot', tag: 't', health: ['missing-files', 'ok']});
		expect(plan.losses).toHaveLength(1);

		expect(makePlan(facts(like), {verb: 'start'})).toMatchObject({
			refusal: {
				code: 'unhealthy',
				reason: expect.stringContaining(`the image that ${rest ? 'vda' : 'vdb'} uses may lack`),
			},
		});
		const running = planned({...like, domain: {...like.domain, state: 'running', id: 1}});
		expect(commands(running)[0]).toMatch(/^qemu-img compare -U -f qcow2 -F qcow2 /);
	},
);
