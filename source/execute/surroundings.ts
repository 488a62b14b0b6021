/** All that the executor sees and touches; a test hands in another one. */

import type {Domain} from '../core/model/domain.ts';
import type {Facts} from '../core/model/facts.ts';
import type {Plan} from '../core/model/plan.ts';
import type {Receipt} from '../core/model/receipt.ts';
import type {Step} from '../core/model/step.ts';
import type {DefinitionWatch} from './steps/definition-watch.ts';
import type {RunCommand} from './steps/run-command.ts';
import type {StopWatching, Watched} from './steps/step-watch.ts';

export type ExecutorSurroundings = {
	/** Fresh facts about the plan's domain. Rejects where it is gone or libvirt cannot be asked. */
	readonly facts: () => Promise<Facts>;
	readonly run: RunCommand;
	/** What is written to the definition of the plan's domain, by anybody. */
	readonly definition: Pick<DefinitionWatch, 'written'>;
	/** Device and inode of a file; null where there is none. Null where the files are those of another machine. */
	readonly identify: ((file: string) => Promise<string | null>) | null;
	/** When a file was last written to, as text that is another after every write; null where there is none. Null as `identify`. */
	readonly writtenAt: ((file: string) => Promise<string | null>) | null;
	/** Makes a receipt last; rejects where it cannot. */
	readonly save: (receipt: Receipt) => Promise<void>;
	/** ISO 8601. */
	readonly now: () => string;
	/** What to do about a failed command's words; null where unknown. */
	readonly remedyFor: (words: string) => string | null;
	readonly onReceipt: (receipt: Receipt) => void;
	/** The same as `facts` after a step was run: waits a while for a libvirt that is being restarted. */
	readonly factsAfter: () => Promise<Facts>;
	/** The same after a plan that did not come to its end: looks at what such a one may leave, too. */
	readonly factsBrokenOff: () => Promise<Facts>;
	/** UUID of the domain whose memory this file holds; null where it holds none that libvirt can read. */
	readonly savedDomain: (file: string) => Promise<string | null>;
	/** Whether a person has asked to stop. */
	readonly cancelled: () => Promise<boolean>;
	/** Reports how far a step is while it runs, and breaks it off where that is asked for and possible. */
	readonly watch: (step: Step, watched: Watched) => StopWatching;
	/** Keeps and removes pictures of the screen after a plan that was verified; never rejects. `after`: the domain as read back. */
	readonly pictures: (plan: Plan, after: Domain) => Promise<void>;
	/** Keeps a state of the receipt that need not last. */
	readonly note: (receipt: Receipt) => void;
};
