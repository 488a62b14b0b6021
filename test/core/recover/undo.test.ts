import {describe, expect, test} from 'vitest';
import type {Plan} from '../../../source/core/model/plan.ts';
import type {Receipt} from '../../../source/core/model/receipt.ts';
import type {Snapshot} from '../../../source/core/model/snapshot.ts';
import {unmetExpectations} from '../../../source/core/planning/verify.ts';
import {undoable, undoPlan, undoRefusal} from '../../../source/core/recover/undo.ts';
import {evidenceOf, step} from '../../../source/core/steps/step.ts';
import {chained, domain, image} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {planFor, planIn} from '../../facts/plan.ts';
import {cutOff} from '../../facts/receipt.ts';
import {external, snapshot} from '../../facts/snapshot.ts';
import {saying} from '../../helpers/saying.ts';
import {file, none, whole} from './two-disks.ts';

const done = (plan: Plan): Receipt => ({...cutOff(plan, 'dddddddd'), status: 'verified', endedAt: 'then'});

describe('undo', () => {
	test('of a create is the delete of what it made', () => {
		const plan = planFor(none, {verb: 'create', tag: 't', method: 'qemu-img'});
		expect(undoPlan(done(plan), whole)).toMatchObject({plan: {verb: 'delete', tag: 't', confirm: 't'}});
		expect(undoPlan(done(plan), none)).toMatchObject({refusal: {code: 'not-found'}});
	});

	test('of a create does not touch another one of that name, taken since', () => {
		const plan = planFor(none, {verb: 'create', tag: 't', method: 'qemu-img'});
		const ended = (endedAt: string) => undoPlan({...done(plan), endedAt}, whole);
		expect(ended('2026-03-01T10:00:05.000Z')).toMatchObject({plan: {verb: 'delete'}});
		expect(ended('2026-03-01T09:59:50.000Z')).toMatchObject({
			refusal: {code: 'not-found', remedy: saying('virsnap delete')},
		});
	});

	test.each([
		['save', 'running', 'saved', {verb: 'restore'}],
		['shutdown', 'running', 'shut off', {verb: 'start'}],
		['suspend', 'running', 'paused', {verb: 'resume'}],
		['resume', 'paused', 'running', {verb: 'suspend'}],
	] as const)('of %s is its opposite', (verb, from, to, opposite) => {
		const at = (state: typeof from | typeof to) =>
			facts({
				domain: {state, id: state === 'running' || state === 'paused' ? 1 : null, managedSave: state === 'saved'},
			});
		expect(undoPlan(done(planFor(at(from), {verb})), at(to))).toMatchObject({plan: opposite});
	});

	test('of what leads on by another key names that', () => {
		const plan = planFor(facts({domain: {state: 'shut off', id: null}}), {verb: 'start'});
		expect(undoable(done(plan))).toEqual(saying('Shut it down (virsh '));
	});

	test('of a save of a transient domain is no plan, since libvirt has forgotten it', () => {
		const plan = planFor(facts({domain: {state: 'running', persistent: false}}), {
			verb: 'save',
			file: '/images/a.save',
		});
		expect(undoRefusal(done(plan))?.remedy).toEqual(saying('restore /images/a.save'));
	});

	test('a delete cannot be undone, nor what was undone already', () => {
		const plan = planFor(whole, {verb: 'delete', tag: 't'});
		expect(undoPlan(done(plan), none)).toMatchObject({refusal: {code: 'unsupported'}});
		expect(undoPlan({...done(plan), status: 'undone'}, none)).toMatchObject({refusal: {code: 'unsupported'}});
	});

	test('of a revert by new overlays puts the old ones back, and keeps the new ones', () => {
		const old = '/images/vda.t.qcow2';
		const point = external('t', old, file('vda'), {current: true});
		const entries = ['vda.qcow2', 'vda.t.qcow2'];
		const before = facts({
			domain: {disks: [chained('vda', image(old), image(file('vda')))], snapshots: [point]},
			directories: {'/images': {path: '/images', freeBytes: 1e12, writable: true, entries}},
		});
		const plan = planFor(before, {verb: 'revert', tag: 't'});
		const source = plan.expect.find(one => one.kind === 'source')!;
		const fresh = source.kind === 'source' ? source.file : '';
		const after = facts({
			domain: {disks: [chained('vda', image(fresh), image(file('vda')))], snapshots: [point]},
			directories: {
				'/images': {
					path: '/images',
					freeBytes: 1e12,
					writable: true,
					entries: [...entries, fresh.slice('/images/'.length)],
				},
			},
		});
		const undo = planIn(undoPlan(done(plan), after));
		const defined = undo.steps.find(step => step.input !== undefined);
		expect(defined!.input).toContain(`file="${old}"`);
		expect(undo.steps.flatMap(step => step.argv)).not.toContain('rm');
		expect(undo.warnings.join()).toContain(fresh);
		expect(undo.expect).toContainEqual({kind: 'source', target: 'vda', file: old});
	});
});

test.each([
	['is there still', ['vda', 'vdb'], 'not-done'],
	['has left', ['vda'], 'done'],
] as const)('a disk that is to leave the definition %s', (_, targets, evidence) => {
	const {steps} = planFor(facts(), {verb: 'clone', name: 'web-2'});
	const {on} = steps.map(({does}) => does).find(does => does.kind === 'define-new')!;
	const leaves = step(
		{kind: 'define', on, disks: [], before: [{target: 'vdb', file: '/images/vdb.qcow2', format: 'qcow2'}]},
		{title: 'Undo'},
	);
	const disks = targets.map(target => chained(target, image(`/images/${target}.qcow2`)));
	expect(evidenceOf(leaves, {expect: []} as never, facts({domain: {disks}}))).toBe(evidence);
});

test('a clone of somebody else that has the name is neither taken for this one nor in its way', () => {
	const plan = planFor(facts(), {verb: 'clone', name: 'web-2'});
	const theirs = facts({others: [domain({uuid: 'theirs', name: 'web-2'})]});
	const {uuid} = plan.steps.map(({does}) => does).find(does => does.kind === 'define-new')!.on;
	expect(evidenceOf(plan.steps.at(-1)!, plan, theirs)).toBe('not-done');
	expect(unmetExpectations(plan.expect, theirs.domain, theirs).join()).toContain('There is no such domain web-2.');
	const ours = facts({others: [domain({uuid, name: 'web-2'})]});
	expect(evidenceOf(plan.steps.at(-1)!, plan, ours)).toBe('done');
});

test.each<[string, (made: string) => Partial<Snapshot>, string | null]>([
	['none of its own: its base has one', () => ({libvirt: false, health: 'unmanaged'}), null],
	[
		'one inside its own image',
		file => ({libvirt: false, disks: [{target: 'vda', kind: 'internal', id: '1', file, source: null}]}),
		'has-children',
	],
	['one that libvirt has a record of', () => ({}), 'has-children'],
])('undo of a clone with snapshots: %s', (_, like, code) => {
	const plan = planFor(facts(), {verb: 'clone', name: 'web-2'});
	const does = plan.steps.map(step => step.does);
	const made = does.find(one => one.kind === 'new-file')!.file;
	const clone = domain({
		uuid: does.find(one => one.kind === 'define-new')!.on.uuid,
		name: 'web-2',
		disks: [chained('vda', image(made), image('/images/vda.qcow2'))],
		snapshots: [snapshot('s', like(made))],
	});
	const outcome = undoPlan(done(plan), facts({others: [clone]}));
	expect('refusal' in outcome ? outcome.refusal.code : null).toBe(code);
});
