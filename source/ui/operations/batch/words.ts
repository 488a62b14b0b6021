/** A batch in words: how far it is, how it ended. */
import {counted} from '../../../core/words/text.ts';
import type {Batch} from '../../state/dialog.ts';
import type {Notice, State} from '../../state/state.ts';

/** What has been done to them: "deleted", "protected", … */
function doneWord({intent}: Batch): string {
	if (intent.verb === 'delete') return 'deleted';
	if (intent.expires !== undefined) return 'given an expiry';
	return intent.protect ? 'protected' : 'unprotected';
}

export const failuresOf = ({ends}: Batch): number => ends.filter(({ok}) => !ok).length;

/** "3 of 12 snapshots deleted, 1 failed, 8 not begun" */
export function batchWords(batch: Batch): string {
	const {turns, ends, over} = batch;
	const failures = failuresOf(batch);
	const left = turns.length - ends.length;
	return [
		`${ends.length - failures} of ${counted(turns.length, 'snapshot')} ${doneWord(batch)}`,
		...(failures === 0 ? [] : [`${failures} failed`]),
		...(over && left > 0 ? [`${left} not begun`] : []),
	].join(', ');
}

export const batchNotice = (batch: Batch): Notice =>
	failuresOf(batch) === 0 && batch.ends.length === batch.turns.length
		? {tone: 'ok', text: `${batchWords(batch)} and verified`}
		: {tone: 'bad', text: `${batchWords(batch)}: o shows them`};

/** How many would not have their turn if the program ended now. */
export const waitingInBatch = ({batch}: State): number =>
	batch === null || batch.over ? 0 : batch.turns.length - batch.ends.length - (batch.work === null ? 0 : 1);
