/**
 * What to do about a receipt that was cut off. What of it is really done is concluded from the facts as they are now, held
 * against what the plan stood on and what it promised; never from what was intended, nor from how far the receipt got.
 */
import type {Plan, Refusal} from './plan.ts';
import type {ReceiptStatus} from './receipt.ts';

/** close: nothing is left to do. go-on: what is missing. way-back: as before. leave: close it, and touch nothing. */
export type ChoiceId = 'close' | 'go-on' | 'way-back' | 'leave';

export type Choice =
	/** Only the receipt is closed, with this status and message. */
	| {readonly id: 'close' | 'leave'; readonly label: string; readonly status: ReceiptStatus; readonly message: string}
	/** A plan of its own, to be reviewed like any other. */
	| {readonly id: 'go-on' | 'way-back'; readonly label: string; readonly plan: Plan};

export type Recovery = {
	/** finished: all that was promised is there. untouched: all is as it was before. partly: something between. */
	readonly verdict: 'finished' | 'untouched' | 'partly';
	/** In one sentence, for a person. */
	readonly summary: string;
	/** What differs from before, and what is missing of what was promised, read just now. */
	readonly findings: readonly string[];
	/** The safest first. */
	readonly choices: readonly Choice[];
	/** Why a choice one might expect is not among them. */
	readonly refusals: readonly {readonly id: ChoiceId; readonly refusal: Refusal}[];
};
