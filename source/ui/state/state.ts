/** Everything the UI knows. Plain data. */

import type {Reclaimable} from '../../core/model/facts.ts';
import {type Contact, type FileSystem, type LoggedCommand, unread} from '../../core/model/hypervisor.ts';
import type {CreateIntent, EditIntent} from '../../core/model/intent.ts';
import type {Plan} from '../../core/model/plan.ts';
import type {Receipt} from '../../core/model/receipt.ts';
import type {SnapshotSizes} from '../../core/model/snapshot.ts';
import type {Picture} from '../../core/snapshots/contents/picture.ts';
import type {EverywhereOrder} from '../../core/snapshots/everywhere.ts';
import type {ColumnName, ListOrder} from '../../core/snapshots/listed.ts';
import type {Pixels} from '../terminal/pictures/pixels.ts';
import type {Glyphs} from '../terminal/theme.ts';
import type {Batch, Dialog} from './dialog.ts';
import type {FoldKey} from './hosts/folds.ts';
import {type DomainKey, type HostName, type HostView, type Placed, type Seen, seen} from './hosts/placed.ts';

export type Size = {readonly columns: number; readonly rows: number};

export type Pane = 'domains' | 'snapshots';

/** The item meant, by identity and not by row, and the first row shown. */
export type Cursor = {readonly key: string | null; readonly top: number};

/** A marked item: a domain, or a snapshot of it by the key of its row. */
export type Mark = {readonly domain: DomainKey; readonly snapshot: string | null};

type Marks = {
	readonly domains: ReadonlySet<DomainKey>;
	/** The keys of their rows, by their domain. */
	readonly snapshots: Readonly<Record<string, ReadonlySet<string>>>;
};

export type Screen =
	| {readonly name: 'lists'}
	/** All snapshots of all domains. */
	| {readonly name: 'all'}
	| {readonly name: 'details'; readonly top: number}
	| Chains
	| Progress
	| Inside
	/** The batch, while it is carried out and as it ended. */
	| {readonly name: 'batch'; readonly top: number}
	| {readonly name: 'help'; readonly top: number; readonly under: Screen}
	| {readonly name: 'log'; readonly top: number; readonly entries: readonly HostCommand[]}
	/** The hosts, and how they are; `host` is the one under the cursor. */
	| {readonly name: 'hosts'; readonly top: number; readonly host: HostName}
	| Dialog;

/** A command, and where it was run. */
export type HostCommand = LoggedCommand & {readonly host: HostName};

type Chains = {
	readonly name: 'chains';
	readonly top: number;
	readonly token: number;
	/** Overlays that nothing uses any more; null while they are looked for. */
	readonly unused: readonly Reclaimable[] | null;
};

/** A snapshot that is open for reading. */
export type Inside = {
	readonly name: 'inside';
	readonly top: number;
	readonly domain: DomainKey;
	readonly token: number;
	readonly tag: string;
	/** Null while its disks are not served yet. */
	readonly opened: Opened | null;
	/** Why it is not open, or not any more. */
	readonly failure: string | null;
};

export type Opened = {
	readonly disks: readonly {readonly target: string; readonly file: string; readonly socket: string}[];
	readonly warnings: readonly string[];
};

/** An operation while it runs, or as it ended. */
type Progress = {
	readonly name: 'progress';
	readonly top: number;
	/** Which of the operations. */
	readonly key: number;
	/** The question whether to cancel it is shown. */
	readonly asking: boolean;
};

export type Notice = {readonly tone: 'plain' | 'ok' | 'warn' | 'bad'; readonly text: string};

export type Interrupted = {readonly host: HostName; readonly receipt: Receipt};

/** A plan being carried out, from here or from another process, or one that has ended. */
export type Work = {
	readonly key: number;
	readonly host: HostName;
	readonly plan: Plan;
	/** Null until the executor reports. */
	readonly receipt: Receipt | null;
	readonly finished: boolean;
	/** Why there is no receipt to go by. */
	readonly failure: string | null;
	/** Its cancel was requested. */
	readonly cancelled: boolean;
	/** The marked item that it was begun for; null for any other. */
	readonly mark: Mark | null;
};

/** What can be done to all that is marked, one after another. */
export type RoundTask = 'create' | 'delete' | 'protect' | 'expire' | 'start' | 'shutdown' | 'destroy' | 'pause-resume';

/** One task for each of several marked items, one dialog after another. */
export type Round = {
	readonly task: RoundTask;
	/** How many there were at its beginning. */
	readonly count: number;
	/** The one that has its turn. */
	readonly mark: Mark;
	readonly left: readonly Mark[];
	/** Those that the key could not act on when they had their turn, with the reason. */
	readonly passed: readonly string[];
	/** What is proposed for the next ones: what was typed and chosen for the first. */
	readonly wish: CreateIntent | EditIntent | null;
	/** The operation of the one that has its turn; null while its dialog is open. */
	readonly work: number | null;
};

