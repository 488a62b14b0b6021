/** Everything that can happen to the state, and everything it can ask for. Plain data. */
import type {Facts} from '../../core/model/facts.ts';
import type {Contact, FileSystem} from '../../core/model/hypervisor.ts';
import type {Plan} from '../../core/model/plan.ts';
import type {Receipt, Unfinished} from '../../core/model/receipt.ts';
import type {Snapshot, SnapshotSizes} from '../../core/model/snapshot.ts';
import type {ChoiceId, Recovery} from '../../core/recover/recovery.ts';
import type {Together} from '../../core/snapshots/contents/sizes.ts';
import type {Pixels} from '../terminal/pictures/pixels.ts';
import type {DomainKey, HostName, HostNews} from './hosts/placed.ts';
import type {HostCommand, Notice, Opened, ShownPicture, Size, State} from './state.ts';

export type Action =
	/** By its name in the key table. */
	| {readonly type: 'key'; readonly key: string}
	| {readonly type: 'notice'; readonly notice: Notice}
	| {readonly type: 'text'; readonly text: string}
	| {readonly type: 'resize'; readonly size: Size}
	/** Of each host that is told of no more than one. */
	| {readonly type: 'views'; readonly views: readonly HostNews[]}
	| {readonly type: 'contact'; readonly host: HostName; readonly contact: Contact}
	| {readonly type: 'file-systems'; readonly host: HostName; readonly fileSystems: readonly FileSystem[]}
	/** Of the snapshots of a domain. */
	| {readonly type: 'sizes'; readonly domain: DomainKey; readonly sizes: readonly SnapshotSizes[]}
	/** Of the snapshot of that time; null where none is kept. */
	| {readonly type: 'picture'; readonly shown: ShownPicture}
	/** As the terminal has answered. */
	| {readonly type: 'pixels'; readonly pixels: Pixels | null}
	| {readonly type: 'facts'; readonly token: number; readonly domain: DomainKey; readonly facts: Facts}
	/** `domain` is null for those of an interrupted operation. */
	| {readonly type: 'facts-failed'; readonly token: number; readonly domain: DomainKey | null; readonly reason: string}
	/** What deleting several snapshots of a domain frees. */
	| {readonly type: 'together'; readonly token: number; readonly domain: DomainKey; readonly together: Together}
	| {readonly type: 'opened'; readonly token: number; readonly opened: Opened}
	/** It could not be opened, or is not open any more. */
	| {readonly type: 'not-open'; readonly token: number; readonly reason: string}
	| {readonly type: 'recovery'; readonly token: number; readonly recovery: Recovery}
	| {readonly type: 'menu-highlighted' | 'menu-chosen'; readonly row: string}
	/** The text of a dialog's field, in an editor. */
	| {readonly type: 'text-edited'; readonly token: number; readonly text: string}
	| {readonly type: 'armed'; readonly arming: number}
	| {readonly type: 'receipt' | 'finished'; readonly key: number; readonly receipt: Receipt}
	| {readonly type: 'work-failed'; readonly key: number; readonly reason: string}
	/** Receipts that are open, and those that ended, the newest last; at the start and whenever one may have been interrupted. */
	/** Left out: at all hosts. */
	| {readonly type: 'look-back'; readonly host?: HostName}
	| {
			readonly type: 'found';
			readonly host: HostName;
			readonly unfinished: readonly Unfinished[];
			readonly past: readonly Receipt[];
			/** What ended later is news. */
			readonly since: string;
	  }
	| {readonly type: 'closed'; readonly host: HostName; readonly receipt: Receipt}
	| {readonly type: 'tick'; readonly now: string}
	| {readonly type: 'log'; readonly entries: readonly HostCommand[]};

/** Requested by the reducer, performed by the runner in effects.ts. */
export type Effect =
	| {readonly type: 'refresh'}
	| {
			readonly type: 'read-facts';
			readonly domain: DomainKey;
			readonly token: number;
			readonly folders?: readonly string[];
			readonly file?: string;
	  }
	/** In place of those requested before. */
	| {readonly type: 'read-sizes'; readonly domain: DomainKey}
	| {readonly type: 'read-picture'; readonly domain: DomainKey; readonly createdAt: string}
	/** Whether the terminal draws pixels; it may never answer. */
	| {readonly type: 'ask-pixels'}
	/** Nothing comes of it where it cannot be read. */
	| {
			readonly type: 'read-together';
			readonly domain: DomainKey;
			readonly tags: readonly string[];
			readonly token: number;
	  }
	| {readonly type: 'read-recovery'; readonly host: HostName; readonly id: string; readonly token: number}
	/** Its disks are served until it is closed. */
	| {readonly type: 'open-snapshot'; readonly domain: DomainKey; readonly snapshot: Snapshot; readonly token: number}
	| {readonly type: 'close-snapshot'; readonly token: number}
	| {readonly type: 'arm'; readonly arming: number}
	/** Carrying out may follow. */
	| {readonly type: 'prepare'; readonly host: HostName}
	| {readonly type: 'carry-out'; readonly host: HostName; readonly key: number; readonly plan: Plan}
	| {readonly type: 'follow'; readonly host: HostName; readonly key: number; readonly id: string}
	/** A choice with a plan is an operation; any other only closes the receipt. */
	| {
			readonly type: 'recover';
			readonly host: HostName;
			readonly key: number | null;
			readonly id: string;
			readonly choice: ChoiceId;
	  }
	| {readonly type: 'cancel'; readonly host: HostName; readonly id: string}
	/** Left out: at all hosts. */
	| {readonly type: 'look-back'; readonly host?: HostName}
	| {readonly type: 'read-log'}
	/** How all hosts answer, what their clocks say, and what room they have. */
	| {readonly type: 'ask-hosts'}
	/** `commandsFor`: they are commands for the machine of this host. */
	| {
			readonly type: 'copy';
			readonly text: string;
			readonly what: string;
			readonly commandsFor?: {readonly host: HostName};
	  }
	| {readonly type: 'edit-text'; readonly text: string; readonly token: number}
	/** The terminal is lent to ssh, to ask there what it has to know. */
	| {readonly type: 'let-ask'; readonly host: HostName}
	| {readonly type: 'suspend'}
	| {readonly type: 'quit'};

/** What a reducer answers: the state after it, and what is to be done. */
export type Next = readonly [State, readonly Effect[]];

/** What a key does. `rows`: how many the text on the screen has, for a key that scrolls it. */
export type Act = (state: State, rows: number) => Next;
