/** What every part of an operation works with. */
import type {Facts} from '../core/model/facts.ts';
import type {LoggedCommand} from '../core/model/hypervisor.ts';
import type {Plan} from '../core/model/plan.ts';
import type {Receipt} from '../core/model/receipt.ts';
import type {LibvirtReader} from '../libvirt/reader.ts';
import type {Libvirt} from '../libvirt/virsh/ask.ts';
import type {ReceiptStore} from './receipts/store.ts';
import type {Runners} from './runner.ts';

export type OperationContext = {
	/** Claims and requests to cancel lie in its folder, beside the receipts. */
	readonly store: ReceiptStore;
	readonly libvirt: Libvirt;
	/** Asks the same libvirt. */
	readonly reader: LibvirtReader;
	/** Reads a plan's domain anew, and the folders of its files. Rejects where the domain is gone or libvirt cannot be asked. */
	readonly facts: (plan: Plan, looking?: Looking) => Promise<Facts>;
	/** Whether libvirt means the file that is seen here under this path. */
	readonly isHere: (file: string) => Promise<boolean>;
	/** Where libvirt is expected to keep the definitions of its domains, a file for each. */
	readonly definitions: string;
	/** Null: receipts are carried out in this process. */
	readonly runners: Runners | null;
	/** Hears of every command that was run, by this process or by the one that is followed. */
	readonly log?: (command: LoggedCommand) => void;
	/** Ends all following; what is followed goes on. */
	readonly signal?: AbortSignal;
};

/** How a plan's domain is looked at. */
export type Looking = {
	/** Something of the plan was, and may have left more behind than libvirt and QEMU tell by themselves. */
	readonly brokenOff?: boolean;
	/** The receipt by which the plan is carried out now; left out: none is yet. */
	readonly by?: Receipt['id'];
};

/** `earlier`: the receipts of all other operations, which know of files that nothing else names. */
export type LookingBack = Looking & {readonly earlier: readonly Receipt[]};

/** Hears of each state of a receipt. */
export type OnReceipt = (receipt: Receipt) => void;
