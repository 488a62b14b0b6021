/** Everything the UI knows, everything that can happen to it, and everything it can ask for. Plain data. */
import type {Facts, Reclaimable} from '../core/domain.ts';
import type {LoggedCommand, View} from '../core/hypervisor.ts';
import type {CreateIntent, Intent, Outcome, Plan, PowerVerb} from '../core/plan.ts';
import type {Receipt, Unfinished} from '../core/receipt.ts';
import type {ChoiceId, Recovery} from '../core/recover/recovery.ts';
import type {Command} from './keymap.ts';
import type {Size} from './layout.ts';
import type {Field} from './text-field.ts';
import type {Glyphs} from './theme.ts';

export type Pane = 'domains' | 'snapshots';

/** The item meant, by identity and not by row, and the first row shown. */
export type Cursor = {readonly key: string | null; readonly top: number};

/** A marked item: a domain, or a snapshot of it by the key of its row. */
export type Mark = {readonly uuid: string; readonly snapshot: string | null};

export type Marks = {
	/** Their uuids. */
	readonly domains: ReadonlySet<string>;
	/** The keys of their rows, by the uuid of their domain. */
	readonly snapshots: Readonly<Record<string, ReadonlySet<string>>>;
};

/** What a dialog was opened for. */
export type Task = 'create' | 'revert' | 'delete' | 'memory' | 'clone' | 'reclaim' | 'undo' | 'recover' | PowerVerb;

export type DialogStep = 'tag' | 'description' | 'name' | 'file' | 'menu' | 'options' | 'review';

/** From a key to a reviewed plan. */
export type Dialog = {
	readonly name: 'dialog';
	readonly task: Task;
	/** Answers for an earlier dialog are told apart by it. */
	readonly token: number;
	readonly uuid: string;
	/** For the title; the facts follow. */
	readonly domainName: string;
	/** What the planner is asked; null while a menu has not said it yet, and where a plan comes from a receipt. */
	readonly intent: Intent | null;
	/** Null while they are being read. */
	readonly facts: Facts | null;
	/** What was cut off or failed, and what can be done about it; null for any other task. */
	readonly recovery: Recovering | null;
	/** What was done, and is to be taken back; null for any other task. */
	readonly undoes: Receipt | null;
	/** Why they could not be read. */
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
	/** Token of the last arming asked for. */
	readonly arming: number;
	readonly top: number;
};

export type Recovering = {
	readonly receipt: Receipt;
	/** Null while it is being computed from what is there now. */
	readonly found: Recovery | null;
	readonly choice: ChoiceId | null;
};

export type Screen =
	| {readonly name: 'lists'}
	| {readonly name: 'details'; readonly top: number}
	| Chains
	| Progress
	| {readonly name: 'help'; readonly top: number; readonly under: Screen}
	| {readonly name: 'log'; readonly top: number; readonly entries: readonly LoggedCommand[]}
	| Dialog;

export type Chains = {
	readonly name: 'chains';
	readonly top: number;
	readonly token: number;
	/** Overlays that nothing uses any more; null while they are looked for. */
	readonly leftOver: readonly Reclaimable[] | null;
};

/** An operation as it goes on, or as it ended. */
export type Progress = {
	readonly name: 'progress';
	readonly top: number;
	/** Which of the operations. */
	readonly key: number;
	/** Whether to cancel it is being asked. */
	readonly asking: boolean;
};

export type Notice = {readonly tone: 'plain' | 'ok' | 'warn' | 'bad'; readonly text: string};

/** A plan being carried out, from here or from another process, or one that has ended. */
export type Work = {
	readonly key: number;
	readonly plan: Plan;
	/** Null until the executor reports. */
	readonly receipt: Receipt | null;
	readonly finished: boolean;
	/** Why there is no receipt to go by. */
	readonly failure: string | null;
	/** It was asked to stop. */
	readonly cancelled: boolean;
	/** The marked item that it was begun for; null for any other. */
	readonly mark: Mark | null;
};

/** The keys that work through what is marked. */
export type RoundCommand = Extract<Command, 'create' | 'delete' | 'start' | 'shutdown' | 'destroy' | 'pause-resume'>;

/** One task for each of several marked items, one dialog after another. */
export type Round = {
	readonly command: RoundCommand;
	/** How many there were at its beginning. */
	readonly count: number;
	/** The one that has its turn. */
	readonly mark: Mark;
	readonly left: readonly Mark[];
	/** Those that the key could not act on when they had their turn, with the reason. */
	readonly passed: readonly string[];
	/** What is proposed for the next ones: what was typed and chosen for the first. */
	readonly wish: CreateIntent | null;
	/** The operation of the one that has its turn; null while its dialog is open. */
	readonly work: number | null;
};

