/** Errors that were foreseen. What is thrown and is none of them is a bug. */
import type {Refusal} from '../model/refusal.ts';
import type {Remedy} from '../model/remedy.ts';

/** The message is the reason. */
export abstract class ForeseenError extends Error {
	/** What to do about it; null where nothing is known. */
	abstract readonly remedy: Remedy | null;
}

/** A refusal where it cannot be handed back: nothing was touched. */
export class RefusalError extends ForeseenError {
	readonly refusal: Refusal;
	readonly remedy: Remedy;

	constructor(refusal: Refusal, options?: ErrorOptions) {
		super(refusal.reason, options);
		this.name = 'RefusalError';
		this.refusal = refusal;
		this.remedy = refusal.remedy;
	}
}

/** Another host cannot be reached, or no virsnap answers there: nothing is known about the question. */
export class HostError extends ForeseenError {
	readonly remedy: Remedy | null;
	/** It will not do until a person has mended something: to try again soon is of no use. */
	readonly refuses: boolean;
	/** ssh would have to ask a person. */
	readonly asks: boolean;
	constructor(message: string, remedy: Remedy | null, refuses = false, asks = false) {
		super(message);
		this.name = 'HostError';
		this.remedy = remedy;
		this.refuses = refuses;
		this.asks = asks;
	}
}

/** What to do about an error, where it knows; null where it does not. */
export function remedyOf(error: unknown): Remedy | null {
	return error instanceof ForeseenError ? error.remedy : null;
}
