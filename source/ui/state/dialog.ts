/** What a dialog knows, from the key that opened it to the plan under review. Plain data. */

import type {Facts} from '../../core/model/facts.ts';
import type {Intent, PowerVerb} from '../../core/model/intent.ts';
import type {Outcome} from '../../core/model/plan.ts';
import type {Receipt} from '../../core/model/receipt.ts';
import type {ChoiceId, Recovery} from '../../core/recover/recovery.ts';
import type {Field} from '../terminal/text-field.ts';

/** What a dialog was opened for. */
export type Task =
	| 'create'
	| 'revert'
	| 'delete'
	| 'memory'
	| 'clone'
	| 'reclaim'
	| 'edit'
	| 'rename'
	| 'protect'
	| 'expire'
	| 'undo'
	| 'recover'
	| PowerVerb;

export type DialogStep = 'tag' | 'description' | 'expires' | 'name' | 'file' | 'menu' | 'options' | 'review';

/** From a key to a reviewed plan. */
export type Dialog = {
	readonly name: 'dialog';
	readonly task: Task;
	/** Answers for an earlier dialog are told apart by it. */
	readonly token: number;
	readonly uuid: string;
	/** For the title; the facts follow. */
	readonly domainName: string;
	/** What the planner is given; null until a menu has set it, and where a plan comes from a receipt. */
	readonly intent: Intent | null;
	/** Null while they are being read. */
	readonly facts: Facts | null;
	/** The interrupted or failed operation and its choices; null for any other task. */
	readonly recovery: Recovering | null;
	/** The finished operation to undo; null for any other task. */
	readonly undoes: Receipt | null;
	/** Why the facts, or the interrupted operation, could not be read. */
	readonly failure: string | null;
	readonly steps: readonly DialogStep[];
	readonly at: number;
	/** The step to go to when the facts that are being read have come. */
	readonly resume: number;
	/** The text of the tag, description or confirmation being typed. */
	readonly field: Field;
	/** Row of the options step. */
	readonly option: number;
	/** Row under the cursor of the menu. */
	readonly row: string | null;
	/** What the planner says to the intent as it stands; null before the facts are there. */
	readonly outcome: Outcome | null;
	/** Enter counts: the review has been on screen for a while without one, so a held key cannot run through it. */
	readonly armed: boolean;
	/** Token of the last arming requested. */
	readonly arming: number;
	readonly top: number;
};

export type Recovering = {
	readonly receipt: Receipt;
	/** Null while it is being computed from what is there now. */
	readonly found: Recovery | null;
	readonly choice: ChoiceId | null;
};
