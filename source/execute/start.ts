/** How an operation begins: its receipt is written, and a process of its own is started for it. */
import type {Plan} from '../core/model/plan.ts';
import type {Receipt} from '../core/model/receipt.ts';
import {busyWith, presentHolder} from './busy.ts';
import {carryOutHere} from './carry-out-here.ts';
import type {OnReceipt, OperationContext} from './operation-context.ts';
import {followReceipt} from './receipts/follow.ts';
import {newReceipt} from './receipts/new-receipt.ts';
import {ownMark} from './receipts/process-mark.ts';
import {closeReceipt} from './receipts/store.ts';

/** Of the receipt that is recovered. */
type Recovered = Pick<Receipt, 'recovers' | 'made'>;

/**
 * Begin to carry a plan out, and follow it to its end. `recovers` says which receipt it finishes or rolls back, and what that
 * one has made: those files are this one's too.
 *
 * @throws {RefusalError} another operation has the domain: nothing was started
 * @throws {ReceiptError} the receipt cannot be written: nothing was started
 */
export async function startOperation(
	context: OperationContext,
	plan: Plan,
	onReceipt?: OnReceipt,
	recovers?: Recovered,
): Promise<Receipt> {
	const {store, runners} = context;
	const holder = await presentHolder(store, plan.domain.uuid);
	if (holder !== null) throw busyWith(holder);
	const fresh = newReceipt(plan, new Date().toISOString());
	const receipt = await store.create({...fresh, runner: await ownMark(), ...(recovers ?? {})});
	onReceipt?.(receipt);
	if (runners === null) return carryOutHere(context, receipt, plan, onReceipt);
	const started = await runners.start(receipt.id);
	if (started.failure !== null) return closeReceipt(store, receipt, notStarted(started.failure));
	return followReceipt(context, receipt, onReceipt, started);
}

function notStarted(reason: string): Partial<Receipt> {
	return {
		status: 'stale',
		message: `Nothing was touched: the process that carries it out could not be started: ${reason}`,
		remedy: 'See whether the program is still installed where it was started from, then try again.',
	};
}
