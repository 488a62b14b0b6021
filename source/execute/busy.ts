/** A domain that another operation holds: as an error for who asks, and as the end of a receipt. */
import {refuse} from '../core/model/refusal.ts';
import type {Remedy} from '../core/model/remedy.ts';
import {byVirsnap} from '../core/steps/hints.ts';
import {RefusalError} from '../core/words/foreseen-error.ts';
import {remedy} from '../core/words/remedy.ts';

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
