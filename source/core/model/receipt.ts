/** The record of one carried-out plan: written before and after each step, so that a crash leaves the truth behind. */
import type {Plan} from './plan.ts';
import type {Remedy} from './remedy.ts';

/** One process: the id alone may be given to another one, after a while or after a reboot. */
export type ProcessMark = {
	readonly pid: number;
	/** In clock ticks since boot (proc(5), stat, field 22). */
	readonly startTicks: string;
	/** /proc/sys/kernel/random/boot_id */
	readonly bootId: string;
};

/** How far the running step is, in the job's own bytes; the total may grow, since a guest writes meanwhile. */
export type Progress = {readonly doneBytes: number; readonly totalBytes: number};

export type StepRecord = {
	readonly argv: readonly string[];
	readonly status: 'pending' | 'running' | 'done' | 'failed';
	readonly startedAt: string | null;
	readonly endedAt: string | null;
	readonly exitCode: number | null;
	/** The command's own words, verbatim; sanitise before drawing. */
	readonly stdout: string;
	readonly stderr: string;
};

/**
 * - running: under way, or interrupted if no process works on it any more
 * - verified: every step done and every expectation read back
 * - failed: a step failed, or an expectation was not met; `message` says what state things are in
 * - undone: a step failed and the finished ones were rolled back: as before
 * - stale: nothing was touched, since the facts had changed
 */
export type ReceiptStatus = 'running' | 'verified' | 'failed' | 'undone' | 'stale';

/** The message of one that is verified. */
export const DONE = 'Done and verified.';

export type Receipt = {
	readonly version: 2;
	/** Sortable and unique: time and domain. */
	readonly id: string;
	readonly plan: Plan;
	readonly status: ReceiptStatus;
	readonly startedAt: string;
	readonly endedAt: string | null;
	readonly steps: readonly StepRecord[];
	/** Device and inode of each file that its steps have made. Null in a receipt of version 1, which did not keep them. */
	readonly made: Readonly<Record<string, string>> | null;
	/** Undo commands that were run after a failure, in their order. */
	readonly undone: readonly StepRecord[];
	/** Expectations that reading back did not find, and basis lines that had changed, in words. */
	readonly findings: readonly string[];
	/** Reason and state of things, for a person; empty while running. */
	readonly message: string;
	/** What to do next; null where nothing is needed. */
	readonly remedy: Remedy | null;
	/** Who works on it: its starter, then the runner. While it is `running` and this process is gone, it was interrupted. */
	readonly runner?: ProcessMark;
	/** Of the running step; null or left out where nobody can tell. */
	readonly progress?: Progress | null;
	/** It ended since a person asked for that; left out otherwise. */
	readonly cancelled?: boolean;
	/** The receipt that was interrupted, which this one finishes or rolls back. */
	readonly recovers?: string;
};

/** A file where a receipt belongs that is none, or cannot be trusted: nothing of it is ever run. */
export type OddReceipt = {
	readonly file: string;
	/** In a few words, without a full stop. */
	readonly reason: string;
};

/** A receipt that was never closed. */
export type Unfinished = {
	readonly receipt: Receipt;
	/** `running`: a process works on it, or a command that it left behind. `cut-off`: nobody does any more. */
	readonly state: 'running' | 'cut-off';
};
