/** The port through which `ui/` and `commands/` see and change a hypervisor. `cli.tsx` hands in the real one. */
import type {Facts, Inventory} from './domain.ts';
import type {Plan} from './plan.ts';
import type {Receipt} from './receipt.ts';

export type Connection =
	| {readonly status: 'connecting'}
	| {readonly status: 'connected'}
	/** `reason` in the command's own words; a new attempt follows by itself. */
	| {readonly status: 'lost'; readonly reason: string; readonly retryAt: string};

/** What is known at one moment. A new object only when something in it changed. */
export type View = {
	readonly connection: Connection;
	/** Last known facts; stays while the connection is lost. Null until the first answer. */
	readonly inventory: Inventory | null;
	/** UUIDs of domains whose disks and snapshots are still being read. */
	readonly pending: ReadonlySet<string>;
};

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

export type Hypervisor = {
	view(): View;
	/** Calls back after each change of `view()`; returns the way to stop. */
	subscribe(listener: () => void): () => void;
	/** Reads everything again, caches aside. */
	refresh(): Promise<void>;
	/** Fresh facts for a planner; `directory` is one more folder the plan may write to. */
	facts(uuid: string, directory?: string): Promise<Facts>;
	/** Carries a plan out; reports each state of its receipt, and resolves with the last. */
	carryOut(plan: Plan, onReceipt?: (receipt: Receipt) => void): Promise<Receipt>;
	/** Newest first. */
	receipts(): Promise<readonly Receipt[]>;
	commandLog(): readonly LoggedCommand[];
	close(): Promise<void>;
};
