/** `virsnap log` and `virsnap recover` over several hosts: receipts are kept where the work was done. */
import type {Hypervisor} from '../../core/model/hypervisor.ts';
import type {OddReceipt, Receipt} from '../../core/model/receipt.ts';
import type {Typed} from '../../core/words/remedy.ts';
import {plural, t} from '../../core/words/text.ts';
import {type Context, Exit, type ExitStatus, print, printJson, say} from '../context.ts';
import {oddText, receiptTable} from '../operations/receipt-text.ts';
import {receiptEntry} from '../show/documents.ts';
import {answersOf, askHosts, sayUnreached, unreachedOf} from './ask-hosts.ts';

type Which = 'all' | 'unfinished';

type Kept = {
	/** What no process works on any more has a status of its own. */
	readonly receipts: readonly (Omit<Receipt, 'status'> & {readonly status: string})[];
	readonly documents: readonly unknown[];
	readonly odd: readonly OddReceipt[];
};

export async function logAll(context: Context, json: boolean, which: Which): Promise<ExitStatus> {
	const asked = await askHosts(context, (hypervisor, {name}) => read(hypervisor, which, {host: name, ssh: null}));
	const member = which === 'all' ? 'receipts' : 'unfinished';
	const kept = answersOf(asked);
	if (json)
		printJson(context, {
			hosts: asked.map(one => {
				if ('unreached' in one) {
					const {name, reason, remedy} = one.unreached;
					return {name, [member]: null, failure: {reason, remedy}};
				}
				const {documents, odd} = one.value;
				return {name: one.host.name, [member]: documents, ...(odd.length === 0 ? {} : {odd}), failure: null};
			}),
		});
	else
		tell(
			context,
			kept.map(({host, value}) => ({name: host.name, ...value})),
			which,
		);
	if (!json) sayUnreached(context, asked);
	return unreachedOf(asked).length === 0 ? Exit.ok : Exit.noConnection;
}

async function read(hypervisor: Hypervisor, which: Which, typed: Typed): Promise<Kept> {
	const [open, odd] = [await hypervisor.unfinished(), await hypervisor.oddReceipts()];
	if (which === 'unfinished')
		return {
			receipts: open.map(({receipt, state}) => ({...receipt, status: state})),
			documents: open.map(one => ({...one, receipt: receiptEntry(one.receipt, typed)})),
			odd,
		};
	const receipts = await hypervisor.receipts();
	const stateOf = (id: string) => open.find(({receipt}) => receipt.id === id)?.state;
	return {
		receipts: receipts.map(receipt => ({...receipt, status: stateOf(receipt.id) ?? receipt.status})),
		documents: receipts.map(one => receiptEntry(one, typed)),
		odd,
	};
}

/** Newest first, as on one host. */
function tell(context: Context, kept: readonly (Kept & {readonly name: string})[], which: Which): void {
	const all = kept.flatMap(({name, receipts}) => receipts.map(receipt => ({receipt, name})));
	all.sort((one, other) => (one.receipt.startedAt < other.receipt.startedAt ? 1 : -1));
	if (all.length > 0)
		print(
			context,
			receiptTable(
				all.map(({receipt}) => receipt),
				all.map(({name}) => name),
			),
		);
	else say(context, which === 'all' ? 'No operations recorded.' : 'No interrupted operations.');
	if (all.length > 0 && which === 'unfinished') say(context, 'See what can be done: virsnap recover HOST/ID');
	for (const {name, odd} of kept)
		if (odd.length > 0)
			say(context, t`On ${name}, ${plural(odd.length, 'a file', 'files')} not used:\n${oddText(odd)}`);
}
