/** Opening a dialog about several snapshots, and what arrives for it: facts of each of their domains, and what they free together. */
import type {Facts} from '../../../core/model/facts.ts';
import {type SeveralIntent, type Turn, turnsOf} from '../../../core/planning/several/turn.ts';
import {t} from '../../../core/words/text.ts';
import type {Action, Effect, Next} from '../../state/actions.ts';
import type {Dialog, Several} from '../../state/dialog.ts';
import {snapshotKey} from '../../state/rows.ts';
import type {Mark, State} from '../../state/state.ts';
import {enter} from '../enter-step.ts';
import {BLANK_DIALOG} from '../open.ts';
import {hasAllFacts} from './reviewed.ts';

/** Facts are read of so many domains at a time. */
const AT_ONCE = 2;

/** @param chosen snapshots of any domains, in whatever order */
export function openSeveral(state: State, intent: SeveralIntent, chosen: readonly Mark[]): Next {
	const keys = new Set(chosen.map(({uuid, snapshot}) => `${uuid} ${snapshot}`));
	const isChosen = (uuid: string, key: string) => keys.has(`${uuid} ${key}`);
	const turns = turnsOf(state.view.inventory?.domains ?? [], ({uuid}, one) => isChosen(uuid, snapshotKey(one)));
	if (turns.length === 0) return [state, []];
	const token = state.tokens + 1;
	const uuids = [...new Set(turns.map(({uuid}) => uuid))];
	const several: Several = {
		turns,
		left: uuids.slice(AT_ONCE),
		facts: {},
		together: {},
		reviewed: null,
		atError: 'stop',
	};
	const expires = intent.verb === 'edit' && intent.expires !== undefined;
	const screen: Dialog = {
		...BLANK_DIALOG,
		task: intent.verb === 'delete' ? 'delete' : expires ? 'expire' : 'protect',
		token,
		uuid: '',
		domainName: '',
		intent,
		several,
		steps: expires ? ['expires', 'review'] : ['review'],
	};
	const asked = uuids.slice(0, AT_ONCE).map((uuid): Effect => ({type: 'read-facts', uuid, token}));
	return [{...state, tokens: token, screen, notice: interruptedIn(state, uuids)}, asked];
}

/** An earlier operation may have left one of these half changed, and its plan would begin from there. */
function interruptedIn({interrupted}: State, uuids: readonly string[]): State['notice'] {
	const left = interrupted.find(({plan}) => uuids.includes(plan.domain.uuid));
	if (left === undefined) return null;
	const {domain, verb} = left.plan;
	return {tone: 'warn', text: t`${domain.name} has an interrupted ${verb}: u in the lists shows the choices`};
}

/** Facts of one of its domains, or why there are none. With the last ones the dialog begins. */
export function severalArrived(state: State, dialog: Dialog, uuid: string, found: Facts | string): Next {
	const several = dialog.several!;
	const [next, ...left] = several.left;
	const facts = {...several.facts, [uuid]: found};
	const screen: Dialog = {...dialog, several: {...several, facts, left}};
	const {token} = dialog;
	const effects: Effect[] = [
		...(next === undefined ? [] : [{type: 'read-facts', uuid: next, token} as const]),
		...togetherOf(dialog, uuid),
	];
	if (!hasAllFacts(screen.several!)) return [{...state, screen}, effects];
	const [entered, more] = enter(state, screen, 0);
	return [entered, [...effects, ...more]];
}

/** One alone frees what it holds alone. */
function togetherOf({intent, several, token}: Dialog, uuid: string): Effect[] {
	const here = several!.turns.filter((turn: Turn) => turn.uuid === uuid);
	if (intent?.verb !== 'delete' || here.length < 2) return [];
	return [{type: 'read-together', uuid, tags: here.map(({snapshot}) => snapshot.tag), token}];
}

export function togetherArrived(state: State, {token, uuid, together}: Extract<Action, {type: 'together'}>): State {
	const {screen} = state;
	if (screen.name !== 'dialog' || screen.several === null || screen.token !== token) return state;
	const {several} = screen;
	return {...state, screen: {...screen, several: {...several, together: {...several.together, [uuid]: together}}}};
}
