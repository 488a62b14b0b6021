/** How a host is told that does not answer, or will not. */
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {HostError} from '../../source/core/words/foreseen-error.ts';
import {LastingLink, type Way} from '../../source/hypervisor/agent/here/lasting-link.ts';
import type {Link} from '../../source/hypervisor/agent/here/link.ts';

beforeEach(() => {
	vi.useFakeTimers({now: Date.parse('2026-11-23T14:30:00Z')});
});
afterEach(() => {
	vi.useRealTimers();
});

function linkBy(connect: Way['connect']) {
	const machine = {name: 'h1', ssh: ['ssh', 'h1']};
	return new LastingLink(
		{machine, uri: 'qemu+ssh://h1/system', connect},
		{onView: (_, __, show) => show({...lasting.view(), connection: {status: 'connected'}})},
	);
}

let lasting: LastingLink;

const failing = (error: HostError) => {
	const tried: number[] = [];
	lasting = linkBy(async () => {
		tried.push(Date.now());
		throw error;
	});
	return tried;
};

test.each([
	['is not reached is tried again soon', false, [0, 1000, 3000, 7000]],
	['refuses is left alone for a while, or it would lock out', true, [0, 300_000]],
])('a host that %s', async (_, refuses, times) => {
	const tried = failing(new HostError('said', 'remedy', refuses));
	const begun = Date.now();
	lasting.subscribe(() => {});
	await vi.advanceTimersByTimeAsync(refuses ? 300_000 : 7000);
	expect(tried.map(at => at - begun)).toEqual(times);
	expect(lasting.view().connection).toMatchObject({status: 'lost', reason: 'said', remedy: 'remedy'});
	expect('refused' in lasting.view().connection).toBe(refuses);
	await lasting.close();
});

test('what has failed before it was watched is told, and not tried again at once', async () => {
	const tried = failing(new HostError('said', null));
	await expect(lasting.reached()).rejects.toThrow('said');
	lasting.subscribe(() => {});
	expect([tried.length, lasting.view().connection.status]).toEqual([1, 'lost']);
	await vi.advanceTimersByTimeAsync(1000);
	expect(tried).toHaveLength(2);
	await lasting.close();
});

test('one that is watched and lost is tried again in its time, not for each that asks whether it is reached', async () => {
	const tried = failing(new HostError('said', null));
	lasting.subscribe(() => {});
	await expect(lasting.reached()).rejects.toThrow('said');
	await expect(lasting.reached()).rejects.toThrow('said');
	expect(tried).toHaveLength(1);
	await vi.advanceTimersByTimeAsync(1000);
	expect(tried).toHaveLength(2);
	await lasting.close();
});

test('a command that asks several times waits once for a host that is not reached', async () => {
	const tried = failing(new HostError('said', null));
	await expect(lasting.reached()).rejects.toThrow('said');
	await lasting.refresh();
	await expect(lasting.call('receipts', [])).rejects.toThrow('said');
	expect([tried.length, lasting.view().connection.status]).toEqual([1, 'lost']);
	await lasting.close();
});

test('where somebody watches that is asked for with the connection, and after it where not', async () => {
	const asked: (boolean | string)[] = [];
	const link: Link = {
		call: async () => null,
		watch: () => asked.push('later'),
		ended: new Promise(() => {}),
		close: () => {},
	};
	const asking = () =>
		linkBy(async ({watched}) => {
			asked.push(watched);
			return link;
		});
	lasting = asking();
	await lasting.reached();
	lasting.subscribe(() => {});
	await vi.advanceTimersByTimeAsync(0);
	expect(asked.splice(0)).toEqual([false, 'later']);
	await lasting.close();
	lasting = asking();
	lasting.subscribe(() => {});
	await lasting.reached();
	expect(asked[0]).toBe(true);
	await lasting.close();
});

