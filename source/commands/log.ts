/** `virsnap log [ID]`: receipts of what was done. Needs no connection. */
import {printable} from '../core/text.ts';
import type {Run} from './catalogue.ts';
import {withHypervisor} from './connection.ts';
import {Exit, print, printJson, say} from './context.ts';
import {receiptTable, receiptText} from './receipt-text.ts';
import {refuse} from './refuse.ts';

export const log: Run = async (context, {words: [id], options}) => {
	const receipts = await withHypervisor(context, hypervisor => hypervisor.receipts());
	const json = Boolean(options.json);
	if (id !== undefined) {
		const receipt = receipts.find(candidate => candidate.id === id);
		if (!receipt) {
			const reason = `There is no receipt ${printable(id)}.`;
			return refuse(context, {code: 'not-found', reason, remedy: 'See all: virsnap log'}, json);
		}

		if (json) printJson(context, {receipt});
		else print(context, receiptText(receipt));
	} else if (json) printJson(context, {receipts});
	else if (receipts.length > 0) print(context, receiptTable(receipts));
	else say(context, 'Nothing was done yet.');
	return Exit.ok;
};
