/** What a dialog knows, from the key that opened it to the plan under review, and what comes of one about several. Plain data. */

import type {Facts} from '../../core/model/facts.ts';
import type {Intent, PowerVerb} from '../../core/model/intent.ts';
import type {Outcome, Plan} from '../../core/model/plan.ts';
import type {Receipt} from '../../core/model/receipt.ts';
import type {SeveralIntent, Turn} from '../../core/planning/several/turn.ts';
import type {ChoiceId, Recovery} from '../../core/recover/recovery.ts';
import type {Together} from '../../core/snapshots/contents/sizes.ts';
import type {Field} from '../terminal/text-field.ts';
import type {DomainKey, Placed} from './hosts/placed.ts';

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

export type DialogStep = 'tag' | 'description' | 'expires' | 'name' | 'file' | 'menu' | 'disks' | 'options' | 'review';

/** From a key to a reviewed plan. */
export type Dialog = {
	readonly name: 'dialog';
	readonly task: Task;
	/** Answers for an earlier dialog are told apart by it. */
	readonly token: number;
	/** Of one about several: the first. */
	readonly domain: DomainKey;
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
	/** The snapshots of whatever domains that it is about together; null where it is about one domain. */
	readonly several: Several | null;
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

/** What happens to the rest where one of several fails. */
export type AtError = 'stop' | 'continue';

/** One of several, and where it is. */
export type PlacedTurn = Turn & Pick<Placed, 'host' | 'key'>;

/** Several snapshots, reviewed and confirmed together; the intent of the dialog is wanted of each. */
export type Several = {
	/** In the order in which they are carried out. */
	readonly turns: readonly PlacedTurn[];
	/** Domains whose facts are still to be requested. */
	readonly left: readonly DomainKey[];
	/** By the domain; words where they could not be read. */
	readonly facts: Readonly<Record<DomainKey, Facts | string>>;
	/** What all of one domain free together. */
	readonly together: Readonly<Record<DomainKey, Together>>;
	/** What the planner says to each; null before the review. */
	readonly reviewed: readonly Reviewed[] | null;
	readonly atError: AtError;
};

export type Reviewed = {readonly turn: PlacedTurn; readonly outcome: Outcome};

/** Several that were confirmed together, while they are carried out one after another and as they ended. */
export type Batch = {
	readonly intent: SeveralIntent;
	/** Each with its plan as it was reviewed. */
	readonly turns: readonly {readonly turn: PlacedTurn; readonly plan: Plan}[];
	/** How those ended that have had their turn. */
	readonly ends: readonly End[];
	readonly atError: AtError;
	/** Of the facts that are being read for the one that has its turn. */
	readonly token: number;
	/** Key of the operation of the one that has its turn, or had it last; null while its facts are being read. */
	readonly work: number | null;
	/** No further one is to begin. */
	readonly stopping: boolean;
	/** Nothing of it is under way any more. */
	readonly over: boolean;
};

/** `receipt`: where the operation is recorded; null where nothing was begun. */
export type End = {readonly ok: boolean; readonly words: string; readonly receipt: string | null};
