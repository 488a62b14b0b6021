/** What the planner says to each of several snapshots, and what has to be typed before those with a plan are carried out. */
import type {Facts} from '../../../core/model/facts.ts';
import type {Outcome, Plan} from '../../../core/model/plan.ts';
import {type Refusal, refuse} from '../../../core/model/refusal.ts';
import {type Freed, freedBy} from '../../../core/planning/several/freed.ts';
import {planTurn, type SeveralIntent, type Turn} from '../../../core/planning/several/turn.ts';
import type {Dialog, Several} from '../../state/dialog.ts';

export const hasAllFacts = ({turns, facts}: Several): boolean => turns.every(({uuid}) => facts[uuid] !== undefined);

/** By the facts that were read, once for the whole review: there may be thousands. */
export function withReviewed(dialog: Dialog): Dialog {
	const {several, intent} = dialog;
	if (several === null || intent === null) return dialog;
	const reviewed = several.turns.map(turn => ({turn, outcome: outcomeOf(several, turn, intent as SeveralIntent)}));
	return {...dialog, several: {...several, reviewed}};
}

function outcomeOf({facts}: Several, turn: Turn, intent: SeveralIntent): Outcome {
	const found = facts[turn.uuid]!;
	if (typeof found !== 'string') return planTurn(found, turn, intent);
	return {refusal: refuse('not-found', `The facts could not be read: ${found}`, 'Go back and press R to read again.')};
}

export type Planned = {readonly turn: Turn; readonly plan: Plan};

export const plannedOf = ({reviewed}: Several): readonly Planned[] =>
	(reviewed ?? []).flatMap(({turn, outcome}) => ('plan' in outcome ? [{turn, plan: outcome.plan}] : []));

export function freedOf(several: Several): Freed {
	const groups = Map.groupBy(plannedOf(several), ({turn}) => turn.uuid);
	return freedBy(
		[...groups].map(([uuid, planned]) => {
			const facts = several.facts[uuid]!;
			// What was read counts all that are marked; where some of them stay that is too much.
			const all = planned.length === several.turns.filter(turn => turn.uuid === uuid).length;
			return {
				planned: planned.map(({turn, plan}) => ({snapshot: turn.snapshot, plan})),
				sizes: typeof facts === 'string' ? [] : facts.sizes,
				together: all ? (several.together[uuid] ?? null) : null,
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
	const turn = several?.turns.find(({uuid}) => typeof several.facts[uuid] === 'object');
	if (steps[at] !== 'expires' || turn === undefined || intent?.verb !== 'edit') return null;
	const outcome = planTurn(several!.facts[turn.uuid] as Facts, turn, intent);
	return 'refusal' in outcome && outcome.refusal.code === 'bad-date' ? outcome.refusal : null;
}
