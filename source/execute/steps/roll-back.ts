/** Takes the finished steps of a plan back by the undo commands that it gives for them. */
import type {Does} from '../../core/model/does.ts';
import {isActive} from '../../core/model/domain.ts';
import type {Facts} from '../../core/model/facts.ts';
import type {Plan} from '../../core/model/plan.ts';
import type {Step} from '../../core/model/step.ts';
import {isInUse} from '../../core/planning/files.ts';
import {definedBack} from '../../core/steps/shared-steps.ts';
import {madeFile, undoOf, undoSuccess} from '../../core/steps/step.ts';
import {t} from '../../core/words/text.ts';
import {blankRecord} from '../receipts/new-receipt.ts';
import type {Scribe} from '../receipts/scribe.ts';
import type {ExecutorSurroundings} from '../surroundings.ts';
import {failureOf, inSentence} from './command-failure.ts';
import {putBack} from './put-back.ts';

type TakenBack = {
	readonly complete: boolean;
	/** Why it is not complete; else empty. */
	readonly words: string;
};

/** Undo the steps before `failed`, the last one first, until one cannot be undone. */
export async function takeBack(
	plan: Plan,
	failed: number,
	scribe: Scribe,
	surroundings: ExecutorSurroundings,
): Promise<TakenBack> {
	const undos = plan.steps
		.slice(0, failed)
		.reverse()
		.map(step => ({step, undo: undoOf(step), argv: step.undo, success: undoSuccess(step), file: madeFile(step)}));
	for (const {step, undo, argv, success, file} of undos) {
		if (argv === null) return {complete: false, words: 'a step cannot be undone'};
		if (file !== null && (await isAnothers(file, scribe, surroundings)))
			return {complete: false, words: t`${file} is not the file that was made`};
		const obstacle = await obstacleTo(undo, surroundings);
		if (obstacle !== null) return {complete: false, words: obstacle};
		const index = scribe.receipt().undone.length;
		await scribe
			.write({
				undone: [...scribe.receipt().undone, {...blankRecord(argv), status: 'running', startedAt: surroundings.now()}],
			})
			.catch(ignore);
		await surroundings.definition.written();
		const result = await surroundings.run(argv, await undoInput(step, surroundings));
		const words = failureOf({success}, result) ?? (await putBack(undo, surroundings));
		await scribe
			.writeStep('undone', index, {...result, status: words === null ? 'done' : 'failed', endedAt: surroundings.now()})
			.catch(ignore);
		if (words !== null) return {complete: false, words: inSentence(words)};
	}

	return {complete: true, words: ''};
}

/** Why it may not be rolled back now: somebody runs on it by now. What cannot be read may be so. */
async function obstacleTo(undo: Does | null, surroundings: ExecutorSurroundings): Promise<string | null> {
	if (undo === null || !['define', 'remove-file', 'undefine'].includes(undo.kind)) return null;
	const facts = await surroundings.factsAfter().catch(() => null);
	if (facts === null) return 'what is there now could not be read';
	if (undo.kind === 'remove-file') return isWanted(facts, undo.file) ? t`${undo.file} is in use` : null;
	const uuid = undo.kind === 'undefine' ? undo.on.uuid : facts.domain.uuid;
	const running = facts.domains.find(domain => domain.uuid === uuid && isActive(domain));
	return running ? t`${running.name} is ${running.state}` : null;
}

/** A disk depends on it, or it holds memory that libvirt can read: of a snapshot, or what a domain was saved into. */
function isWanted(facts: Facts, file: string): boolean {
	const recorded = facts.domain.snapshots.some(({memoryFile}) => memoryFile === file);
	return recorded || facts.saveImages[file] !== undefined || isInUse(facts, file);
}

/** What goes in: of a definition the one that there is now, so that what somebody else has put into it stays. */
async function undoInput(step: Step, surroundings: ExecutorSurroundings): Promise<string | undefined> {
	const undo = undoOf(step);
	if (undo?.kind !== 'define') return step.undoInput;
	const facts = await surroundings.factsAfter().catch(() => null);
	return facts === null ? step.undoInput : definedBack(undo, step.title, facts).input;
}

/** There is a file of that name, and it is not the one that this operation has made. */
async function isAnothers(file: string, scribe: Scribe, {identify}: ExecutorSurroundings): Promise<boolean> {
	const found = identify === null ? null : await identify(file);
	const {made} = scribe.receipt();
	return found !== null && made !== null && found !== made[file];
}

/** A receipt that can no longer be written is no reason to leave things half undone; the last one says so. */
function ignore(): void {}
