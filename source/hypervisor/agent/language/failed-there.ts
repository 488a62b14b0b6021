/** What was asked of another host, and failed there. */
import type {Remedy} from '../../../core/model/remedy.ts';
import {ForeseenError} from '../../../core/words/foreseen-error.ts';

/** What was asked failed there; the words are that host's. */
export class FailedThere extends ForeseenError {
	readonly remedy: Remedy | null;
	constructor(message: string, remedy: Remedy | null) {
		super(message);
		this.name = 'FailedThere';
		this.remedy = remedy;
	}
}

export const sameVersions = 'Install the same virsnap on both machines.';
