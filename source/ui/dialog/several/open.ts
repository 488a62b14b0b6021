/** Opening a dialog about several snapshots, and what arrives for it: facts of each of their domains, and what they free together. */
import type {Facts} from '../../../core/model/facts.ts';
import {type SeveralIntent, turnsOf} from '../../../core/planning/several/turn.ts';
import {t} from '../../../core/words/text.ts';
import type {Action, Effect, Next} from '../../state/actions.ts';
import type {Dialog, PlacedTurn, Several} from '../../state/dialog.ts';
import {calledOn, type DomainKey} from '../../state/hosts/placed.ts';
import {snapshotKey} from '../../state/rows.ts';
import type {Mark, State} from '../../state/state.ts';
import {interruptedOn} from '../../state/works.ts';
import {enter} from '../enter-step.ts';
import {BLANK_DIALOG} from '../open.ts';
import {hasAllFacts} from './reviewed.ts';

/** Facts are read of so many domains at a time. */
const AT_ONCE = 2;

/** @param chosen snapshots of any domains, in whatever order */
export function openSeveral(state: State, intent: SeveralIntent, chosen: readonly Mark[]): Next {
	const [first] = chosen;
	if (first === undefined) return [state, []];
	const turns = placedTurns(state, chosen);
	if (turns.length === 0) return [state, []];
	const token = state.tokens + 1;
	const domains = [...new Set(turns.map(({key}) => key))];
	const several: Several = {
		turns,
		left: domains.slice(AT_ONCE),
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
		domain: first.domain,
		domainName: '',
		intent,
		several,
		steps: expires ? ['expires', 'review'] : ['review'],
	};
	const asked = domains.slice(0, AT_ONCE).map((domain): Effect => ({type: 'read-facts', domain, token}));
	return [{...state, tokens: token, screen, notice: interruptedIn(state, domains)}, asked];
}

/** Host by host, in the order of the list of domains. */
function placedTurns({view}: State, chosen: readonly Mark[]): PlacedTurn[] {
	const keys = new Set(chosen.map(({domain, snapshot}) => `${domain} ${snapshot}`));
	return (view.inventory?.domains ?? []).flatMap(domain => {
		const {host, key} = domain;
		const turns = turnsOf([domain], (_, one) => keys.has(`${key} ${snapshotKey(one)}`));
		return turns.map(turn => ({...turn, host, key}));
	});
}

/** An earlier operation may have left one of these half changed, and its plan would begin from there. */
function interruptedIn(state: State, domains: readonly DomainKey[]): State['notice'] {
	const left = domains.map(domain => interruptedOn(state, domain)).find(one => one !== null);
	if (left == null) return null;
	const {domain, verb} = left.receipt.plan;
	return {
		tone: 'warn',
		text: t`${calledOn(left.host, domain.name)} has an interrupted ${verb}: u in the lists shows the choices`,
	};
}

/** Facts of one of its domains, or why there are none. With the last ones the dialog begins. */
export function severalArrived(state: State, dialog: Dialog, domain: DomainKey, found: Facts | string): Next {
	const several = dialog.several!;
	const [next, ...left] = several.left;
	const facts = {...several.facts, [domain]: found};
	const screen: Dialog = {...dialog, several: {...several, facts, left}};
	const {token} = dialog;
	const effects: Effect[] = [
		...(next === undefined ? [] : [{type: 'read-facts', domain: next, token} as const]),
		...togetherOf(dialog, domain),
	];
	if (!hasAllFacts(screen.several!)) return [{...state, screen}, effects];
	const [entered, more] = enter(state, screen, 0);
	return [entered, [...effects, ...more]];
}

/** One alone frees what it holds alone. */
function togetherOf({intent, several, token}: Dialog, domain: DomainKey): Effect[] {
	const here = several!.turns.filter(({key}) => key === domain);
	if (intent?.verb !== 'delete' || here.length < 2) return [];
	return [{type: 'read-together', domain, tags: here.map(({snapshot}) => snapshot.tag), token}];
}

export function togetherArrived(state: State, {token, domain, together}: Extract<Action, {type: 'together'}>): State {
	const {screen} = state;
	if (screen.name !== 'dialog' || screen.several === null || screen.token !== token) return state;
	const {several} = screen;
	return {
		...state,
		screen: {...screen, several: {...several, together: {...several.together, [domain]: together}}},
	};
}
