/** Follows a receipt that is under way, from whichever process, by its file. */

import type {ProcessMark, Receipt} from '../../core/model/receipt.ts';
import {byVirsnap} from '../../core/steps/hints.ts';
import {remedy} from '../../core/words/remedy.ts';
import {t} from '../../core/words/text.ts';
import type {OnReceipt, OperationContext} from '../operation-context.ts';
import type {Started} from '../runner.ts';
import {tellCommands} from '../tell-commands.ts';
import {changedOrLate, watchFolder} from './folder-watch.ts';
import {isSame, ownMark} from './process-mark.ts';
import {readRunnerWords, whyUnwritable} from './runner-words.ts';
import type {ReceiptStore} from './store.ts';
import {isWorkedOn} from './unfinished.ts';

/**
 * Report each state of a receipt once, from `first` on, and resolve with the last: when it is closed, when following ends, or as
 * `failed` when no process works on it any more (on disk it stays open). `started` is the process that we started for it.
 */
export async function followReceipt(
	{store, log, signal}: OperationContext,
	first: Receipt,
	onReceipt?: OnReceipt,
	started: Started | null = null,
): Promise<Receipt> {
	const own = await ownMark();
	const tell = createTeller(onReceipt, log);
	const folder = watchFolder(store.folder);
	void started?.gone.then(folder.wake);
	signal?.addEventListener('abort', folder.wake);
	try {
		for (let receipt = first; ; ) {
			tell(receipt);
			if (receipt.endedAt !== null || signal?.aborted) return receipt;
			// Asked before the file is read, and listened for as well: nothing that happens meanwhile is missed.
			const ours = started !== null && startedBy(own, receipt);
			const alive = ours ? started.running() : await isWorkedOn(receipt);
			const change = folder.change();
			if (await isUnchanged(store, receipt)) {
				if (!alive) return cutOff(receipt, await lastWords(store.folder, receipt.id));
				await changedOrLate(change);
			}

			receipt = (await store.read(receipt.id)) ?? receipt;
		}
	} finally {
		folder.stop();
		signal?.removeEventListener('abort', folder.wake);
	}
}

function createTeller(onReceipt: OnReceipt | undefined, log: OperationContext['log']) {
	const logged = new Set<string>();
	let last = '';
	return (receipt: Receipt): void => {
		const text = JSON.stringify(receipt);
		if (text === last) return;
		last = text;
		onReceipt?.(receipt);
		if (log) tellCommands(receipt, logged, log);
	};
}

/** The receipt names its starter until the runner puts itself there. */
function startedBy(own: ProcessMark, {runner}: Receipt): boolean {
	return runner !== undefined && isSame(runner, own);
}

async function isUnchanged(store: ReceiptStore, receipt: Receipt): Promise<boolean> {
	const next = await store.read(receipt.id);
	return next === null || JSON.stringify(next) === JSON.stringify(receipt);
}

/** What is known of why a runner has gone: its own words, and whether it could still write any. */
async function lastWords(folder: string, id: string): Promise<string[]> {
	const [words, closed] = await Promise.all([readRunnerWords(folder, id), whyUnwritable(folder)]);
	return [
		...(words === '' ? [] : [`Last output of its process: ${words}`]),
		...(closed === null ? [] : [t`Its receipt could not be written any more to ${folder}: ${closed}`]),
	];
}

/** What whoever follows is told of a receipt whose runner is gone; on disk it stays open. */
function cutOff(receipt: Receipt, words: readonly string[]): Receipt {
	return {
		...receipt,
		findings: [...receipt.findings, ...words],
		status: 'failed',
		progress: null,
		message: 'The operation was interrupted: its process is gone.',
		remedy: remedy`Finish it or roll it back ${byVirsnap(['recover', receipt.id], 'recover')}.`,
	};
}
