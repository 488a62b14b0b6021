/** Opening a dialog about several snapshots, and what arrives for it: facts of each of their domains, and what they free together. */
import type {Domain} from '../../../core/model/domain.ts';
import type {Facts} from '../../../core/model/facts.ts';
import type {Snapshot} from '../../../core/model/snapshot.ts';
import {type SeveralIntent, type Turn, turnsOf} from '../../../core/planning/several/turn.ts';
import {t} from '../../../core/words/text.ts';
import type {Action, Effect, Next} from '../../state/actions.ts';
import type {Dialog, Several} from '../../state/dialog.ts';
import {calledOn, type DomainKey, keyOf, splitKey} from '../../state/hosts/placed.ts';
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
	const {host} = splitKey(first.domain);
	const keys = new Set(chosen.map(({domain, snapshot}) => `${domain} ${snapshot}`));
	const isChosen = ({uuid}: Domain, one: Snapshot) => keys.has(`${keyOf(host, uuid)} ${snapshotKey(one)}`);
	const here = (state.view.inventory?.domains ?? []).filter(domain => domain.host === host);
	const turns = turnsOf(here, isChosen);
	if (turns.length === 0) return [state, []];
	const token = state.tokens + 1;
	const uuids = [...new Set(turns.map(({uuid}) => uuid))];
	const several: Several = {
		host,
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
		domain: first.domain,
		domainName: '',
		intent,
		several,
		steps: expires ? ['expires', 'review'] : ['review'],
	};
	const domains = uuids.map(uuid => keyOf(host, uuid));
	const asked = domains.slice(0, AT_ONCE).map((domain): Effect => ({type: 'read-facts', domain, token}));
	return [{...state, tokens: token, screen, notice: interruptedIn(state, domains)}, asked];
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
	const {uuid} = splitKey(domain);
	const [next, ...left] = several.left;
	const facts = {...several.facts, [uuid]: found};
	const screen: Dialog = {...dialog, several: {...several, facts, left}};
	const {token} = dialog;
	const effects: Effect[] = [
		...(next === undefined ? [] : [{type: 'read-facts', domain: keyOf(several.host, next), token} as const]),
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
	return [
		{type: 'read-together', domain: keyOf(several!.host, uuid), tags: here.map(({snapshot}) => snapshot.tag), token},
	];
}

export function togetherArrived(state: State, {token, domain, together}: Extract<Action, {type: 'together'}>): State {
	const {screen} = state;
	if (screen.name !== 'dialog' || screen.several === null || screen.token !== token) return state;
	const {several} = screen;
	return {
		...state,
		screen: {...screen, several: {...several, together: {...several.together, [splitKey(domain).uuid]: together}}},
	};
}
