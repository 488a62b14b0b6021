/** What holds for every plan and every refusal, whatever the facts. */

import fc from 'fast-check';
import {expect, test} from 'vitest';
import {makePlan} from '../../source/core/make-plan.ts';
import {domainStates} from '../../source/core/model/domain.ts';
import type {Intent} from '../../source/core/model/intent.ts';
import {snapshotMethods} from '../../source/core/model/intent.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import type {Health} from '../../source/core/model/snapshot.ts';
import {isTrueToItself} from '../../source/core/steps/step.ts';
import {printable} from '../../source/core/words/text.ts';
import {chained, disk, domain, entry, image} from '../facts/domain.ts';
import {facts} from '../facts/facts.ts';
import {external, recordedXml, snapshot} from '../facts/snapshot.ts';
import {said} from '../helpers/saying.ts';

const healths: Health[] = ['ok', 'unmanaged', 'partial', 'orphaned', 'missing-files', 'replaced'];
const tags = fc.constantFrom('s', 't', '--force', '2', 'a\u001b[31m', 'new"line\n', '', ' x', '升级前');
const disks = fc.constantFrom(
	[disk('vda')],
	[disk('vda', {format: 'raw'})],
	[disk('vda'), disk('vdb')],
	[
		chained(
			'vda',
			image('/images/vda.s.qcow2', [entry('t')]),
			image('/images/vda.qcow2', [entry('s'), entry('s', {id: '2'})]),
		),
	],
	[chained('vda', image('/images/vda.s.qcow2'), image('/images/vda.qcow2'))],
	[disk('vda', {chain: [], unreadable: {reason: 'It is gone.', remedy: 'Bring it back.'}})],
	[],
);
const snapshots = fc
	.uniqueArray(
		fc.record({
			tag: tags,
			health: fc.constantFrom(...healths),
			parent: fc.option(tags),
			out: fc.boolean(),
			libvirt: fc.boolean(),
			vmSizeBytes: fc.constantFrom(0, 9),
		}),
		{selector: row => row.tag},
	)
	.map(rows =>
		rows.map(({out, vmSizeBytes, ...row}) => {
			const more = {...row, healthReason: row.health === 'ok' ? '' : 'Ill.'};
			const gone = row.health === 'ok' ? row.health : 'missing-files';
			return out
				? external(row.tag, '/images/vda.s.qcow2', '/images/vda.qcow2', {...more, health: gone, libvirt: true})
				: snapshot(row.tag, {...more, vmSizeBytes});
		}),
	);
const worlds = fc
	.record({
		state: fc.constantFrom(...domainStates),
		disks,
		snapshots,
		cloned: fc.boolean(),
		newer: fc.boolean(),
		libvirt: fc.constantFrom('8.0.0', '9.0.0', '11.3.0'),
	})
	.map(({cloned, newer, libvirt, ...planned}) =>
		facts({
			domain: {...planned, managedSave: planned.state === 'saved'},
			snapshotXml: recordedXml(planned.snapshots),
			host: {libvirt, externalSnapshots: newer},
			others: cloned
				? [domain({uuid: 'c', name: 'clone', disks: [chained('vda', image('/c'), image('/images/vda.qcow2'))]})]
				: [],
		}),
	);
const intents: fc.Arbitrary<Intent> = fc.oneof(
	tags.map((tag): Intent => ({verb: 'create', tag})),
	fc.record({
		verb: fc.constant('create' as const),
		tag: tags,
		method: fc.constantFrom(...snapshotMethods),
	}),
	fc.record({verb: fc.constant('revert' as const), tag: tags, safety: fc.boolean()}),
	fc.record({verb: fc.constant('delete' as const), tag: tags, children: fc.boolean(), metadataOnly: fc.boolean()}),
	fc.record({verb: fc.constant('edit' as const), tag: tags, description: fc.constantFrom('', 'x', 'a\nb', '\u001b')}),
	fc.constantFrom('start', 'shutdown', 'destroy', 'suspend', 'resume').map((verb): Intent => ({verb})),
);

test('every wish gets a plan or a reason, and never twice a different one', () => {
	fc.assert(
		fc.property(worlds, intents, (world, intent) => {
			const outcome = makePlan(world, intent);
			expect(makePlan(world, intent)).toEqual(outcome);
			if ('refusal' in outcome) {
				expect(outcome.refusal.reason).not.toBe('');
				expect(outcome.refusal.remedy).not.toBe('');
				return;
			}
			holds(outcome.plan);
		}),
		{numRuns: 2000},
	);
});

function holds(plan: Plan): void {
	expect(plan.steps.length).toBeGreaterThan(0);
	expect(plan.why).not.toBe('');
	expect(plan.wayBack !== '' || plan.losses.length > 0).toBe(true);
	for (const step of plan.steps) {
		expect(['virsh', 'qemu-img', 'cp', 'chmod', 'rm']).toContain(step.argv[0]);
		expect(step.argv.every(word => !word.includes('\0') && word !== 'undefined' && word !== 'null')).toBe(true);
		expect(step.changes.length).toBeGreaterThan(0);
		expect(isTrueToItself(step), step.argv.join(' ')).toBe(true);
		// A monitor command exits 0 on failure, and cp where it makes nothing; nothing else is judged by its words.
		expect(step.success).toBe(step.argv.includes('--hmp') ? 'silent' : step.argv[0] === 'cp' ? 'told' : 'exit');
		expect(printable(step.title)).toBe(step.title);
	}
	for (const line of [...plan.warnings.map(said), ...plan.losses, plan.why, said(plan.wayBack)])
		expect(printable(line)).toBe(line);
	if (plan.verb === 'delete') expect(plan.confirm).toBe(plan.tag);
}