export type State = {
	readonly size: Size;
	readonly glyphs: Glyphs;
	/** What virsh was told to connect to, for the connection line. */
	readonly uri: string | null;
	readonly view: View;
	readonly focus: Pane;
	readonly domains: {readonly cursor: Cursor; readonly filter: string};
	/** One cursor per domain, so that coming back finds the same snapshot. */
	readonly snapshots: {readonly cursors: Readonly<Record<string, Cursor>>; readonly filter: string};
	readonly marks: Marks;
	readonly round: Round | null;
	/** The snapshot being created: its domain's cursor goes there from `from` once it is listed. */
	readonly awaited: {readonly uuid: string; readonly tag: string; readonly from: string | null} | null;
	/** The filter of the focused pane is being typed. */
	readonly filtering: boolean;
	readonly tree: boolean;
	readonly screen: Screen;
	/** Operations of this session, those found under way at its start, and before them the latest that had ended; the newest last. */
	readonly works: readonly Work[];
	/** Receipts that nobody works on any more and that were never closed, the newest first. */
	readonly cutOff: readonly Receipt[];
	/** ISO 8601, moving only while an operation is under way; null before. */
	readonly now: string | null;
	readonly notice: Notice | null;
	/** Asked to quit while work was under way; once more means it. */
	readonly quitting: boolean;
	readonly tokens: number;
};

export type Action =
	| {readonly type: 'command'; readonly command: Command}
	| {readonly type: 'notice'; readonly notice: Notice}
	| {readonly type: 'text'; readonly text: string}
	| {readonly type: 'resize'; readonly size: Size}
	| {readonly type: 'view'; readonly view: View}
	| {readonly type: 'facts'; readonly token: number; readonly facts: Facts}
	| {readonly type: 'facts-failed'; readonly token: number; readonly reason: string}
	| {readonly type: 'recovery'; readonly token: number; readonly recovery: Recovery}
	| {readonly type: 'menu-highlighted' | 'menu-chosen'; readonly row: string}
	| {readonly type: 'armed'; readonly arming: number}
	| {readonly type: 'receipt' | 'finished'; readonly key: number; readonly receipt: Receipt}
	| {readonly type: 'work-failed'; readonly key: number; readonly reason: string}
	/** Receipts that are open, and those that ended, the newest last; at the start and whenever one may have been cut off. */
	| {readonly type: 'look-back'}
	| {
			readonly type: 'found';
			readonly unfinished: readonly Unfinished[];
			readonly past: readonly Receipt[];
			readonly news: boolean;
	  }
	| {readonly type: 'closed'; readonly receipt: Receipt}
	| {readonly type: 'tick'; readonly now: string}
	| {readonly type: 'log'; readonly entries: readonly LoggedCommand[]};

/** Asked for by the reducer, performed by the runner in effects.ts. */
export type Effect =
	| {readonly type: 'refresh'}
	| {
			readonly type: 'read-facts';
			readonly uuid: string;
			readonly token: number;
			readonly directory?: string;
			readonly file?: string;
	  }
	| {readonly type: 'read-recovery'; readonly id: string; readonly token: number}
	| {readonly type: 'arm'; readonly arming: number}
	| {readonly type: 'carry-out'; readonly key: number; readonly plan: Plan}
	| {readonly type: 'follow'; readonly key: number; readonly id: string}
	/** A choice with a plan is an operation; any other only closes the receipt. */
	| {readonly type: 'recover'; readonly key: number | null; readonly id: string; readonly choice: ChoiceId}
	| {readonly type: 'cancel'; readonly id: string}
	| {readonly type: 'look-back'}
	| {readonly type: 'read-log'}
	| {readonly type: 'copy'; readonly text: string; readonly what: string}
	| {readonly type: 'suspend'}
	| {readonly type: 'quit'};

export type Next = readonly [State, readonly Effect[]];

export const NO_MARKS: Marks = {domains: new Set(), snapshots: {}};

const NOTHING_YET: View = {connection: {status: 'connecting'}, inventory: null, pending: new Set()};

export function initialState(given: Pick<State, 'size' | 'glyphs' | 'uri'>): State {
	return {
		...given,
		view: NOTHING_YET,
		focus: 'domains',
		domains: {cursor: {key: null, top: 0}, filter: ''},
		snapshots: {cursors: {}, filter: ''},
		marks: NO_MARKS,
		round: null,
		awaited: null,
		filtering: false,
		tree: false,
		screen: {name: 'lists'},
		works: [],
		cutOff: [],
		now: null,
		notice: null,
		quitting: false,
		tokens: 0,
	};
}
