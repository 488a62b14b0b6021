/** What comes of a dialog as it stands. Planners are pure, so they are asked right here, whenever the intent has changed. */
import {makePlan} from '../../core/make-plan.ts';
import type {Intent} from '../../core/model/intent.ts';
import type {Refusal, RefusalCode} from '../../core/model/refusal.ts';
import type {Choice} from '../../core/recover/recovery.ts';
import {undoPlan} from '../../core/recover/undo.ts';
import {emptyTag} from '../../core/snapshots/tag.ts';
import type {Dialog} from '../state/dialog.ts';
import {timeRefusal} from './several/reviewed.ts';

/** With what the planner says to it; as it is while there is nothing to ask about. */
export function withOutcome(dialog: Dialog): Dialog {
	const {facts, intent, undoes} = dialog;
	if (facts === null) return dialog;
	if (undoes !== null) return {...dialog, outcome: undoPlan(undoes, facts)};
	return intent === null ? dialog : {...dialog, outcome: makePlan(facts, intent)};
}

export const withIntent = (dialog: Dialog, intent: Intent): Dialog => withOutcome({...dialog, intent});

/** What is wrong with the name itself, as far as the planner says. An empty tag is refused: it would get another one without a word. */
export function typedNameRefusal(dialog: Dialog): Refusal | null {
	const {steps, at, facts, intent, outcome, several} = dialog;
	if (several !== null) return timeRefusal(dialog);
	if (steps[at] === 'tag' && facts !== null && intent?.verb === 'create' && intent.tag === '') return noTag;
	return outcome !== null && 'refusal' in outcome && isAboutName(outcome.refusal) ? outcome.refusal : null;
}

const noTag: Refusal = {...emptyTag, remedy: 'Type a tag, such as before-upgrade.'};

const NAME_CODES: readonly RefusalCode[] = ['bad-tag', 'tag-exists', 'ambiguous-tag', 'bad-name', 'bad-date'];

export const isAboutName = ({code}: Refusal): boolean => NAME_CODES.includes(code);

/** The choice of a recovery that only closes its receipt; null for anything that is a plan. */
export function closingChoice({recovery}: Dialog): Extract<Choice, {status: unknown}> | null {
	const choice = recovery?.found?.choices.find(({id}) => id === recovery.choice);
	return choice !== undefined && 'status' in choice ? choice : null;
}
