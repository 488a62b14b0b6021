/** Runs one step of a plan. */
import type {Progress} from '../../core/model/receipt.ts';
import type {Remedy} from '../../core/model/remedy.ts';
import type {Step} from '../../core/model/step.ts';
import {makes, usesOf} from '../../core/steps/step.ts';
import {remedyOf} from '../../core/words/foreseen-error.ts';
import {t} from '../../core/words/text.ts';
import {messageOf} from '../error-words.ts';
import type {Scribe} from '../receipts/scribe.ts';
import type {ExecutorSurroundings} from '../surroundings.ts';
import {failureOf} from './command-failure.ts';
import {putBack} from './put-back.ts';

export type Failure = {
	/** The command's own, or why its record could not be written. */
	readonly words: string;
	readonly remedy: Remedy | null;
	/** Broken off since a person asked for that. */
	readonly cancelled: boolean;
};

/** Run one step with its record written before and after. Null where it succeeded; a record that cannot be written is a failure. */
export async function runStep(
	step: Step,
	index: number,
	scribe: Scribe,
	surroundings: ExecutorSurroundings,
): Promise<Failure | null> {
	try {
		await scribe.writeStep('steps', index, {status: 'running', startedAt: surroundings.now()});
	} catch (error) {
		return unrecorded(error);
	}

	const ender = new AbortController();
	const report = (progress: Progress) => surroundings.note(scribe.note({progress}));
	const unwatch = surroundings.watch(step, {report, end: () => ender.abort()});
	const result = await surroundings.run(step.argv, step.input, ender.signal);
	const brokenOff = await unwatch();
	const complained = failureOf(step, result) ?? (await putBack(step.does, surroundings));
	const before = scribe.receipt().made;
	const fresh = complained === null ? await madeBy(step, surroundings) : {};
	// Between the look before the step and its command somebody may have put another file in the place of ours.
	const replaced = Object.keys(fresh).find(
		file => usesOf(step).includes(file) && before?.[file] !== undefined && before[file] !== fresh[file],
	);
	const words =
		complained ?? (replaced === undefined ? null : t`Another file took the place of ${replaced} during this step`);
	try {
		const made = before && {...before, ...(words === null ? fresh : {})};
		scribe.note({progress: null});
		const ended = {...result, status: words === null ? 'done' : 'failed', endedAt: surroundings.now()} as const;
		await scribe.writeStep('steps', index, ended, {made});
	} catch (error) {
		const unwritten = unrecorded(error);
		return words === null ? unwritten : {...unwritten, words: `${words}\n${unwritten.words}`};
	}

	if (words === null) return null;
	return {words, remedy: brokenOff ? null : surroundings.remedyFor(words), cancelled: brokenOff};
}

/** Device and inode of the files that the step has made: none of them was there before it. */
async function madeBy(step: Step, {identify}: ExecutorSurroundings): Promise<Record<string, string>> {
	const made: Record<string, string> = {};
	for (const file of identify === null ? [] : makes(step)) {
		const id = await identify?.(file);
		if (id) made[file] = id;
	}

	return made;
}

/** Where no record can be written nothing more is done. */
function unrecorded(error: unknown): Failure {
	return {words: messageOf(error), remedy: remedyOf(error), cancelled: false};
}
