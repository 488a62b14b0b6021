/** Operations: those carried out from here, those found under way, and those that were interrupted. */
import {renamedBy} from '../../core/create/edit-back.ts';
import type {Plan} from '../../core/model/plan.ts';
import type {Receipt, ReceiptStatus} from '../../core/model/receipt.ts';
import {isOfOtherConnection} from '../../core/steps/on-domain.ts';
import {t} from '../../core/words/text.ts';
import type {Action, Effect, Next} from '../state/actions.ts';
import type {HostName} from '../state/hosts/placed.ts';
import type {Notice, State, Work} from '../state/state.ts';
import {domainOf, shownWork, subjectOfWork, underWay} from '../state/works.ts';

type Begun = {readonly state: State; readonly key: number};

/** Older ones are in the log of receipts. */
const KEPT = 50;

export function beginOperation(state: State, host: HostName, plan: Plan, values: Partial<Work> = {}): Begun {
	const key = state.tokens + 1;
	const work: Work = {
		key,
		host,
		plan,
		receipt: null,
		finished: false,
		failure: null,
		cancelled: false,
		mark: null,
		...values,
	};
	return {key, state: {...state, tokens: key, works: lately([...state.works, work])}};
}

/** The oldest that have ended give way. */
function lately(works: readonly Work[]): readonly Work[] {
	const ended = works.filter(({finished}) => finished);
	const surplus = new Set(ended.slice(0, Math.max(0, works.length - KEPT)));
	return surplus.size === 0 ? works : works.filter(work => !surplus.has(work));
}

/** Begun from a dialog: its progress is what comes next on the screen. */
export function beginOnScreen(state: State, host: HostName, plan: Plan): Begun {
	const {key, state: next} = beginOperation(state, host, plan);
	const screen = {name: 'progress', top: 0, key, asking: false} as const;
	return {key, state: {...next, screen, awaited: awaitedOf(state, host, plan) ?? state.awaited}};
}

function awaitedOf({snapshots}: State, host: HostName, plan: Plan): State['awaited'] {
	const domain = domainOf({host, plan});
	const tag = plan.verb === 'create' ? plan.tag : (renamedBy(plan)?.to ?? null);
	return tag === null ? null : {domain, tag, from: snapshots.cursors[domain]?.key ?? null};
}

function withWork(state: State, key: number, change: (work: Work) => Work): State {
	return {...state, works: state.works.map(work => (work.key === key ? change(work) : work))};
}

export function workReported(state: State, key: number, receipt: Receipt): State {
	return withWork(state, key, work => (work.finished ? work : {...work, receipt}));
}

export function workFinished(state: State, key: number, receipt: Receipt): Next {
	const host = state.works.find(work => work.key === key)?.host ?? null;
	const next = ended(state, key, work => ({...work, receipt, finished: true}), outcomeNotice(receipt, host));
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
export function found(state: State, {host, unfinished, past, since}: Extract<Action, {type: 'found'}>): Next {
	const first = !state.lookedBack.includes(host);
	const uri = state.hosts.find(({name}) => name === host)?.uri ?? null;
	const own = past.filter(({plan}) => !isOfOtherConnection(plan, uri)).at(-1);
	const last = (own?.endedAt ?? '') > since ? own! : null;
	const effects: Effect[] = [];
	let next: State = {
		...state,
		lookedBack: first ? [...state.lookedBack, host] : state.lookedBack,
		interrupted: [
			...state.interrupted.filter(one => one.host !== host),
			...unfinished.filter(one => one.state === 'cut-off').map(({receipt}) => ({host, receipt})),
		],
	};
	const share = Math.ceil(KEPT / state.hosts.length);
	// One that was begun from here may have ended before.
	const before = past.filter(({id}) => !state.works.some(({receipt}) => receipt?.id === id));
	for (const receipt of first ? before.slice(-share) : [])
		next = beginOperation(next, host, receipt.plan, {receipt, finished: true}).state;
	// Those of another host that was read before may be newer.
	if (first && state.works.length > 0) next = {...next, works: next.works.toSorted(byEnd)};
	for (const {receipt} of unfinished.filter(one => one.state === 'running')) {
		if (isFollowed(next, host, receipt)) continue;
		const begun = beginOperation(next, host, receipt.plan, {receipt});
		next = begun.state;
		effects.push({type: 'follow', host, key: begun.key, id: receipt.id});
	}
	const quiet = state.notice !== null || effects.length > 0 || next.interrupted.length > 0;
	if (first && last !== null && !quiet) next = {...next, notice: lastNotice(last, host)};
	return [next, effects];
}

/** One that was begun from here may not have reported its receipt yet. */
const isFollowed = (state: State, host: HostName, {id, plan}: Receipt): boolean =>
	underWay(state).some(work =>
		work.receipt === null ? domainOf(work) === domainOf({host, plan}) : work.receipt.id === id,
	);

/** Those under way come last, as they began. */
const byEnd = (one: Work, other: Work): number => {
	const ends = [one, other].map(({receipt, finished}) =>
		finished ? Date.parse(receipt?.endedAt ?? '') || 0 : Infinity,
	);
	return ends[0] === ends[1] ? one.key - other.key : ends[0]! - ends[1]!;
};

export function askedToCancel(state: State): Next {
	const work = shownWork(state);
	const {screen} = state;
	if (work?.receipt == null || work.finished || screen.name !== 'progress') return [state, []];
	const next = withWork({...state, screen: {...screen, asking: false}}, work.key, one => ({...one, cancelled: true}));
	return [next, [{type: 'cancel', host: work.host, id: work.receipt.id}]];
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

export function outcomeNotice(receipt: Receipt, host: HostName): Notice {
	const {plan, status} = receipt;
	return {
		tone: status === 'verified' ? 'ok' : 'bad',
		text: `${subjectOfWork({plan, receipt, host})}: ${outcomeWords(receipt)}`,
	};
}

function outcomeWords(receipt: Receipt): string {
	const {status, endedAt, cancelled} = receipt;
	if (status === 'failed' && endedAt === null) return 'interrupted, u shows the choices';
	return (cancelled ? CANCELLED[status] : undefined) ?? (onlyAsked(receipt) ? ASKED : WORDS[status]);
}

/** How it ended, for whoever was away. */
function lastNotice(receipt: Receipt, host: HostName): Notice {
	const {tone, text} = outcomeNotice(receipt, host);
	const more = receipt.status === 'verified' ? ' (o shows it)' : '';
	return {tone: tone === 'bad' ? 'warn' : 'plain', text: `Last: ${text}${more}`};
}
