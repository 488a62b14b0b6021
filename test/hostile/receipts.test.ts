/** Files beside each other in the folder of receipts, as anybody may have left them there: believed only where they are whole and true. */
import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Receipt} from '../../source/core/model/receipt.ts';
import {isTrueToItself} from '../../source/core/steps/step.ts';
import {claimDomain, holderOf} from '../../source/execute/receipts/claims.ts';
import {ownMark} from '../../source/execute/receipts/process-mark.ts';
import {parseReceipt} from '../../source/execute/receipts/reading/parse.ts';
import {domain, uuid} from '../facts/domain.ts';
import {facts} from '../facts/facts.ts';
import {planFor} from '../facts/plan.ts';
import {receiptOf} from '../facts/receipt.ts';
import {snapshot} from '../facts/snapshot.ts';
import {runs, text} from './texts.ts';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-hostile-receipts-'));
});
afterAll(() => rm(folder, {recursive: true}));

const receipts = fc
	.record({name: text, tag: text, words: text, verb: fc.constantFrom('delete', 'revert')})
	.map(({name, tag, words, verb}): Receipt => {
		const plan = planFor(facts({domain: domain({name, snapshots: [snapshot(tag)]})}), {verb, tag});
		return receiptOf(plan, {message: words, findings: [words], remedy: words});
	});

const fixtures = path.join(import.meta.dirname, '../fixtures/receipts-version-1');
const recorded = await Promise.all(
	(await readdir(fixtures)).map(async name => JSON.parse(await readFile(path.join(fixtures, name), 'utf8'))),
);

/** Whatever is believed runs only what its steps are. */
function expectBelievable(json: string): void {
	const found = parseReceipt(json);
	if ('reason' in found) expect(found.reason).not.toBe('');
	else for (const step of found.receipt.plan.steps) expect(isTrueToItself(step)).toBe(true);
}

test('a receipt is read as it was written, whatever it names', () => {
	fc.assert(
		fc.property(receipts, receipt => {
			expect(parseReceipt(JSON.stringify(receipt))).toEqual({receipt});
		}),
		{numRuns: runs()},
	);
});

type Place = {readonly owner: Record<string, unknown>; readonly key: string};

/** Every member and entry of a document. */
function placesIn(value: unknown): Place[] {
	if (typeof value !== 'object' || value === null) return [];
	const owner = value as Record<string, unknown>;
	return Object.keys(owner).flatMap(key => [{owner, key}, ...placesIn(owner[key])]);
}

test('an old receipt that expects nothing at all is no crash', () => {
	for (const receipt of recorded)
		expectBelievable(JSON.stringify({...receipt, plan: {...receipt.plan, expect: [null]}}));
});

test('a receipt with any of its values replaced or gone is believed only where its commands are those of its steps', () => {
	const whole = fc.oneof(receipts, fc.constantFrom(...recorded));
	const put = fc.oneof(fc.jsonValue({maxDepth: 2}), text, fc.constant(undefined));
	fc.assert(
		fc.property(whole, fc.nat(), put, (receipt, which, value) => {
			const copy = structuredClone(receipt);
			const places = placesIn(copy);
			const {owner, key} = places[which % places.length]!;
			owner[key] = value;
			expectBelievable(JSON.stringify(copy));
		}),
		{numRuns: runs(4)},
	);
});

test('a receipt that is cut, or written over in the middle, is refused or whole', () => {
	fc.assert(
		fc.property(receipts, fc.nat(), fc.nat(40), text, (receipt, from, length, put) => {
			const json = JSON.stringify(receipt);
			const at = from % json.length;
			expectBelievable(json.slice(0, at) + put + json.slice(at + length));
			expect(parseReceipt(json.slice(0, at))).toHaveProperty('reason');
		}),
		{numRuns: runs(2)},
	);
});

test('a claim that cannot be read is ignored', async () => {
	const mark = await ownMark();
	const odd = fc.oneof(fc.jsonValue({maxDepth: 2}), fc.record({receipt: text, mark: fc.jsonValue({maxDepth: 1})}));
	await fc.assert(
		fc.asyncProperty(
			fc.oneof(
				odd.map(value => JSON.stringify(value)),
				text,
			),
			async content => {
				await writeFile(path.join(folder, `${uuid}.odd.1.claim`), content);
				const claim = await claimDomain(folder, uuid, 'mine', mark);
				expect(claim).toHaveProperty('release');
				if ('release' in claim) await claim.release();
				expect(await holderOf(folder, uuid)).toBeNull();
			},
		),
		{numRuns: runs(0.2), examples: [['{}'], ['null'], ['{"receipt":"x","mark":null}']]},
	);
});