test('one that does not answer for two seconds is slow until it does', async () => {
	const answers: ((time: number) => void)[] = [];
	const link: Link = {
		call: () => new Promise(resolve => answers.push(resolve)),
		watch: () => {},
		ended: new Promise(() => {}),
		close: () => {},
	};
	lasting = linkBy(async told => {
		told.onView({connection: {status: 'connected'}, host: null, domains: [], pending: []}, []);
		return link;
	});
	lasting.subscribe(() => {});
	await vi.advanceTimersByTimeAsync(6999);
	expect(lasting.view().connection).toEqual({status: 'connected'});
	await vi.advanceTimersByTimeAsync(1);
	expect(lasting.view().connection).toEqual({status: 'slow', since: '2026-11-23T14:30:05.000Z'});
	answers[0]!(Date.now());
	await vi.advanceTimersByTimeAsync(0);
	expect(lasting.view().connection).toEqual({status: 'connected'});
	await lasting.close();
});

test('whoever quits does not wait for one that hangs', async () => {
	const begun = Promise.withResolvers<void>();
	lasting = linkBy((_, __, signal) => {
		begun.resolve();
		return new Promise((___, reject) => signal.addEventListener('abort', () => reject(new HostError('ended', null))));
	});
	const reached = lasting.reached();
	reached.catch(() => {});
	await begun.promise;
	const closed = lasting.close();
	await expect(reached).rejects.toThrow('ended');
	await closed;
});

test('a host that asks is let ask once by the person, and nobody is asked when that connection is lost', async () => {
	const attempts: unknown[] = [];
	let ended = Promise.withResolvers<HostError>();
	const denied = new HostError('Permission denied', 'remedy', true, true);
	lasting = linkBy(async (told, attempt) => {
		attempts.push(attempt);
		if (typeof attempt !== 'object') throw denied;
		if (attempt.givenUp.aborted) throw new HostError('given up', null, true, true);
		told.onView({connection: {status: 'connected'}, host: null, domains: [], pending: []}, []);
		ended = Promise.withResolvers<HostError>();
		return {call: () => new Promise(() => {}), watch: () => {}, ended: ended.promise, close: () => {}};
	});
	const connection = () => lasting.view().connection;
	lasting.subscribe(() => {});
	await vi.advanceTimersByTimeAsync(0);
	expect(connection()).toMatchObject({status: 'lost', reason: 'Permission denied', refused: true, asks: true});

	const lent = (givenUp: AbortSignal) => ({tell: () => {}, givenUp});
	await expect(lasting.answer(lent(AbortSignal.abort()))).rejects.toThrow('given up');
	expect(connection()).toMatchObject({status: 'lost', reason: 'given up', asks: true});

	const answered = lent(new AbortController().signal);
	await lasting.answer(answered);
	expect(connection().status).not.toBe('lost');
	await vi.advanceTimersByTimeAsync(300_000);
	expect(attempts.slice(2)).toEqual([answered]);

	ended.resolve(new HostError('the connection to h1 ended', null));
	await vi.advanceTimersByTimeAsync(1000);
	expect(attempts.slice(3)).toEqual(['later']);
	expect(connection()).toMatchObject({status: 'lost', reason: 'Permission denied', asks: true});
	await lasting.close();
});

test('an attempt under way that needs no answer is the one link', async () => {
	const attempts: unknown[] = [];
	const later = Promise.withResolvers<Link>();
	lasting = linkBy((_, attempt) => {
		attempts.push(attempt);
		return attempts.length === 1 ? Promise.reject(new HostError('denied', null, true, true)) : later.promise;
	});
	lasting.subscribe(() => {});
	await vi.advanceTimersByTimeAsync(300_000);
	const answered = lasting.answer({tell: () => {}, givenUp: new AbortController().signal});
	later.resolve({call: () => new Promise(() => {}), watch: () => {}, ended: new Promise(() => {}), close: () => {}});
	await answered;
	expect(attempts).toEqual(['first', 'later']);
	await lasting.close();
});
