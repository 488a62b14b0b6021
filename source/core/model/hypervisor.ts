/** The port through which `ui/` and `commands/` see and change a hypervisor. `cli.tsx` hands in the real one. */

import type {ChoiceId, Recovery} from '../recover/recovery.ts';
import type {DiskDifference} from '../snapshots/contents/difference.ts';
import type {Export} from '../snapshots/contents/exports.ts';
import type {Picture} from '../snapshots/contents/picture.ts';
import type {Together} from '../snapshots/contents/sizes.ts';
import type {Inventory} from './domain.ts';
import type {Facts} from './facts.ts';
import type {Plan} from './plan.ts';
import type {OddReceipt, Receipt, Unfinished} from './receipt.ts';
import type {Snapshot, SnapshotSizes} from './snapshot.ts';

export type ConnectionState =
	| {readonly status: 'connecting'}
	| {readonly status: 'connected'}
	/** Another machine that has not answered for a while, but is not lost. */
	| {readonly status: 'slow'; readonly since: string}
	/** `reason` in the command's own words, `remedy` where the words are known; a new attempt follows by itself. */
	| {
			readonly status: 'lost';
			readonly reason: string;
			readonly remedy?: string | null;
			readonly retryAt: string;
			/** The other machine can be reached, and will not do until a person has mended something. */
			readonly refused?: boolean;
			/** ssh would have to ask a person, for a password or about a host key: `answer` lets it. */
			readonly asks?: boolean;
	  };

/** What is known at one moment. A new object only when something in it changed. */
export type View = {
	readonly connection: ConnectionState;
	/** Last known facts; stays while the connection is lost. Null until the first answer. */
	readonly inventory: Inventory | null;
	/** UUIDs of domains whose disks and snapshots are still being read. */
	readonly pending: ReadonlySet<string>;
};

/** Before anything was asked. */
export const unread: View = {connection: {status: 'connecting'}, inventory: null, pending: new Set()};

/** A name, and a word about what has it: for the completion of a command line. */
export type Name = {readonly name: string; readonly about: string};

/** Whose names are asked for. */
export type NamesOf = 'domains' | 'receipts' | {readonly snapshotsOf: string} | {readonly disksOf: string};

/** One command that was run, for the on-screen log. */
export type LoggedCommand = {
	readonly at: string;
	readonly argv: readonly string[];
	readonly milliseconds: number;
	readonly exitCode: number | null;
	/** First words of what went wrong; empty on success. */
	readonly error: string;
	/** Whether it could change anything. */
	readonly changes: boolean;
};

/** `progress` is told from 0 to 1. */
export type Reading = {readonly signal?: AbortSignal; readonly progress?: (part: number) => void};

/** Disks of a snapshot that can be looked at until `close`. */
export type Served = {
	readonly sockets: readonly {readonly target: string; readonly socket: string}[];
	/** Resolves with what went wrong where a server ends by itself, and with null once it is closed. */
	readonly ended: Promise<Error | null>;
	close(): Promise<void>;
};

/** Another machine: its name for a person, and what starts a command there when the command is put behind it. */
export type Machine = {readonly name: string; readonly ssh: readonly string[]};

/** How another machine answers. */
export type Contact = {
	/** From a question to its answer. */
	readonly milliseconds: number;
	/** How far its clock is ahead of this one's, in milliseconds; below zero: behind. As exact as `milliseconds`. */
	readonly ahead: number;
};

/** Where images of domains lie, by the first folder on it that one was found in. Bytes; free: for whom virsnap runs as. */
export type FileSystem = {readonly folder: string; readonly freeBytes: number; readonly bytes: number};

/** The terminal in the hands of a program that asks a person at it; it is given back when the call that was given it settles. */
export type LentTerminal = {
	/** Puts words of the program on it: a banner, and why it asks once more. */
	readonly tell: (words: Uint8Array) => void;
	/** The person does not want to answer. */
	readonly givenUp: AbortSignal;
};

/** As Ink and terminals call them: their shades are the terminal's own. */
export const hostColors = ['red', 'yellow', 'green', 'cyan', 'blue', 'magenta'] as const;

export type HostColor = (typeof hostColors)[number];

