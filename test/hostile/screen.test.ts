/** Text that is drawn: a terminal finds nothing in it to obey, and no line of it is another's. */
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {planText} from '../../source/commands/change/plan-text.ts';
import {endingText, receiptTable, receiptText} from '../../source/commands/operations/receipt-text.ts';
import {domainTable} from '../../source/commands/show/domain-table.ts';
import {snapshotTable} from '../../source/commands/show/list.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import {typedThere} from '../../source/core/words/remedy.ts';
import {printable, shellWord} from '../../source/core/words/text.ts';
import {run} from '../commands/fake.ts';
import {disk, domain, image} from '../facts/domain.ts';
import {facts} from '../facts/facts.ts';
import {planFor} from '../facts/plan.ts';
import {receiptOf} from '../facts/receipt.ts';
import {snapshot} from '../facts/snapshot.ts';
import {leak, longText, onceFailed, runs, text} from './texts.ts';

test('printable leaves nothing to obey, and keeps what it made', () => {
	fc.assert(
		fc.property(longText, value => {
			const shown = printable(value);
			expect(leak(shown)).toBeNull();
			expect(shown).not.toContain('\n');
			expect(printable(shown)).toBe(shown);
			expect(leak(shellWord(value))).toBeNull();
		}),
		{numRuns: runs(4), examples: onceFailed.map(value => [value])},
	);
});

test('every single character, and every invalid byte', () => {
	for (let code = 0; code <= 0x10ffff; code++) {
		if (leak(printable(String.fromCodePoint(code))) !== null) expect.fail(`U+${code.toString(16)}`);
	}

	for (let byte = 0x80; byte <= 0xff; byte++)
		expect(leak(printable(Buffer.from([0x61, byte, 0x62]).toString()))).toBeNull();
});

const names = fc.record({
	name: longText,
	tag: text,
	parent: text,
	reason: text,
	description: text,
	file: text,
	words: text,
});
type Names = typeof names extends fc.Arbitrary<infer T> ? T : never;

const onceFailedNames = onceFailed.map((value): Names => {
	return {name: value, tag: value, parent: value, reason: value, description: value, file: value, words: value};
});
const examples = onceFailedNames.map((given): [Names] => [given]);

function hostileDomain({name, tag, parent, reason, description, file}: Names) {
	const path = `/images/${file}`;
	return domain({
		name,
		problems: [reason],
		disks: [disk('vda', {source: path, chain: [image(path)], unreadable: {reason, remedy: reason}})],
		snapshots: [
			snapshot(tag, {parent, healthReason: reason, health: 'partial', description, memoryFile: path}),
			snapshot(parent, {healthReason: reason}),
		],
	});
}

function hostileReceipt(given: Names): Receipt {
	const healthy = domain({name: given.name, snapshots: [snapshot(given.tag)]});
	const receipt = receiptOf(planFor(facts({domain: healthy}), {verb: 'delete', tag: given.tag}));
	const steps = receipt.steps.map(step => ({...step, stdout: given.words, stderr: given.reason, exitCode: 1}));
	return {...receipt, steps, findings: [given.reason], message: given.words, remedy: given.words, status: 'failed'};
}

describe('what commands print', () => {
	test('lists', () => {
		fc.assert(
			fc.property(names, given => {
				const hostile = hostileDomain(given);
				expect(leak(domainTable({domains: [hostile]}))).toBeNull();
				const left = {file: `/images/${given.file}`, bytes: 1, base: given.file};
				expect(leak(snapshotTable(hostile, {looked: {reclaimable: [left], sizes: []}, now: 0, host: 'h1'}))).toBeNull();
				expect(domainTable({domains: [hostile]}).split('\n')).toHaveLength(2);
			}),
			{numRuns: runs(), examples},
		);
	});

	test('plans and receipts', () => {
		fc.assert(
			fc.property(names, given => {
				const receipt = hostileReceipt(given);
				expect(leak(planText(receipt.plan, typedThere))).toBeNull();
				expect(leak(receiptText(receipt, typedThere))).toBeNull();
				expect(leak(endingText(receipt, typedThere))).toBeNull();
				expect(leak(receiptTable([receipt]))).toBeNull();
				expect(receiptTable([receipt]).split('\n')).toHaveLength(2);
			}),
			{numRuns: runs(), examples},
		);
	});
});

const commandLines = fc.oneof(
	fc.tuple(fc.constantFrom('list', 'log', 'undo', 'recover'), text),
	fc.tuple(fc.constantFrom('create', 'revert', 'delete', 'plan'), text, text),
	fc.tuple(fc.constant('create'), fc.constant('web'), text, fc.constant('--method'), text),
	fc.tuple(fc.constant('plan'), text, text, text),
	fc.tuple(text, text),
	fc.tuple(fc.constant('list'), fc.constant('--json')),
);

test('the whole program, whatever is typed and whatever it finds', async () => {
	await fc.assert(
		fc.asyncProperty(commandLines, names, async (argv, given) => {
			const hostile = hostileDomain(given);
			const {stdout, stderr} = await run(argv, {domains: [hostile], receipts: [hostileReceipt(given)], answer: ''});
			expect(leak(stdout)).toBeNull();
			expect(leak(stderr)).toBeNull();
		}),
		{numRuns: runs(0.5), examples: onceFailedNames.map(given => [[given.name, given.tag], given])},
	);
});

test('JSON on a terminal steers nothing either, and means the same', async () => {
	await fc.assert(
		fc.asyncProperty(names, async given => {
			const hostile = hostileDomain(given);
			const {stdout} = await run(['list', '--json'], {domains: [hostile]});
			expect(leak(stdout)).toBeNull();
			expect(JSON.parse(stdout).domains[0].name).toBe(given.name);
		}),
		{numRuns: runs(0.5), examples},
	);
});
