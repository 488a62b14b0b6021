/** What cannot be done now with an operation or its domain: as an error for who asks, and as the end of a receipt. */

import type {Refusal} from '../core/model/refusal.ts';
import type {Remedy} from '../core/model/remedy.ts';
import {byVirsnap} from '../core/steps/hints.ts';
import {remedy} from '../core/words/remedy.ts';

/** Refused before anything was touched. The message is the reason. */
export class RefusalError extends Error {
	readonly code: Refusal['code'];
	readonly remedy: Remedy;

	constructor({code, reason, remedy}: Refusal) {
		super(reason);
		this.name = 'RefusalError';
		this.code = code;
		this.remedy = remedy;
	}
}

/** The error where the domain is held by the receipt of this id. */
export function busyWith(holder: string): RefusalError {
	const {message, remedy} = busyEnding(holder);
	return new RefusalError({code: 'busy', reason: message, remedy});
}

/** The end of a receipt that found its domain held by the one of this id. */
export function busyEnding(holder: string): {readonly message: string; readonly remedy: Remedy} {
	return {
		message: `Nothing was changed: another operation is running on this domain (${holder}).`,
		remedy: remedy`Wait until it has finished ${byVirsnap(['log', holder])}.`,
	};
}