/** A hypervisor among several, and what it is called: `h1` in `h1/web`. */
export type NamedHost = {
	readonly name: string;
	readonly uri: string | null;
	/** The configuration wants nothing changed there. */
	readonly readonly?: true;
	/** Of its name, wherever that stands on the screen. */
	readonly color?: HostColor;
};

export type Hypervisor = {
	/** How the other machine that it is on is reached; null: it is on this one. Rejects where it is not reached, with a `remedy`. */
	machine(): Promise<Machine | null>;
	/** Asks the virsnap on the other machine for a sign of life; null: it is on this one, or has no virsnap. Rejects as `machine` does. */
	contact(): Promise<Contact | null>;
	/** Those that the images of the view's domains lie on, as they are now, the one with the least room first; none where images cannot be read. */
	fileSystems(): Promise<readonly FileSystem[]>;
	/** Connects to another machine once more, where it is lost. ssh may ask on the terminal. Rejects where it is not connected then. */
	answer(lent: LentTerminal): Promise<void>;
	view(): View;
	/** Calls back after each change of `view()`; returns the way to stop. */
	subscribe(listener: () => void): () => void;
	/** Reads everything again, caches aside; `heads`: only which domains there are and in what state, where less is quicker. */
	refresh(what?: 'heads'): Promise<void>;
	/** Fresh facts for a planner; `folders` are more of them that the plan may write to, `file` is one of saved memory it is about. */
	facts(uuid: string, folders?: readonly string[], file?: string): Promise<Facts>;
	/**
	 * What each snapshot of a domain of the view really occupies, from the tables of its images: seconds where these are large, and kept
	 * until they change. Rejects only with the signal's reason.
	 */
	sizes(uuid: string, reading?: Reading): Promise<readonly SnapshotSizes[]>;
	/** What deleting all snapshots of these tags at once frees: more than the sum where they share what no other has. */
	sizeTogether(uuid: string, tags: readonly string[], reading?: Reading): Promise<Together>;
	/** How much of each disk differs between two snapshots of a domain of the view. Rejects only with the signal's reason. */
	difference(uuid: string, from: Snapshot, to: Snapshot, reading?: Reading): Promise<readonly DiskDifference[]>;
	/** What the screen showed when the snapshot of that time was taken; null where nothing is kept of it. */
	picture(uuid: string, createdAt: string): Promise<Picture | null>;
	/** Disks of a snapshot, read only, until they are closed, or this program ends. Rejects with qemu-nbd's words. */
	serve(exports: readonly Export[]): Promise<Served>;
	/** UUID of the domain whose memory the file holds; null where it holds none that libvirt can read. */
	savedDomain(file: string): Promise<string | null>;
	/** Says that `carryOut` may follow soon, so that it begins at once. */
	prepare(): Promise<void>;
	/**
	 * Carries a plan out, in a process of its own where the program can start one: it goes on whatever becomes of this one. Reports
	 * each state of its receipt, and resolves with the last. Rejects where nothing was started, with a `remedy`.
	 */
	carryOut(plan: Plan, onReceipt?: (receipt: Receipt) => void): Promise<Receipt>;
	/** Newest first. One that is `running` may have been interrupted: `unfinished` tells. */
	receipts(): Promise<readonly Receipt[]>;
	/** Files where receipts belong that are none, or cannot be trusted. */
	oddReceipts(): Promise<readonly OddReceipt[]>;
	/** Receipts that were never closed, newest first: those under way, and those that were interrupted. */
	unfinished(): Promise<readonly Unfinished[]>;
	/**
	 * Reports each state of a receipt that is under way, from whichever process, and resolves with the last. One that is interrupted
	 * resolves as `failed`, with what to do about it; on disk it stays open until `recover`.
	 */
	follow(id: string, onReceipt?: (receipt: Receipt) => void): Promise<Receipt>;
	/** Asks to stop: at once where libvirt can break the running step off, else before the next step. `follow` shows how it ends. */
	cancel(id: string): Promise<void>;
	/** What an interrupted operation has left, read anew, and what can be done. Rejects, with a `remedy`, while something works on it. */
	recovery(id: string): Promise<Recovery>;
	/** Does one of the choices that `recovery` offers now. Resolves with the receipt that tells the end. */
	recover(id: string, choice: ChoiceId, onReceipt?: (receipt: Receipt) => void): Promise<Receipt>;
	commandLog(): readonly LoggedCommand[];
	close(): Promise<void>;
};
