/** What the plan of a receipt gets back before its first step: passwords, which no receipt keeps. */
import {expect, test} from 'vitest';
import {withoutStepSecrets} from '../../source/core/domain-xml/secrets.ts';
import {readFirst} from '../../source/execute/plan/first-reading.ts';
import type {World} from '../../source/execute/surroundings.ts';
import {facts} from '../facts/facts.ts';
import {planFor} from '../facts/plan.ts';
import {recordedXml, snapshot} from '../facts/snapshot.ts';

test("a record gets the passwords that it had, not the domain's", async () => {
	const snapshots = [snapshot('s')];
	const second = "<inactiveDomain><graphics passwd='second'/></inactiveDomain>";
	const snapshotXml = {s: recordedXml(snapshots).s!.replace('</domain>', `</domain>${second}`)};
	const inactiveXml = "<domain><devices><graphics passwd='of now'/></devices></domain>";
	const found = facts({domain: {snapshots}, snapshotXml, inactiveXml});
	const plan = planFor(found, {verb: 'edit', tag: 's', description: 'x'});
	const kept = {...plan, steps: plan.steps.map(withoutStepSecrets)};
	expect(JSON.stringify(kept)).not.toMatch(/second|a&amp;b/);
	const read = await readFirst(kept, {facts: async () => found} as unknown as World);
	expect(read).toMatchObject({
		plan: {steps: [{input: expect.stringMatching(/a&amp;b[\s\S]*second/), undoInput: snapshotXml.s}]},
	});
});
