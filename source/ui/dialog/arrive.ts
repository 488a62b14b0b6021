/** What a dialog waits for has arrived: facts, or what was found of an interrupted operation. It then enters its first step, or the next one. */

import {makePlan} from '../../core/make-plan.ts';
import type {Facts} from '../../core/model/facts.ts';
import type {Intent} from '../../core/model/intent.ts';
import type {Recovery} from '../../core/recover/recovery.ts';
import type {Next} from '../state/actions.ts';
import type {Dialog, DialogStep, Task} from '../state/dialog.ts';
import type {State} from '../state/state.ts';
import {enter} from './enter-step.ts';
import {cloneRows} from './menu/clone-rows.ts';
import {optionsOf} from './options/options.ts';
import {isAboutName, withOutcome} from './outcome.ts';

import {cloneName} from './proposals.ts';
import {hasAllFacts} from './several/reviewed.ts';

/** The first facts of a dialog, or those read again since a folder was named. */
export function factsArrived(state: State, dialog: Dialog, facts: Facts): Next {
	const first = dialog.steps.length === 0;
	const intent = withPossibleWay(
		facts,
		withProposedName(facts, first ? possible(facts, dialog.intent) : dialog.intent),
	);
	const steps = first ? stepsFor(facts, dialog.task, intent) : dialog.steps;
	return enter(state, withOutcome({...dialog, facts, intent, steps}), dialog.resume);
}

export function recoveryArrived(state: State, dialog: Dialog, recovery: Recovery): Next {
	if (dialog.recovery === null) return [state, []];
	return enter(state, {...dialog, recovery: {...dialog.recovery, found: recovery}, steps: ['menu', 'review']}, 0);
}

/** What the dialog is about is known. */
export const isReady = ({facts, recovery, several}: Dialog): boolean =>
	facts !== null || recovery?.found != null || (several !== null && hasAllFacts(several));

/** What was chosen for an earlier domain of a round, unless it can only be refused here: then the planner chooses. */
function possible(facts: Facts, intent: Intent | null): Intent | null {
	if (intent?.verb !== 'create') return intent;
	const outcome = makePlan(facts, intent);
	if ('plan' in outcome || isAboutName(outcome.refusal)) return intent;
	const {verb, tag, description} = intent;
	return {verb, tag, description};
}

/** The planner proposes the tag of a snapshot that has none; a clone is numbered. */
function withProposedName(facts: Facts, intent: Intent | null): Intent | null {
	if (intent?.verb === 'clone' && intent.name === '') return {...intent, name: cloneName(facts)};
	if (intent?.verb !== 'create' || intent.tag !== '') return intent;
	const outcome = makePlan(facts, intent);
	return 'plan' in outcome ? {...intent, tag: outcome.plan.tag ?? ''} : intent;
}

/** A copy where no overlay is possible: then there is nothing to choose. */
function withPossibleWay(facts: Facts, intent: Intent | null): Intent | null {
	if (intent?.verb !== 'clone' || intent.full !== undefined) return intent;
	const [linked, full] = cloneRows(facts, intent);
	return linked?.refusal && full?.refusal === null ? {...intent, full: true} : intent;
}

function stepsFor(facts: Facts, task: Task, intent: Intent | null): readonly DialogStep[] {
	if (task === 'undo') return ['review'];
	if (task === 'memory' || task === 'reclaim') return intent === null ? ['menu', 'review'] : ['review'];
	if (intent?.verb === 'clone') {
		const chosen = cloneRows(facts, intent).some(({refusal}) => refusal !== null);
		return chosen ? ['name', 'review'] : ['name', 'menu', 'review'];
	}
	if (task === 'edit') return ['description', 'review'];
	if (task === 'rename') return ['tag', 'review'];
	if (task === 'expire') return ['expires', 'review'];
	if (task === 'protect') return ['review'];
	if (task === 'create') return ['tag', 'description', 'menu', 'review'];
	return optionsOf(facts, intent).length > 0 ? ['options', 'review'] : ['review'];
}
