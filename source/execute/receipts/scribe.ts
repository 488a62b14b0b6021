/** Keeps the receipt of a plan that is carried out: every change of it is on disk before anything else happens. */
import type {Receipt, StepRecord} from '../../core/model/receipt.ts';
import {debug} from '../../programs/debug-log.ts';
import {messageOf} from '../error-words.ts';
import type {ExecutorSurroundings} from '../surroundings.ts';

export type Scribe = {
	/** As it is now. */
	receipt(): Receipt;
	/** @throws what `ExecutorSurroundings.save` rejects with */
	write(change: Partial<Receipt>): Promise<void>;
	/** Only in memory: the next write takes it along. Nothing changes where nothing was said before. */
	note(change: Partial<Receipt>): Receipt;
	/** Like `write`, for one record, and in the same moment for what else comes with it. */
	writeStep(
		list: 'steps' | 'undone',
		index: number,
		change: Partial<StepRecord>,
		more?: Partial<Receipt>,
	): Promise<void>;
	/** The last write: never rejects. Where it cannot be saved the receipt says so among its findings. */
	end(change: Partial<Receipt>): Promise<Receipt>;
};

const debugReceipt = ({id, status, message, steps, undone}: Receipt): void =>
	debug('receipt', {id, status, message, steps: steps.map(one => one.status), undone: undone.map(one => one.status)});

/** A scribe whose receipt is in this state; nothing is written yet. */
export function createScribe(surroundings: ExecutorSurroundings, first: Receipt): Scribe {
	let receipt = first;

	async function write(change: Partial<Receipt>): Promise<void> {
		receipt = {...receipt, ...change};
		debugReceipt(receipt);
		await surroundings.save(receipt);
		surroundings.onReceipt(receipt);
	}

	return {
		receipt: () => receipt,
		write,
		note(change) {
			if (change.progress === null && !receipt.progress) return receipt;
			receipt = {...receipt, ...change};
			surroundings.onReceipt(receipt);
			return receipt;
		},
		writeStep(list, index, change, more = {}) {
			const records = receipt[list].map((record, at) => (at === index ? {...record, ...change} : record));
			return write({...more, [list]: records});
		},
		async end(change) {
			receipt = {...receipt, ...change, endedAt: surroundings.now()};
			debugReceipt(receipt);
			try {
				await surroundings.save(receipt);
			} catch (error) {
				// What was done is done: the caller hears of it even where the disk does not.
				receipt = {...receipt, findings: [...receipt.findings, messageOf(error)]};
			}

			surroundings.onReceipt(receipt);
			return receipt;
		},
	};
}
