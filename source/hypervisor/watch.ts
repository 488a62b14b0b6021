/** Wakes the synchronizer: on events at once, else every few seconds, and after a lost connection with growing patience. */
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
/** After so many looks that found nothing, a minute, they are fewer where events and the folder of the metadata wake us. */
const fewerAfter = settling.length + 30;
const quietMilliseconds = 30_000;
/** At most this part of the time goes into looking, however many domains there are. */
const idleShare = 20;
/** And this part while things settle. */
const settlingShare = 4;
/** An operation raises several events: wait for its neighbours. */
const burstMilliseconds = 15;
const firstRetryMilliseconds = 500;
const lastRetryMilliseconds = 8000;

type Start = {
	/** Whether everything has been read already. */
	readonly complete: boolean;
	/** Whether `wake` is called for changes of snapshots of which libvirt sends no event. */
	readonly isWoken: () => boolean;
};

export function startWatch(reader: LibvirtReader, synchronizer: Synchronizer, store: ViewStore, start: Start): Watch {
	return new Watching(reader, synchronizer, store, start);
}

/** Two loops, from its beginning until it is stopped: one looks, one listens and wakes the first. */
class Watching implements Watch {
	readonly #reader: LibvirtReader;
	readonly #synchronizer: Synchronizer;
	readonly #store: ViewStore;
	readonly #isWoken: () => boolean;
	readonly #stopping = new AbortController();
	readonly #signal = this.#stopping.signal;
	readonly #dirty = new Set<string>();
	readonly #ended: Promise<unknown>;
	#step = 0;
	#nap = new AbortController();
	#unheard = new AbortController();

	constructor(reader: LibvirtReader, synchronizer: Synchronizer, store: ViewStore, {complete, isWoken}: Start) {
		this.#reader = reader;
		this.#synchronizer = synchronizer;
		this.#store = store;
		this.#isWoken = isWoken;
		this.#ended = Promise.all([this.#keepInStep(complete), this.#keepListening()]);
	}

	wake(uuids: Iterable<string> = []): void {
		for (const uuid of uuids) this.#dirty.add(uuid);
		this.#step = 0;
		this.#nap.abort();
	}

	async stop(): Promise<void> {
		this.#stopping.abort();
		await this.#ended;
	}

	async #keepInStep(complete: boolean): Promise<void> {
		let whole = complete;
		let retry = firstRetryMilliseconds;
		while (!this.#signal.aborted) {
			const started = performance.now();
			try {
				await (whole ? this.#look() : this.#synchronizer.readAll({fresh: true}));
				whole = true;
				retry = firstRetryMilliseconds;
				if (this.#dirty.size === 0) await this.#rest(performance.now() - started);
			} catch (error) {
				if (this.#signal.aborted) return;
				whole = false;
				this.#store.connection(lost(error, retry));
				await this.#wait(retry);
				retry = Math.min(retry * 2, lastRetryMilliseconds);
				this.#unheard.abort();
			}
		}
	}

	/** The stream ends with the daemon. Looking again at once finds out whether it is really gone. */
	async #keepListening(): Promise<void> {
		let retry = firstRetryMilliseconds;
		while (!this.#signal.aborted) {
			const started = performance.now();
			await this.#reader.listen(this.#signal, happening => this.wake(this.#synchronizer.concernedBy(happening)));
			if (this.#signal.aborted) return;
			if (performance.now() - started > lastRetryMilliseconds) retry = firstRetryMilliseconds;
			this.wake();
			this.#unheard = new AbortController();
			await this.#wait(retry, this.#unheard.signal);
			retry = Math.min(retry * 2, lastRetryMilliseconds);
		}
	}

	async #look(): Promise<void> {
		if (this.#dirty.size > 0) {
			await this.#wait(burstMilliseconds);
			const uuids = [...this.#dirty];
			this.#dirty.clear();
			await this.#synchronizer.readSome(uuids);
			return;
		}

		if (await this.#synchronizer.check()) this.#step = 0;
	}

	async #rest(took: number): Promise<void> {
		this.#nap = new AbortController();
		await this.#wait(pauseAfter(this.#step++, took, this.#isWoken()), this.#nap.signal);
	}

	/** Not to be woken by events, unless by what may end it earlier: after a failure there are none. */
	async #wait(milliseconds: number, ...earlier: readonly AbortSignal[]): Promise<void> {
		const signal = AbortSignal.any([...earlier, this.#signal]);
		await delay(milliseconds, undefined, {signal}).catch(() => undefined);
	}
}

/** How long to rest after looking took so long, for the n-th time since something happened; with many domains on a slow machine it is longer. */
export function pauseAfter(step: number, took: number, isWoken: boolean): number {
	const soon = settling[step];
	if (soon !== undefined) return Math.max(soon, took * settlingShare);
	return Math.max(isWoken && step >= fewerAfter ? quietMilliseconds : idleMilliseconds, took * idleShare);
}

/** What is told while libvirt cannot be reached; the next attempt comes in so many milliseconds. */
export function lost(error: unknown, retry: number) {
	const {message} = error as Error;
	const remedy = error instanceof CommandError ? error.remedy : null;
	return {status: 'lost', reason: message, remedy, retryAt: new Date(Date.now() + retry).toISOString()} as const;
}