/** Read of the domain that is looked at, in the background. */
type Sizes = {
	/** Of which they were requested last. */
	readonly of: Placed | null;
	/** By their domain, as read last. */
	readonly known: Readonly<Record<string, readonly SnapshotSizes[]>>;
};

/** The picture that was asked for last, and of which snapshot. */
export type ShownPicture = {readonly domain: DomainKey; readonly createdAt: string; readonly picture: Picture | null};

/** All snapshots of all domains in one list. */
type All = {
	readonly cursor: Cursor;
	readonly filter: string;
	readonly order: EverywhereOrder;
	/** The domain whose list was entered from it, so that Esc leads back. */
	readonly entered: DomainKey | null;
};

export type State = {
	readonly size: Size;
	readonly glyphs: Glyphs;
	/** Of the snapshots, as configured; null: what there is room for. */
	readonly columns: readonly ColumnName[] | null;
	/** In the order given; one alone has no name. */
	readonly hosts: readonly HostView[];
	/** What they have, together. */
	readonly view: Seen;
	/** How the others than this machine answered when they were asked last, by their name; of one alone by ''. */
	readonly contacts: Readonly<Record<string, Contact>>;
	/** Where the images of each host lie, when it was asked last, by the host's name; of one alone by ''. */
	readonly fileSystems: Readonly<Record<string, readonly FileSystem[]>>;
	readonly focus: Pane;
	readonly domains: {readonly cursor: Cursor & {readonly key: DomainKey | FoldKey | null}; readonly filter: string};
	/** Hosts that one row stands for, as long as nothing is filtered. */
	readonly folded: ReadonlySet<HostName>;
	/** One cursor per domain, so that coming back finds the same snapshot. */
	readonly snapshots: {readonly cursors: Readonly<Record<string, Cursor>>; readonly filter: string};
	readonly all: All;
	readonly sizes: Sizes;
	readonly shown: ShownPicture | null;
	/** How the terminal draws pixels; null where it does not, or has not answered yet. It is asked when there is something to draw. */
	readonly pixels: Pixels | null | 'unasked';
	readonly marks: Marks;
	readonly round: Round | null;
	/** Of this session the last one; null before the first. */
	readonly batch: Batch | null;
	/** The snapshot being created, or given another tag: its domain's cursor goes there from `from` once it is listed. */
	readonly awaited: {readonly domain: DomainKey; readonly tag: string; readonly from: string | null} | null;
	/** The filter of the list of all, or of the focused pane, is being typed. */
	readonly filtering: boolean;
	readonly tree: boolean;
	/** Of the snapshots; in the tree that of those under one parent. */
	readonly order: ListOrder;
	readonly screen: Screen;
	/** Operations of this session, those found under way at its start, and before them the latest that had ended; the newest last. */
	readonly works: readonly Work[];
	/** Hosts whose receipts have been read. */
	readonly lookedBack: readonly HostName[];
	/** Interrupted operations whose receipts are not closed yet, of each host the newest first. */
	readonly interrupted: readonly Interrupted[];
	/** ISO 8601; moves each minute, and each second while an operation is under way. Null before the first. */
	readonly now: string | null;
	readonly notice: Notice | null;
	/** Quit was pressed while work was under way; a second press quits. */
	readonly quitting: boolean;
	readonly tokens: number;
};

export const NO_MARKS: Marks = {domains: new Set(), snapshots: {}};

type Given = Pick<State, 'size' | 'glyphs'> &
	Partial<Pick<State, 'columns'>> & {readonly hosts: readonly Omit<HostView, 'view'>[]};

export function initialState(given: Given): State {
	const hosts = given.hosts.map(host => ({...host, view: unread}));
	return {
		columns: null,
		...given,
		hosts,
		view: seen(hosts),
		contacts: {},
		fileSystems: {},
		focus: 'domains',
		domains: {cursor: {key: null, top: 0}, filter: ''},
		folded: new Set(),
		snapshots: {cursors: {}, filter: ''},
		all: {cursor: {key: null, top: 0}, filter: '', order: 'age', entered: null},
		sizes: {of: null, known: {}},
		shown: null,
		pixels: 'unasked',
		marks: NO_MARKS,
		round: null,
		batch: null,
		awaited: null,
		filtering: false,
		tree: false,
		order: 'listed',
		screen: {name: 'lists'},
		works: [],
		lookedBack: [],
		interrupted: [],
		now: null,
		notice: null,
		quitting: false,
		tokens: 0,
	};
}
