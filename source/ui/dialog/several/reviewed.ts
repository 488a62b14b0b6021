/** What the planner says to each of several snapshots, and what has to be typed before those with a plan are carried out. */
import type {Facts} from '../../../core/model/facts.ts';
import type {Outcome, Plan} from '../../../core/model/plan.ts';
import {type Refusal, refuse} from '../../../core/model/refusal.ts';
import {type Freed, freedBy} from '../../../core/planning/several/freed.ts';
import {planTurn, type SeveralIntent} from '../../../core/planning/several/turn.ts';
import type {Dialog, PlacedTurn, Several} from '../../state/dialog.ts';

export const hasAllFacts = ({turns, facts}: Several): boolean => turns.every(({key}) => facts[key] !== undefined);

/** By the facts that were read, once for the whole review: there may be thousands. */
export function withReviewed(dialog: Dialog): Dialog {
	const {several, intent} = dialog;
	if (several === null || intent === null) return dialog;
	const reviewed = several.turns.map(turn => ({turn, outcome: outcomeOf(several, turn, intent as SeveralIntent)}));
	return {...dialog, several: {...several, reviewed}};
}

function outcomeOf({facts}: Several, turn: PlacedTurn, intent: SeveralIntent): Outcome {
	const found = facts[turn.key]!;
	if (typeof found !== 'string') return planTurn(found, turn, intent);
	return {refusal: refuse('not-found', `The facts could not be read: ${found}`, 'Go back and press R to read again.')};
}

export type Planned = {readonly turn: PlacedTurn; readonly plan: Plan};

export const plannedOf = ({reviewed}: Several): readonly Planned[] =>
	(reviewed ?? []).flatMap(({turn, outcome}) => ('plan' in outcome ? [{turn, plan: outcome.plan}] : []));

export function freedOf(several: Several): Freed {
	const groups = Map.groupBy(plannedOf(several), ({turn}) => turn.key);
	return freedBy(
		[...groups].map(([key, planned]) => {
			const facts = several.facts[key]!;
			// What was read counts all that are marked; where some of them stay that is too much.
			const all = planned.length === several.turns.filter(turn => turn.key === key).length;
			return {
				planned: planned.map(({turn, plan}) => ({snapshot: turn.snapshot, plan})),
				sizes: typeof facts === 'string' ? [] : facts.sizes,
				together: all ? (several.together[key] ?? null) : null,
			};
		}),
	);
}

/** The tag, or of several how many are deleted: that is not done by a key that is held. Null where Enter is enough. */
export function severalWord({several, intent}: Dialog): string | null {
	if (several === null || intent?.verb !== 'delete') return null;
	const [first, ...others] = plannedOf(several);
	return first === undefined || others.length > 0 ? String(others.length + 1) : first.turn.snapshot.tag;
}

/** Why the time that is being typed is none; null where it is one. */
export function timeRefusal({several, intent, steps, at}: Dialog): Refusal | null {
	const turn = several?.turns.find(({key}) => typeof several.facts[key] === 'object');
	if (steps[at] !== 'expires' || turn === undefined || intent?.verb !== 'edit') return null;
	const outcome = planTurn(several!.facts[turn.key] as Facts, turn, intent);
	return 'refusal' in outcome && outcome.refusal.code === 'bad-date' ? outcome.refusal : null;
}
