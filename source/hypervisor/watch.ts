/** Wakes the synchronizer: on events at once, else every two seconds, and after a lost connection with growing patience. */
import {setTimeout as delay} from 'node:timers/promises';
import {CommandError} from '../libvirt/errors.ts';
import type {LibvirtReader} from '../libvirt/reader.ts';
import type {Synchronizer} from './synchronizer.ts';
import type {ViewStore} from './view-store.ts';

export type Watch = {
	/** Look again soon, and at these domains in any case. */
	wake(uuids?: Iterable<string>): void;
	/** Resolves when every child has ended. */
	stop(): Promise<void>;
};

/**
 * Pauses after something happened. libvirt reports "paused" and "resumed" while a snapshot is still being taken, and its
 * metadata appears a moment later without any event: so for a while it is looked at more often.
 */
const settling = [120, 250, 500, 1000];
const idleMilliseconds = 2000;
/** At most this part of the time goes into looking, however many domains there are. */
const idleShare = 20;
/** And this part while things settle. */
const settlingShare = 4;
/** An operation raises several events: wait for its neighbours. */
const burstMilliseconds = 15;
const firstRetryMilliseconds = 500;
const lastRetryMilliseconds = 8000;

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a factory: its functions are short, and share what it holds
export function startWatch(
	reader: LibvirtReader,
	synchronizer: Synchronizer,
	store: ViewStore,
	complete: boolean,
): Watch {
	const stopping = new AbortController();
	const {signal} = stopping;
	const dirty = new Set<string>();
	let step = 0;
	let nap = new AbortController();
	let unheard = new AbortController();

	function wake(uuids: Iterable<string> = []): void {
		for (const uuid of uuids) dirty.add(uuid);
		step = 0;
		nap.abort();
	}

	async function sleep(milliseconds: number): Promise<void> {
		nap = new AbortController();
		await delay(milliseconds, undefined, {signal: AbortSignal.any([nap.signal, signal])}).catch(() => undefined);
	}

	/** Not to be woken by events: after a failure there are none. */
	async function wait(milliseconds: number): Promise<void> {
		await delay(milliseconds, undefined, {signal}).catch(() => undefined);
	}

	async function look(): Promise<void> {
		if (dirty.size > 0) {
			await wait(burstMilliseconds);
			const uuids = [...dirty];
			dirty.clear();
			await synchronizer.readSome(uuids);
			return;
		}

		if (await synchronizer.check()) step = 0;
	}

	async function keepInStep(): Promise<void> {
		let whole = complete;
		let retry = firstRetryMilliseconds;
		while (!signal.aborted) {
			const started = performance.now();
			try {
				await (whole ? look() : synchronizer.readAll({fresh: true}));
				whole = true;
				retry = firstRetryMilliseconds;
				if (dirty.size === 0) await sleep(pause(step++, performance.now() - started));
			} catch (error) {
				if (signal.aborted) return;
				whole = false;
				store.connection(lost(error, retry));
				await wait(retry);
				retry = Math.min(retry * 2, lastRetryMilliseconds);
				unheard.abort();
			}
		}
	}

	/** The stream ends with the daemon. Looking again at once finds out whether it is really gone. */
	async function keepListening(): Promise<void> {
		let retry = firstRetryMilliseconds;
		while (!signal.aborted) {
			const started = performance.now();
			await reader.listen(signal, happening => wake(synchronizer.concernedBy(happening)));
			if (signal.aborted) return;
			if (performance.now() - started > lastRetryMilliseconds) retry = firstRetryMilliseconds;
			wake();
			unheard = new AbortController();
			await delay(retry, undefined, {signal: AbortSignal.any([unheard.signal, signal])}).catch(() => undefined);
			retry = Math.min(retry * 2, lastRetryMilliseconds);
		}
	}

	const ended = Promise.all([keepInStep(), keepListening()]);
	return {
		wake,
		async stop() {
			stopping.abort();
			await ended;
		},
	};
}

/** How long to rest after looking took so long; with many domains on a slow machine it is longer. */
function pause(step: number, took: number): number {
	const soon = settling[step];
	return soon === undefined ? Math.max(idleMilliseconds, took * idleShare) : Math.max(soon, took * settlingShare);
}

/** What is told while libvirt cannot be reached; the next attempt comes in so many milliseconds. */
export function lost(error: unknown, retry: number) {
	const {message} = error as Error;
	const remedy = error instanceof CommandError ? error.remedy : null;
	return {status: 'lost', reason: message, remedy, retryAt: new Date(Date.now() + retry).toISOString()} as const;
}
