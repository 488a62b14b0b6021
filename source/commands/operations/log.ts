/** `virsnap log [ID]`: receipts of what was done. Needs no connection. */

import type {OddReceipt, Receipt, Unfinished} from '../../core/model/receipt.ts';
import {progressWords} from '../../core/words/progress.ts';
import {t} from '../../core/words/text.ts';
import {command} from '../command.ts';
import {withHypervisor} from '../connection.ts';
import {type Context, commandLine, Exit, type ExitStatus, onHost, print, printJson, say} from '../context.ts';
import {receiptEntry} from '../show/documents.ts';
import {sayRefused} from '../show/refuse.ts';

export const logCommand = command({
	name: 'log',
	summary: 'list the operations carried out, or show one in full',
	arguments: [{name: 'ID', help: 'the id of a receipt', optional: true, completes: ['receipt']}],
	options: {json: {help: 'print the receipts as JSON'}},
	hosts: 'all',
	examples: [
		{line: 'log', does: 'List all operations, the newest first.'},
		{line: 'log 20261123T143000-363Z-c8aea13f', does: 'Show one: each command that was run and its output.'},
	],
	async run(context, {words: [id], options}) {
		const json = options.json === true;
		if (context.hosts.length > 1) return (await import('../hosts/log-all.ts')).logAll(context, json, 'all');
		return withHypervisor(context, async (hypervisor, there) => {
			const known = {
				receipts: await hypervisor.receipts(),
				open: await hypervisor.unfinished(),
				odd: await hypervisor.oddReceipts(),
			};
			return id === undefined ? showAll(there, known, json) : showOne(there, known, id, json);
		});
	},
});

type Known = {
	readonly receipts: readonly Receipt[];
	readonly open: readonly Unfinished[];
	readonly odd: readonly OddReceipt[];
};

async function showAll(context: Context, {receipts, open, odd}: Known, json: boolean): Promise<ExitStatus> {
	if (json)
		printJson(context, {receipts: receipts.map(one => receiptEntry(one, context)), ...(odd.length === 0 ? {} : {odd})});
	else if (receipts.length === 0) say(context, 'No operations recorded.');
	else {
		const {receiptTable} = await import('./receipt-text.ts');
		print(context, receiptTable(receipts.map(receipt => ({...receipt, status: stateOf(receipt, open)}))));
	}

	if (odd.length > 0 && !json) await tellOdd(context, odd);
	return Exit.ok;
}

async function tellOdd(context: Context, odd: readonly OddReceipt[]): Promise<void> {
	const {oddText} = await import('./receipt-text.ts');
	say(context, oddText(odd));
}

async function showOne(context: Context, {receipts, open, odd}: Known, id: string, json: boolean): Promise<ExitStatus> {
	const receipt = receipts.find(candidate => candidate.id === id);
	if (!receipt) {
		const found = odd.find(({file}) => file.endsWith(`/${id}.json`));
		const reason = found ? t`${found.file} is not used: ${found.reason}.` : t`There is no receipt ${id}.`;
		return sayRefused(context, {code: 'not-found', reason, remedy: 'See all: virsnap log'}, json);
	}

	if (json) printJson(context, {...onHost(context), receipt: receiptEntry(receipt, context)});
	else {
		const {receiptText} = await import('./receipt-text.ts');
		print(context, receiptText(receipt, context));
		tellState(context, receipt, stateOf(receipt, open));
	}

	return Exit.ok;
}

/** How to stop what is under way, or to recover what was interrupted. */
function tellState(context: Context, {id, progress}: Receipt, state: string): void {
	if (state === 'running' && progress) {
		print(context, `${progressWords(progress)}; to stop it: ${commandLine(context, ['cancel', id])}`);
	}

	if (state === 'cut-off')
		say(context, `The operation was interrupted. See what can be done: ${commandLine(context, ['recover', id])}`);
}

/** The status on disk, but for one that no process works on any more. */
function stateOf({id, status}: Receipt, open: readonly Unfinished[]): string {
	return open.find(({receipt}) => receipt.id === id)?.state ?? status;
}
