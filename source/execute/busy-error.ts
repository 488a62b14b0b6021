/** That something else works on a domain: as an error for who asks, and as the end of a receipt. */

/** Something else works on the domain, or on the receipt: nothing was touched. */
export class BusyError extends Error {
	readonly code = 'busy';
	readonly remedy: string;

	constructor(message: string, remedy: string) {
		super(message);
		this.name = 'BusyError';
		this.remedy = remedy;
	}
}

/** The error where the domain is held by the receipt of this id. */
export function busyWith(holder: string): BusyError {
	const {message, remedy} = busyEnding(holder);
	return new BusyError(message, remedy);
}

/** The end of a receipt that found its domain held by the one of this id. */
export function busyEnding(holder: string): {readonly message: string; readonly remedy: string} {
	return {
		message: `Nothing was touched: another operation works on this domain (${holder}).`,
		remedy: `Wait for it: virsnap log ${holder}`,
	};
}
