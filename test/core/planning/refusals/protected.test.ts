/** A protected snapshot is refused by whatever would delete it, or take away what it needs. */
import {expect, test} from 'vitest';
import type {DoesOf} from '../../../../source/core/model/does.ts';
import type {Intent} from '../../../../source/core/model/intent.ts';
import type {Plan} from '../../../../source/core/model/plan.ts';
import type {Snapshot} from '../../../../source/core/model/snapshot.ts';
import {withinProtection} from '../../../../source/core/planning/refusals/protected.ts';
import {unmetExpectations} from '../../../../source/core/planning/verify.ts';
import {undoPlan} from '../../../../source/core/recover/undo.ts';
import {step} from '../../../../source/core/steps/step.ts';
import {chained, entry, image, taken} from '../../../facts/domain.ts';
import {type FactsLike, facts} from '../../../facts/facts.ts';
import {planFor, planOf, refusalIn, refusalOf} from '../../../facts/plan.ts';
import {endedAs} from '../../../facts/receipt.ts';
import {external, recordedXml, snapshot} from '../../../facts/snapshot.ts';
import {said} from '../../../helpers/saying.ts';

const held = (...snapshots: readonly Snapshot[]): FactsLike => {
	const entries = snapshots
		.filter(({kind}) => kind === 'internal')
		.map(({tag}, index) => entry(tag, {id: `${index + 1}`}));
	const numbered = snapshots.map((one, index) => ({
		...one,
		disks: one.disks.map(part => ({...part, id: part.id && `${index + 1}`})),
	}));
	return {
		domain: {snapshots: numbered, disks: [chained('vda', image('/images/vda.qcow2', entries))]},
		snapshotXml: recordedXml(snapshots),
	};
};

const golden = snapshot('golden', {protected: true});
const child = snapshot('child', {parent: 'golden', protected: true});

test.each<[string, FactsLike, Intent]>([
	['by libvirt', held(golden), {verb: 'delete', tag: 'golden'}],
	['running', {...held(golden), domain: {...held(golden).domain, state: 'running'}}, {verb: 'delete', tag: 'golden'}],
	['by qemu-img', held({...golden, libvirt: false, health: 'unmanaged'}), {verb: 'delete', tag: 'golden'}],
	['its record alone', held(golden), {verb: 'delete', tag: 'golden', metadataOnly: true}],
	['a record without data', held({...golden, health: 'orphaned', disks: []}), {verb: 'delete', tag: 'golden'}],
	['with its parent', held(snapshot('top'), {...golden, parent: 'top'}), {verb: 'delete', tag: 'top', children: true}],
])('deleted %s', (_, like, intent) => {
	const refusal = refusalOf(facts(like), intent);
	expect(refusal).toMatchObject({code: 'protected', reason: 'The snapshot golden is protected.'});
	expect(said(refusal.remedy)).toBe('If it may go, unprotect it first (virsnap edit web golden --unprotect).');
});

test('a parent goes alone, and what is not protected goes', () => {
	const found = facts(held(snapshot('top'), {...child, parent: 'top'}));
	expect(planFor(found, {verb: 'delete', tag: 'top'}).verb).toBe('delete');
});

test('undo of its create', () => {
	const found = facts();
	const plan = planFor(found, {verb: 'create', tag: 'golden'});
	const now = facts(held({...golden, createdAt: '2026-01-02T03:04:05.000Z'}));
	expect(refusalIn(undoPlan(endedAs(plan, 'verified'), now)).code).toBe('protected');
});

const on = {uri: null, uuid: 'x'};
const base = '/images/vda.qcow2';
const [first, second] = ['/images/vda.first', '/images/vda.second'];
const merge = (overlay: string, into: string): DoesOf<'merge'> => ({
	kind: 'merge',
	overlay,
	format: 'qcow2',
	base: into,
	through: false,
});
const live = (top: string, into: string): DoesOf<'live-merge'> => ({
	kind: 'live-merge',
	on,
	target: 'vda',
	top,
	base: into,
	range: 'below',
});

