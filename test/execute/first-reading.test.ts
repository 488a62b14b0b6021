/** What the plan of a receipt gets back before its first step: passwords, which no receipt keeps. */
import {expect, test} from 'vitest';
import {withoutStepSecrets} from '../../source/core/domain-xml/secrets.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import {readFirst} from '../../source/execute/plan/first-reading.ts';
import type {ExecutorSurroundings} from '../../source/execute/surroundings.ts';
import {facts} from '../facts/facts.ts';
import {planFor} from '../facts/plan.ts';
import {external, recordedXml, snapshot} from '../facts/snapshot.ts';

test("a record gets the passwords that it had, not the domain's", async () => {
	const snapshots = [snapshot('s')];
	const second = "<inactiveDomain><graphics passwd='second'/></inactiveDomain>";
	const snapshotXml = {s: recordedXml(snapshots).s!.replace('</domain>', `</domain>${second}`)};
	const inactiveXml = "<domain><devices><graphics passwd='of now'/></devices></domain>";
	const found = facts({domain: {snapshots}, snapshotXml, inactiveXml});
	const plan = planFor(found, {verb: 'edit', tag: 's', description: 'x'});
	const kept = {...plan, steps: plan.steps.map(withoutStepSecrets)};
	expect(JSON.stringify(kept)).not.toMatch(/second|a&amp;b/);
	const read = await readFirst(kept, {facts: async () => found} as unknown as ExecutorSurroundings);
	expect(read).toMatchObject({
		plan: {steps: [{input: expect.stringMatching(/a&amp;b[\s\S]*second/), undoInput: snapshotXml.s}]},
	});
});

test('so do all the records of a snapshot that is renamed', async () => {
	const snapshots = [external('s', '/images/vda.s.qcow2', '/images/base.qcow2'), snapshot('child', {parent: 's'})];
	const snapshotXml = recordedXml(snapshots);
	snapshotXml.child = snapshotXml.child!.replace('a&amp;b', 'of the child');
	const found = facts({domain: {snapshots}, snapshotXml});
	const plan = planFor(found, {verb: 'edit', tag: 's', newTag: 't'});
	const kept = {...plan, steps: plan.steps.map(withoutStepSecrets)};
	expect(JSON.stringify(kept)).not.toMatch(/of the child|a&amp;b/);
	const read = await readFirst(kept, {facts: async () => found} as unknown as ExecutorSurroundings);
	const inputs = ({steps}: Plan) =>
		steps.map(one => [one.input ?? '', one.undoInput ?? ''].join('').replaceAll('"', "'"));
	expect('plan' in read && inputs(read.plan)).toEqual(inputs(plan));
});
