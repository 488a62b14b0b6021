/** Steps made of what they do, and what is asked of them: each answer is that of the file of its kind. */
import type {Does} from '../model/does.ts';
import type {Facts} from '../model/facts.ts';
import type {Plan} from '../model/plan.ts';
import type {Change, Step} from '../model/step.ts';
import {stepKindOf} from './kinds.ts';
import type {Reach, StepJob} from './step-kind.ts';

type Rest = {
	readonly title: string;
	/** Left out: what follows from what it does. */
	readonly changes?: readonly Change[];
	readonly input?: string;
	/** Given to the command that takes it back. */
	readonly undoInput?: string;
	/** What is done stays, although it could be rolled back. */
	readonly stays?: boolean;
};

/** A step of a plan: argv, success and undo follow from `does`. */
export function step(does: Does, {title, changes, input, undoInput, stays = false}: Rest): Step {
	const kind = stepKindOf(does);
	return {
		title,
		does,
		argv: kind.argv(does),
		...(input === undefined ? {} : {input}),
		success: kind.success,
		changes: changes ?? kind.changes?.(does) ?? [],
		undo: stays ? null : undoArgv(does),
		...(undoInput === undefined || stays ? {} : {undoInput}),
	};
}

function undoArgv(does: Does): readonly string[] | null {
	const undo = stepKindOf(does).undo(does);
	return undo === null ? null : stepKindOf(undo).argv(undo);
}

/** What takes the step back; null where nothing does, or where the plan keeps what was done. */
export function undoOf({does, undo}: Pick<Step, 'does' | 'undo'>): Does | null {
	return undo === null ? null : stepKindOf(does).undo(does);
}

/** How success of taking the step back is told; see `Step.success`. */
export function undoSuccess(one: Pick<Step, 'does' | 'undo'>): Step['success'] {
	const undo = undoOf(one);
	return undo === null ? 'exit' : stepKindOf(undo).success;
}

/** Whether the words of a step that was read from somewhere are those that follow from what it does. */
export function isTrueToItself({does, argv, undo, success}: Step): boolean {
	const kind = stepKindOf(does);
	const same = (one: readonly string[] | null, other: readonly string[] | null) =>
		JSON.stringify(one) === JSON.stringify(other);
	return same(argv, kind.argv(does)) && success === kind.success && (undo === null || same(undo, undoArgv(does)));
}

/**
 * What the facts show of a step. done, not-done, half: see `Sign`. repeatable: they cannot show it, but doing it once more gives the
 * same.
 */
export type Evidence = 'done' | 'not-done' | 'half' | 'repeatable';

/** Whether this step of the plan has happened. */
export function evidenceOf({does}: Pick<Step, 'does'>, plan: Plan, facts: Facts): Evidence {
	const kind = stepKindOf(does);
	const sign = kind.evidence(does, plan, facts);
	if (sign !== 'unseen') return sign;
	return kind.repeatable ? 'repeatable' : 'half';
}

/** What can be asked about the step while it runs; null where nothing can. */
export function jobOf(plan: Pick<Plan, 'expect'>, {does}: Pick<Step, 'does'>): StepJob | null {
	return stepKindOf(does).job(does, plan);
}

/** The new file that taking the step back removes; null where it made none. */
export function madeFile(one: Pick<Step, 'does' | 'undo'>): string | null {
	const undo = undoOf(one);
	return undo?.kind === 'remove-file' ? undo.file : null;
}

/** Files that come into being by the step, whoever makes them. */
export const makes = ({does}: Pick<Step, 'does'>): readonly string[] => stepKindOf(does).makes(does);

/** Files that the step removes. */
export const removes = ({does}: Pick<Step, 'does'>): readonly string[] => stepKindOf(does).removes(does);

/** Files that must not be there right before the step. */
export const absentBefore = ({does}: Pick<Step, 'does'>): readonly string[] => stepKindOf(does).absent(does);

/** Files that the step writes to, removes or depends on. */
export const usesOf = ({does}: Pick<Step, 'does'>): readonly string[] => stepKindOf(does).uses(does);

/** Whether the domain has to be as the plan has it right before the step. */
export const isGuarded = ({does}: Pick<Step, 'does'>): boolean => stepKindOf(does).guarded;

/** What of the facts may be the step's own doing. */
export const reachOf = ({does}: Pick<Step, 'does'>): Reach => stepKindOf(does).reach(does);

/** Images that this program itself writes to by the step. */
export const writesImages = ({does}: Pick<Step, 'does'>): readonly string[] => stepKindOf(does).writesImages(does);

/** Files that this program itself makes or removes by the step. */
export const writesFolders = ({does}: Pick<Step, 'does'>): readonly string[] => stepKindOf(does).writesFolders(does);

/** Whether it only starts, stops, pauses or resumes the domain. */
export const isPower = ({does}: Pick<Step, 'does'>): boolean => stepKindOf(does).power;

/** Whether it merges layers, and from when on a base may be half written; see `StepKind.merges`. */
export const mergesOf = ({does}: Pick<Step, 'does'>) => stepKindOf(does).merges;
