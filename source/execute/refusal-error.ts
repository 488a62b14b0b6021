/** What cannot be done now with an operation or its domain: as an error for who asks, and as the end of a receipt. */
import type {Refusal} from '../core/model/refusal.ts';

/** Refused before anything was touched. The message is the reason. */
export class RefusalError extends Error {
	readonly code: Refusal['code'];
	readonly remedy: string;

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
export function busyEnding(holder: string): {readonly message: string; readonly remedy: string} {
	return {
		message: `Nothing was touched: another operation works on this domain (${holder}).`,
		remedy: `Wait for it: virsnap log ${holder}`,
	};
}
