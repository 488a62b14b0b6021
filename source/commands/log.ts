/** `virsnap log [ID]`: receipts of what was done. Needs no connection. */

import type {Receipt, Unfinished} from '../core/model/receipt.ts';
import {progressWords} from '../core/words/progress.ts';
import {t} from '../core/words/text.ts';
import type {Run} from './catalogue.ts';
import {withHypervisor} from './connection.ts';
import {Exit, print, printJson, say} from './context.ts';
import {receiptTable, receiptText} from './receipt-text.ts';
import {refuse} from './refuse.ts';

export const log: Run = async (context, {words: [id], options}) => {
	const {receipts, open} = await withHypervisor(context, async hypervisor => ({
		receipts: await hypervisor.receipts(),
		open: await hypervisor.unfinished(),
	}));
	const json = Boolean(options.json);
	if (id !== undefined) {
		const receipt = receipts.find(candidate => candidate.id === id);
		if (!receipt) {
			const reason = t`There is no receipt ${id}.`;
			return refuse(context, {code: 'not-found', reason, remedy: 'See all: virsnap log'}, json);
		}

		if (json) printJson(context, {receipt});
		else {
			print(context, receiptText(receipt));
			const state = stateOf(receipt, open);
			if (state === 'running' && receipt.progress)
				print(context, `${progressWords(receipt.progress)}; to stop it: virsnap cancel ${receipt.id}`);
			if (state === 'cut-off') say(context, `It was cut off. What can be done: virsnap recover ${receipt.id}`);
		}
	} else if (json) printJson(context, {receipts});
	else if (receipts.length > 0) {
		print(context, receiptTable(receipts.map(receipt => ({...receipt, status: stateOf(receipt, open)}))));
	} else say(context, 'Nothing was done yet.');
	return Exit.ok;
};

/** The status on disk, but for one that nobody works on any more. */
function stateOf({id, status}: Receipt, open: readonly Unfinished[]): string {
	return open.find(({receipt}) => receipt.id === id)?.state ?? status;
}