test.each<[string, 'first' | 'second' | 'inner', Parameters<typeof step>[0], boolean]>([
	['its own base is written to', 'first', merge(first, base), true],
	['its own base is written to live', 'first', live(first, base), true],
	['its base is merged away', 'second', merge(first, base), true],
	['libvirt merges its base away', 'second', {kind: 'delete-snapshot', on, tag: 'first'}, true],
	['what is above it is merged', 'first', merge(second, first), false],
	['libvirt deletes the one above it', 'first', {kind: 'delete-snapshot', on, tag: 'second'}, false],
	['its base is removed', 'second', {kind: 'remove-file', file: first}, true],
	['its overlay, merged before, is removed', 'second', {kind: 'remove-file', file: second}, false],
	['the image that holds it is removed', 'inner', {kind: 'remove-file', file: second}, true],
	['another file is removed', 'inner', {kind: 'remove-file', file: '/images/x'}, false],
])('%s: %s is protected', (_, tag, does, refused) => {
	const snapshots = [
		external('first', first, base),
		external('second', second, first, {parent: 'first'}),
		snapshot('inner', {disks: [{target: 'vda', kind: 'internal', id: '1', file: second, source: second}]}),
	].map(one => ({...one, protected: one.tag === tag}));
	const plan = planOf([step(does, {title: 'it'})]);
	const outcome = withinProtection(facts({domain: {snapshots}}), {plan});
	expect('refusal' in outcome && outcome.refusal.code).toBe(refused && 'protected');
});

test('an unused overlay that holds one is not reclaimed', () => {
	const overlay = '/images/vda.old';
	const like: FactsLike = {
		domain: {retentions: [{tag: 'golden', createdAt: taken, protected: true, expiresAt: null}]},
		reclaimable: [{file: overlay, bytes: 1, base}],
		kept: [{file: overlay, below: [base], snapshots: ['golden']}],
	};
	expect(refusalOf(facts(like), {verb: 'reclaim', overlay})).toMatchObject({
		code: 'protected',
		reason: 'The snapshot golden, which would go as well, is protected.',
	});
	expect(planFor(facts({...like, domain: {}}), {verb: 'reclaim', overlay}).verb).toBe('reclaim');
});

test('nor does libvirt take an overlay along that holds one, with the snapshot that made it', () => {
	const left = '/images/vda.first';
	const like = (more: FactsLike['domain']): FactsLike => ({
		domain: {
			snapshots: [external('first', left, base, {current: true})],
			disks: [chained('vda', image('/images/vda.now'), image(base))],
			...more,
		},
		host: {libvirt: '11.3.0', externalSnapshots: true},
		directories: {'/images': {path: '/images', freeBytes: 1e12, writable: true, entries: ['vda.first']}},
		kept: [{file: left, below: [base], snapshots: ['golden']}],
	});
	const held = like({retentions: [{tag: 'golden', createdAt: taken, protected: true, expiresAt: null}]});
	const plan = planFor(facts(like({})), {verb: 'delete', tag: 'first'});
	expect(plan.steps.map(({does}) => does.kind)).toEqual(['delete-snapshot']);
	expect(plan.losses).toContain(`${left} and all data in it. The snapshots inside it: golden.`);
	expect(refusalOf(facts(held), {verb: 'delete', tag: 'first'}).code).toBe('protected');
});

test('protection of what an unused overlay holds outlives an edit of another snapshot, and can be taken off', () => {
	const overlay = '/images/vda.old';
	const golden = {tag: 'golden', createdAt: taken, protected: true, expiresAt: null};
	const like: FactsLike = {
		domain: {retentions: [golden], snapshots: [snapshot('other')]},
		reclaimable: [{file: overlay, bytes: 1, base}],
		kept: [{file: overlay, below: [base], snapshots: ['golden']}],
	};
	const retained = ({steps}: Plan) => steps.flatMap(({does}) => (does.kind === 'set-retention' ? does.retentions : []));
	const edited = planFor(facts(like), {verb: 'edit', tag: 'other', protect: true});
	expect(retained(edited).map(({tag}) => tag)).toEqual(['golden', 'other']);

	// The very command that the refusal names.
	expect(said(refusalOf(facts(like), {verb: 'reclaim', overlay}).remedy)).toContain('edit web golden --unprotect');
	const plan = planFor(facts(like), {verb: 'edit', tag: 'golden', protect: false});
	expect(retained(plan)).toEqual([]);
	expect(plan.warnings.map(said).join()).toContain('golden is not listed now');
	expect(unmetExpectations(plan.expect, facts(like).domain)).toEqual(['golden is still protected.']);
	expect(unmetExpectations(plan.expect, facts().domain)).toEqual([]);
	expect(refusalOf(facts(like), {verb: 'edit', tag: 'none', protect: false}).code).toBe('not-found');
	expect(refusalOf(facts(like), {verb: 'edit', tag: 'golden', expires: '1d'}).code).toBe('not-found');
});
