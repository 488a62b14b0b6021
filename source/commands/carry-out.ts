/** `virsnap carry-out ID`: the process of its own that a confirmed plan runs in. Nobody reads what it prints; the receipt tells all. */
import type {Run} from './catalogue.ts';
import {exitStatus} from './change.ts';
import {UsageError} from './context.ts';

export const carryOut: Run = async ({uri, adapters}, {words: [id = ''], options: {receipts}}) => {
	if (typeof receipts !== 'string') throw new UsageError('carry-out needs --receipts', 'Other commands start it');
	return exitStatus(await adapters.runReceipt(uri, receipts, id));
};
