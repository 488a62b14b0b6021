/** `virsnap carry-out ID`: the process of its own that a confirmed plan runs in. Its output is not read; the receipt holds everything. */
import {command} from '../command.ts';
import {Exit, UsageError} from '../context.ts';

export const carryOutCommand = command({
	name: 'carry-out',
	summary: 'carry out a receipt without a terminal; other commands start it',
	arguments: [{name: 'ID', help: 'the id of the receipt; -: the first line of stdin, where one comes'}],
	options: {receipts: {value: 'DIR', help: 'the folder of the receipt'}},
	examples: [],
	hidden: true,
	async run({uri, adapters}, {words: [id = ''], options: {receipts}}) {
		if (receipts === undefined) throw new UsageError('carry-out needs --receipts', 'Other commands start it');
		const {exitStatus} = await import('../change/change.ts');
		const receipt = await adapters.runReceipt(uri, receipts, id);
		return receipt === null ? Exit.ok : exitStatus(receipt);
	},
});
