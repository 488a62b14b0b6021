/** A domain that another operation holds: as an error for who asks, and as the end of a receipt. */
import {setTimeout as delay} from 'node:timers/promises';
import {refuse} from '../core/model/refusal.ts';
import type {Remedy} from '../core/model/remedy.ts';
import {byVirsnap} from '../core/steps/hints.ts';
import {RefusalError} from '../core/words/foreseen-error.ts';
import {remedy} from '../core/words/remedy.ts';
import {holderOf} from './receipts/claims.ts';
import type {ReceiptStore} from './receipts/store.ts';

/** The error where the domain is held by the receipt of this id. */
export function busyWith(holder: string): RefusalError {
	const {message, remedy} = busyEnding(holder);
	return new RefusalError(refuse('busy', message, remedy));
}

/** The end of a receipt that found its domain held by the one of this id. */
export function busyEnding(holder: string): {readonly message: string; readonly remedy: Remedy} {
	return {
		message: `Nothing was changed: another operation is running on this domain (${holder}).`,
		remedy: remedy`Wait until it has finished ${byVirsnap(['log', holder])}.`,
	};
}

/** Longer than any process takes to end. */
const endingMs = 2000;

/**
 * The receipt that has this domain, by its id; null where none has. A domain is let go right behind the end of a receipt: whoever begins the
 * next operation on it, or its recovery, at that very moment is not refused for it.
 */
export async function presentHolder(store: ReceiptStore, uuid: string): Promise<string | null> {
	const until = performance.now() + endingMs;
	for (;;) {
		const holder = await holderOf(store.folder, uuid);
		const receipt = holder === null ? null : await store.read(holder);
		if (holder === null || receipt === null || receipt.endedAt === null || performance.now() > until) return holder;
		await delay(10);
	}
}
