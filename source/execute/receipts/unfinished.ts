/** Receipts that were never closed: something works on them still, or they were interrupted. */
import type {Receipt, Unfinished} from '../../core/model/receipt.ts';
import {commandsRun, isAlive} from './process-mark.ts';
import type {ReceiptStore} from './store.ts';

/** All of them, newest first. */
export async function unfinishedReceipts(store: ReceiptStore): Promise<Unfinished[]> {
	const open = (await store.list()).filter(receipt => receipt.endedAt === null);
	return Promise.all(
		open.map(async (receipt): Promise<Unfinished> => {
			if (await isWorkedOn(receipt)) return {receipt, state: 'running'};
			// It may have been closed while we looked.
			const again = (await store.read(receipt.id)) ?? receipt;
			return {receipt: again, state: 'cut-off'};
		}),
	).then(all => all.filter(({receipt}) => receipt.endedAt === null));
}

/** Whether a process works on it: a runner, or a command that outlived its runner. Read from /proc. */
export async function isWorkedOn(receipt: Receipt): Promise<boolean> {
	if (receipt.runner && (await isAlive(receipt.runner))) return true;
	return commandsRun(receipt.id, argvsOf(receipt));
}

function argvsOf({plan}: Receipt): (readonly string[])[] {
	return plan.steps.flatMap(({argv, undo}) => (undo === null ? [argv] : [argv, undo]));
}
