/** Operations: those carried out from here, those found under way, and those that were interrupted. */
import {renamedBy} from '../../core/create/edit-back.ts';
import type {Plan} from '../../core/model/plan.ts';
import type {Receipt, ReceiptStatus} from '../../core/model/receipt.ts';
import {isOfOtherConnection} from '../../core/steps/on-domain.ts';
import {t} from '../../core/words/text.ts';
import type {Action, Effect, Next} from '../state/actions.ts';
import type {Notice, State, Work} from '../state/state.ts';
import {shownWork, subjectOfWork, underWay} from '../state/works.ts';

type Begun = {readonly state: State; readonly key: number};

/** Older ones are in the log of receipts. */
const KEPT = 50;

export function beginOperation(state: State, plan: Plan, values: Partial<Work> = {}): Begun {
	const key = state.tokens + 1;
	const work: Work = {
		key,
		plan,
		receipt: null,
		finished: false,
		failure: null,
		cancelled: false,
		mark: null,
		...values,
	};
	return {key, state: {...state, tokens: key, works: [...state.works, work].slice(-KEPT)}};
}

/** Begun from a dialog: its progress is what comes next on the screen. */
export function beginOnScreen(state: State, plan: Plan): Begun {
	const {key, state: next} = beginOperation(state, plan);
	const screen = {name: 'progress', top: 0, key, asking: false} as const;
	return {key, state: {...next, screen, awaited: awaitedOf(state, plan) ?? state.awaited}};
}

function awaitedOf({snapshots}: State, plan: Plan): State['awaited'] {
	const {uuid} = plan.domain;
	const tag = plan.verb === 'create' ? plan.tag : (renamedBy(plan)?.to ?? null);
	return tag === null ? null : {uuid, tag, from: snapshots.cursors[uuid]?.key ?? null};
}

function withWork(state: State, key: number, change: (work: Work) => Work): State {
	return {...state, works: state.works.map(work => (work.key === key ? change(work) : work))};
}

export function workReported(state: State, key: number, receipt: Receipt): State {
	return withWork(state, key, work => (work.finished ? work : {...work, receipt}));
}

export function workFinished(state: State, key: number, receipt: Receipt): Next {
	const next = ended(state, key, work => ({...work, receipt, finished: true}), outcomeNotice(receipt));
	// A followed operation that was interrupted stays open on disk; a recovery may have closed another one.
	const look: Effect[] = receipt.endedAt === null || receipt.recovers !== undefined ? [{type: 'look-back'}] : [];
	return [next, look];
}

export function workFailed(state: State, key: number, reason: string): State {
	const notice: Notice = {tone: 'bad', text: t`Aborted: ${reason}`};
	return ended(state, key, work => ({...work, finished: true, failure: reason}), notice);
}

function ended(state: State, key: number, change: (work: Work) => Work, notice: Notice): State {
	const {screen} = state;
	const onScreen = screen.name === 'progress' && screen.key === key;
	return {
		...withWork(state, key, change),
		screen: onScreen ? {...screen, asking: false} : screen,
		quitting: false,
		// The progress screen tells it itself.
		notice: onScreen ? state.notice : notice,
	};
}

/** What is on disk: what is under way is followed, what was interrupted is offered for recovery, what has ended can be viewed. */
export function found(state: State, {unfinished, past, since}: Extract<Action, {type: 'found'}>): Next {
	const first = state.works.length === 0;
	const own = past.filter(({plan}) => !isOfOtherConnection(plan, state.uri)).at(-1);
	const last = (own?.endedAt ?? '') > since ? own! : null;
	const effects: Effect[] = [];
	let next: State = {
		...state,
		interrupted: unfinished.filter(one => one.state === 'cut-off').map(({receipt}) => receipt),
	};
	for (const receipt of first ? past.slice(-KEPT) : [])
		next = beginOperation(next, receipt.plan, {receipt, finished: true}).state;
	for (const {receipt} of unfinished.filter(one => one.state === 'running')) {
		if (isFollowed(next, receipt)) continue;
		const begun = beginOperation(next, receipt.plan, {receipt});
		next = begun.state;
		effects.push({type: 'follow', key: begun.key, id: receipt.id});
	}
	const quiet = state.notice !== null || effects.length > 0 || next.interrupted.length > 0;
	if (first && last !== null && !quiet) next = {...next, notice: lastNotice(last)};
	return [next, effects];
}

/** One that was begun from here may not have reported its receipt yet. */
const isFollowed = (state: State, {id, plan}: Receipt): boolean =>
	underWay(state).some(work =>
		work.receipt === null ? work.plan.domain.uuid === plan.domain.uuid : work.receipt.id === id,
	);

export function askedToCancel(state: State): Next {
	const work = shownWork(state);
	const {screen} = state;
	if (work?.receipt == null || work.finished || screen.name !== 'progress') return [state, []];
	const next = withWork({...state, screen: {...screen, asking: false}}, work.key, one => ({...one, cancelled: true}));
	return [next, [{type: 'cancel', id: work.receipt.id}]];
}

const WORDS: Readonly<Record<ReceiptStatus, string>> = {
	running: 'still under way',
	verified: 'done and verified',
	failed: 'FAILED: o shows what happened',
	undone: 'FAILED and rolled back: o shows why',
	stale: 'not run, the domain changed: o shows what',
};

const ASKED = 'shutdown requested; X forces it off';

/** A guest may ignore a shutdown request: all there is to verify is that the request was sent. */
export const onlyAsked = ({plan, status}: Pick<Receipt, 'plan' | 'status'>): boolean =>
	plan.verb === 'shutdown' && status === 'verified';

const CANCELLED: Partial<typeof WORDS> = {
	failed: 'cancelled, partly done: o shows the state',
	undone: 'cancelled, everything as before',
};

export function outcomeNotice(receipt: Receipt): Notice {
	const {plan, status} = receipt;
	return {
		tone: status === 'verified' ? 'ok' : 'bad',
		text: `${subjectOfWork({plan, receipt})}: ${outcomeWords(receipt)}`,
	};
}

function outcomeWords(receipt: Receipt): string {
	const {status, endedAt, cancelled} = receipt;
	if (status === 'failed' && endedAt === null) return 'interrupted, u shows the choices';
	return (cancelled ? CANCELLED[status] : undefined) ?? (onlyAsked(receipt) ? ASKED : WORDS[status]);
}

/** How it ended, for whoever was away. */
function lastNotice(receipt: Receipt): Notice {
	const {tone, text} = outcomeNotice(receipt);
	const more = receipt.status === 'verified' ? ' (o shows it)' : '';
	return {tone: tone === 'bad' ? 'warn' : 'plain', text: `Last: ${text}${more}`};
}
