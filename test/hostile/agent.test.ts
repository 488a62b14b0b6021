/** What another machine may send: bytes that are cut, changed and made up, to the one that serves and to the one that asks. */
import {PassThrough} from 'node:stream';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {makePlan} from '../../source/core/make-plan.ts';
import type {Facts} from '../../source/core/model/facts.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import {undoPlan} from '../../source/core/recover/undo.ts';
import {openLink} from '../../source/hypervisor/agent/here/link.ts';
import {frameOf, frameReader} from '../../source/hypervisor/agent/language/frames.ts';
import {callNames} from '../../source/hypervisor/agent/language/protocol.ts';
// With the first facts an agent loads its planners: here they are there by then.
import '../../source/hypervisor/agent/there/plan-again.ts';
import {serveAgent} from '../../source/hypervisor/agent/there/serve-agent.ts';
import {disk} from '../facts/domain.ts';
import {facts} from '../facts/facts.ts';
import {quietHypervisor} from '../facts/hypervisor.ts';
import {planIn} from '../facts/plan.ts';
import {endedAs} from '../facts/receipt.ts';

const numRuns = Number(process.env.FUZZ_RUNS ?? 200);

/** Bytes that begin as true frames and are then changed at a few places, or cut. */
const mutated = (values: fc.Arbitrary<unknown>) =>
	fc
		.tuple(
			fc.array(values, {minLength: 1, maxLength: 6}),
			fc.array(fc.tuple(fc.nat(), fc.nat(255)), {maxLength: 6}),
			fc.double({min: 0, max: 1, noNaN: true}),
		)
		.map(([sent, changes, part]) => {
			const bytes = Buffer.concat(sent.map(frameOf));
			for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
			return bytes.subarray(0, Math.ceil(bytes.length * part));
		});

const word = fc.oneof(fc.constantFrom('11111111-2222-3333-4444-555555555555', 'fresh', '/etc/passwd'), fc.string());

const wish = fc.oneof(
	fc.record({verb: fc.constantFrom('create', 'revert', 'delete', 'start', 'undo', 'edit', 'reclaim'), tag: word}),
	fc.object(),
);

const request = fc.oneof(
	fc.record({
		id: fc.nat(),
		call: fc.constantFrom(...callNames),
		given: fc.array(fc.oneof(word, wish, fc.constant(null)), {maxLength: 4}),
	}),
	fc.record({abort: fc.nat()}),
	fc.constant({watch: true}),
	fc.object(),
);

describe('frames', () => {
	test('come out as they went in, however they are cut', () => {
		fc.assert(
			fc.property(fc.array(fc.jsonValue(), {maxLength: 8}), fc.array(fc.integer({min: 1, max: 50})), (values, cuts) => {
				const bytes = Buffer.concat(values.map(frameOf));
				const found: unknown[] = [];
				const read = frameReader(value => found.push(value));
				let at = 0;
				for (const cut of [...cuts, bytes.length + 1]) {
					read(bytes.subarray(at, at + cut));
					at += cut;
				}

				expect(found).toEqual(values.map(value => JSON.parse(JSON.stringify(value))));
			}),
			{numRuns},
		);
	});

	test('a length beyond all reason is refused before anything is kept for it', () => {
		const read = frameReader(() => {}, 1024);
		expect(() => read(Buffer.from([0, 0, 5, 0]))).toThrow('a message of 1280 bytes was announced, 1024 are the most');
	});
});

const known = facts({domain: {state: 'shut off', id: null}});
const {uuid} = known.domain;
const asked = {verb: 'create', tag: 'fresh'} as const;
const plan = planIn(makePlan(known, asked));
/** Of what is there to be undone. */
const receipt = endedAs(planIn(makePlan(facts({domain: {state: 'running', id: 1}}), {verb: 'shutdown'})), 'verified');

/** An agent whose hypervisor writes down the plans that it is to carry out; what is sent to it, and its end. */
async function served(known: Facts, ...sent: readonly Buffer[]): Promise<readonly Plan[]> {
	const carried: Plan[] = [];
	const hypervisor = quietHypervisor({
		facts: async () => known,
		receipts: async () => [receipt],
		carryOut: async plan => {
			carried.push(plan);
			return {} as never;
		},
	});
	const input = new PassThrough();
	const output = new PassThrough().resume();
	const serving = serveAgent(hypervisor, {input, output, version: '1.2.3'});
	const ended = serving.catch(error => expect(error).toMatchObject({name: 'FrameError'}));
	// As one that asks does: the next when it has had time for an answer.
	for (const bytes of sent) {
		input.write(bytes);
		await new Promise(resolve => setImmediate(resolve));
	}

	input.end();
	await ended;
	await new Promise(resolve => setImmediate(resolve));
	return carried;
}

