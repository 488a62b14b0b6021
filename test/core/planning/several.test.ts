/** Several snapshots: their order, the plan of each turn, what they free together. */
import {describe, expect, test} from 'vitest';
import type {Snapshot} from '../../../source/core/model/snapshot.ts';
import {freedBy, freedWords} from '../../../source/core/planning/several/freed.ts';
import {newLosses, planTurn, type SeveralIntent, turnsOf} from '../../../source/core/planning/several/turn.ts';
import {disk, domain, entry, image} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {planIn, planOf, refusalIn} from '../../facts/plan.ts';
import {recordedXml, snapshot} from '../../facts/snapshot.ts';

const MiB = 1024 ** 2;
const remove: SeveralIntent = {verb: 'delete', tag: ''};
const turn = (one: Snapshot) => ({uuid: domain().uuid, domain: 'web', snapshot: one});

/** The usual domain with these inside its image. */
function holding(snapshots: readonly Snapshot[]) {
	const entries = snapshots.map(({tag}, index) => entry(tag, {id: String(index + 1)}));
	const disks = [disk('vda', {chain: [image('/images/vda.qcow2', entries)]})];
	return facts({domain: {snapshots, disks}, snapshotXml: recordedXml(snapshots)});
}

test('domain by domain, what depends on another before it, else the newest first', () => {
	const of = (name: string, snapshots: readonly Snapshot[]) => domain({name, uuid: name, snapshots});
	const web = of('web', [snapshot('a'), snapshot('b', {parent: 'a'}), snapshot('c'), snapshot('d', {parent: 'b'})]);
	const db = of('db', [snapshot('x'), snapshot('y')]);
	const turns = turnsOf([web, db], (_, {tag}) => tag !== 'd');
	expect(turns.map(one => `${one.domain} ${one.snapshot.tag}`)).toEqual(['web c', 'web b', 'web a', 'db y', 'db x']);
});

describe('the plan of a turn', () => {
	test('is of that snapshot, whatever tag stands in the intent', () => {
		const one = snapshot('one');
		expect(planIn(planTurn(holding([one]), turn(one), remove)).tag).toBe('one');
		const kept = planIn(planTurn(holding([one]), turn(one), {verb: 'edit', tag: 'other', protect: true}));
		expect([kept.verb, kept.tag]).toEqual(['edit', 'one']);
	});

	test('is refused where the snapshot is gone, was taken anew, or is protected', () => {
		const one = snapshot('one');
		const refused = (now: readonly Snapshot[]) => refusalIn(planTurn(holding(now), turn(one), remove));
		expect(refused([]).reason).toBe('one is gone.');
		expect(refused([{...one, createdAt: '2026-03-01T11:00:00.000Z'}]).reason).toContain('taken anew');
		expect(refused([{...one, protected: true}]).code).toBe('protected');
	});
});

test('a loss that the review did not name counts, and what is freed does not', () => {
	const lost = (...losses: readonly string[]) => planOf([], {losses});
	const before = lost('The snapshot a: gone. Deleting it frees about 1.25 GiB.');
	expect(newLosses(before, lost('The snapshot a: gone. Deleting it frees 3 MiB.'))).toEqual([]);
	expect(newLosses(before, lost('The snapshot a: gone.'))).toEqual([]);
	expect(newLosses(before, lost('The snapshot a: gone.', 'Its saved memory.'))).toEqual(['Its saved memory.']);
	expect(newLosses(before, lost('The snapshot b: gone. Deleting it frees 3 MiB.'))).toHaveLength(1);
});

describe('what they free', () => {
	const one = snapshot('one');
	const two = snapshot('two');
	const plan = planIn(planTurn(holding([one, two]), turn(one), remove));
	const size = (tag: string, ownBytes: number | null, about = false) => ({
		tag,
		duplicates: 0,
		about,
		ownBytes,
		sinceBytes: null,
		reason: null,
		disks: [],
	});
	const words = (...domains: Parameters<typeof freedBy>[0]) => freedWords(freedBy(domains));
	const alone = (bytes: number | null, about = false) => ({
		planned: [{snapshot: one, plan}],
		sizes: [size('one', bytes, about)],
		together: null,
	});
	const both = {
		planned: [
			{snapshot: one, plan},
			{snapshot: two, plan},
		],
		sizes: [size('one', MiB), size('two', 2 * MiB)],
		together: null,
	};

	test('is a sum over domains where all of it is known', () => {
		expect(words(alone(MiB), alone(2 * MiB))).toBe('3 MiB');
		expect(words(alone(MiB), alone(2 * MiB, true))).toBe('about 3 MiB');
	});

	test('is at least that where something is not known', () => {
		expect(words(alone(MiB), alone(null))).toBe('at least 1 MiB');
		expect(words(alone(null))).toBeNull();
	});

	test('of several in one domain is what they free together, and at least their sum until that is known', () => {
		expect(words(both)).toBe('at least 3 MiB');
		expect(words({...both, together: {bytes: 7 * MiB, reason: null}})).toBe('7 MiB');
		expect(words({...both, together: {bytes: null, reason: 'why'}})).toBe('at least 3 MiB');
	});

	test("is nothing where only libvirt's record goes", () => {
		const gone = snapshot('one', {health: 'orphaned', healthReason: 'gone', disks: []});
		const record = planIn(
			planTurn(facts({domain: {snapshots: [gone]}, snapshotXml: recordedXml([gone])}), turn(gone), remove),
		);
		expect(words({planned: [{snapshot: gone, plan: record}], sizes: [], together: null})).toBe('0 B');
	});
});
