/**
 * How many connections begin at a time. With hundreds of hosts that many ssh would begin in one moment: none of them gets on, the machine
 * hangs, and ssh's own time-outs run.
 */
import {setTimeout as delay} from 'node:timers/promises';
import pLimit from 'p-limit';

const atOnce = 32;

/** So long one keeps its place: those that hang hold up nobody behind them for longer. */
const placeMs = 1000;

const places = pLimit(atOnce);

/** Begins as soon as there is a place, in the order of asking. Rejects with the signal's reason where that comes first. */
export function inItsTurn<T>(begin: () => Promise<T>, signal: AbortSignal): Promise<T> {
	const {promise, resolve, reject} = Promise.withResolvers<T>();
	void places(async () => {
		if (signal.aborted) {
			reject(signal.reason);
			return;
		}
		const begun = begin();
		begun.then(resolve, reject);
		const over = new AbortController();
		const time = delay(placeMs, undefined, {ref: false, signal: over.signal});
		await Promise.race([begun, time]).catch(() => undefined);
		over.abort();
	});
	return promise;
}