const call = (id: number, name: string, ...given: unknown[]) => ({id, call: name, given});

describe('the one that serves', () => {
	test('carries out the plan that it makes itself of what it has told', async () => {
		const sent = [call(0, 'facts', uuid, [], null), call(1, 'carryOut', uuid, asked, plan)];
		expect(await served(known, ...sent.map(frameOf))).toEqual([plan]);
	});

	test('carries out the undo of what it has a receipt of', async () => {
		const undo = planIn(undoPlan(receipt, known));
		const sent = [
			call(0, 'facts', uuid, [], null),
			call(1, 'carryOut', uuid, {verb: 'undo', receipt: receipt.id}, undo),
		];
		expect(await served(known, ...sent.map(frameOf))).toEqual([undo]);
	});

	test('a wish for some disks and places of files as well, but for no path that is none', async () => {
		const known = facts({domain: {disks: [disk('vda'), disk('vdb')]}});
		const wish = {
			verb: 'create',
			tag: 'fresh',
			disks: ['vda'],
			overlays: [{target: 'vda', path: '/images/x'}],
		} as const;
		const plan = planIn(makePlan(known, wish));
		const sent = (wanted: unknown) => [
			call(0, 'facts', uuid, ['/images'], null),
			call(1, 'carryOut', uuid, wanted, JSON.parse(JSON.stringify(plan))),
		];
		expect(await served(known, ...sent(wish).map(frameOf))).toEqual([plan]);
		const hostile = [
			{...wish, overlays: [{target: 'vda', path: 'x'}]},
			{...wish, overlays: {vda: '/images/x'}},
			{...wish, disks: 'vda'},
			{...wish, disks: ['vda', 'vdb']},
			{...wish, memoryFile: 'x'},
		];
		for (const one of hostile) expect(await served(known, ...sent(one).map(frameOf))).toEqual([]);
	});

	test.each([
		['steps of its own', {...plan, steps: [{...plan.steps[0], argv: ['rm', '-rf', '/']}]}, asked],
		['one step less', {...plan, steps: []}, asked],
		['no fear of failure', {...plan, onFailure: 'stop', expect: []}, asked],
		['another wish', plan, {...asked, tag: 'other'}],
		['the undo of what is not there', plan, {verb: 'undo', receipt: 'none'}],
		['a wish that nobody can have', plan, {...asked, verb: 'format'}],
	])('carries out no plan with %s', async (_, sent, wanted) => {
		const calls = [call(0, 'facts', uuid, [], null), call(1, 'carryOut', uuid, wanted, sent)];
		expect(await served(known, ...calls.map(frameOf))).toEqual([]);
	});

	test('carries out nothing of facts that it has not told', async () => {
		expect(await served(known, frameOf(call(0, 'carryOut', uuid, asked, plan)))).toEqual([]);
	});

	test('stands whatever comes, and carries nothing of it out', async () => {
		await fc.assert(
			fc.asyncProperty(mutated(request), async bytes => {
				expect(await served(known, bytes)).toEqual([]);
			}),
			{numRuns},
		);
	});
});

describe('the one that asks', () => {
	const message = fc.oneof(
		fc.record({id: fc.nat(3), result: fc.jsonValue()}),
		fc.record({id: fc.nat(3), news: fc.jsonValue()}),
		fc.record({id: fc.nat(3), failure: fc.record({message: fc.string()})}),
		fc.record({view: fc.object(), commands: fc.array(fc.object(), {maxLength: 2})}),
		fc.object(),
	);

	test('stands whatever comes: each call is answered or refused, and all end with the line', async () => {
		await fc.assert(
			fc.asyncProperty(mutated(message), async bytes => {
				const input = new PassThrough();
				const over = Promise.withResolvers<never>();
				const link = openLink(
					{input, output: new PassThrough().resume(), ended: over.promise, close: () => input.destroy()},
					{watched: false, onView: () => {}},
				);
				const calls = [link.call('refresh', []), link.call('receipts', [])].map(one => one.then(String, String));
				input.write(bytes);
				await new Promise(resolve => setImmediate(resolve));
				link.close();
				expect(await Promise.all(calls)).toHaveLength(2);
			}),
			{numRuns},
		);
	});
});
