/** Everything the UI knows, everything that can happen to it, and everything it can ask for. Plain data. */
import type {Facts} from '../core/domain.ts';
import type {LoggedCommand, View} from '../core/hypervisor.ts';
import type {MethodId} from '../core/method.ts';
import type {Intent, Outcome, Plan} from '../core/plan.ts';
import type {Receipt} from '../core/receipt.ts';
import type {Command} from './keymap.ts';
import type {Size} from './layout.ts';
import type {Field} from './text-field.ts';
import type {Glyphs} from './theme.ts';

export type Pane = 'domains' | 'snapshots';

/** The item meant, by identity and not by row, and the first row shown. */
export type Cursor = {readonly key: string | null; readonly top: number};

export type DialogStep = 'tag' | 'description' | 'method' | 'options' | 'review';

/** From an intent to a reviewed plan. */
export type Dialog = {
	readonly name: 'dialog';
	/** Answers for an earlier dialog are told apart by it. */
	readonly token: number;
	readonly uuid: string;
	/** For the title; the facts follow. */
	readonly domainName: string;
	readonly intent: Intent;
	/** Null while they are being read. */
	readonly facts: Facts | null;
	/** Why they could not be read. */
	readonly failure: string | null;
	readonly steps: readonly DialogStep[];
	readonly at: number;
	/** The text of the tag, description or confirmation being typed. */
	readonly field: Field;
	/** Row of the options step. */
	readonly option: number;
	/** Method under the cursor of the method menu. */
	readonly method: MethodId | null;
	/** What the planner says to the intent as it stands; null before the facts are there. */
	readonly outcome: Outcome | null;
	/** Enter counts: the review has been on screen for a while without one, so a held key cannot run through it. */
	readonly armed: boolean;
	/** Ordinal of the last arming asked for. */
	readonly arming: number;
	readonly top: number;
};

export type Screen =
	| {readonly name: 'lists'}
	| {readonly name: 'details' | 'chains' | 'progress'; readonly top: number}
	| {readonly name: 'help'; readonly top: number; readonly under: Screen}
	| {readonly name: 'log'; readonly top: number; readonly entries: readonly LoggedCommand[]}
	| Dialog;

export type Notice = {readonly tone: 'plain' | 'ok' | 'warn' | 'bad'; readonly text: string};

/** The plan being carried out, or the last one. */
export type Work = {
	readonly plan: Plan;
	/** Null until the executor reports. */
	readonly receipt: Receipt | null;
	readonly finished: boolean;
	/** Why there is no receipt to go by. */
	readonly failure: string | null;
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
	/** The filter of the focused pane is being typed. */
	readonly filtering: boolean;
	readonly tree: boolean;
	readonly screen: Screen;
	readonly work: Work | null;
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
	| {readonly type: 'method-highlighted'; readonly method: MethodId}
	| {readonly type: 'method-chosen'; readonly method: MethodId}
	| {readonly type: 'armed'; readonly arming: number}
	| {readonly type: 'receipt'; readonly receipt: Receipt}
	| {readonly type: 'finished'; readonly receipt: Receipt}
	| {readonly type: 'work-failed'; readonly reason: string}
	| {readonly type: 'log'; readonly entries: readonly LoggedCommand[]};

/** Asked for by the reducer, performed by the runner in effects.ts. */
export type Effect =
	| {readonly type: 'refresh'}
	| {readonly type: 'read-facts'; readonly uuid: string; readonly token: number}
	| {readonly type: 'arm'; readonly arming: number}
	| {readonly type: 'carry-out'; readonly plan: Plan}
	| {readonly type: 'read-log'}
	| {readonly type: 'copy'; readonly text: string; readonly what: string}
	| {readonly type: 'suspend'}
	| {readonly type: 'quit'};

export type Next = readonly [State, readonly Effect[]];

const NOTHING_YET: View = {connection: {status: 'connecting'}, inventory: null, pending: new Set()};

export function initialState(given: Pick<State, 'size' | 'glyphs' | 'uri'>): State {
	return {
		...given,
		view: NOTHING_YET,
		focus: 'domains',
		domains: {cursor: {key: null, top: 0}, filter: ''},
		snapshots: {cursors: {}, filter: ''},
		filtering: false,
		tree: false,
		screen: {name: 'lists'},
		work: null,
		notice: null,
		quitting: false,
		tokens: 0,
	};
}
