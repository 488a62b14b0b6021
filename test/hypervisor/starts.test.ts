/** Connections to many hosts begin some at a time. */
import {setImmediate} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {inItsTurn} from '../../source/hypervisor/agent/here/starts.ts';

const never = new AbortController().signal;

test('begins some at a time, in the order of asking; one that hangs, or fails, holds up nobody for long', async () => {
	const begun: number[] = [];
	const open = Array.from({length: 100}, () => Promise.withResolvers<number>());
	const asked = open.map(({promise}, index) =>
		inItsTurn(() => {
			begun.push(index);
			return promise;
		}, never),
	);
	await setImmediate();
	const first = begun.length;
	expect(first).toBeGreaterThan(1);
	expect(first).toBeLessThan(50);
	open[0]!.resolve(0);
	open[1]!.reject(new Error('refused'));
	expect(await asked[0]).toBe(0);
	await expect(asked[1]).rejects.toThrow('refused');
	await setImmediate();
	expect(begun.length).toBe(first + 2);
	// None of the others ever answers.
	await expect.poll(() => begun.length, {timeout: 10_000}).toBe(100);
	expect(begun).toEqual(open.map((_, index) => index));
});

test('one that is no longer wanted does not begin', async () => {
	const left = new AbortController();
	const hanging = Array.from({length: 60}, () => inItsTurn(() => new Promise<never>(() => {}), never));
	const late = inItsTurn(async () => 'begun', left.signal);
	left.abort(new Error('left'));
	await expect(late).rejects.toThrow('left');
	expect(hanging).toHaveLength(60);
});
