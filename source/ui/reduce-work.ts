/** A plan being carried out: what the executor reports, and how it ended. */
import type {Receipt, ReceiptStatus} from '../core/receipt.ts';
import {printable} from '../core/text.ts';
import type {Notice, State} from './state.ts';

export function workReported(state: State, receipt: Receipt): State {
	if (state.work === null || state.work.finished) return state;
	return {...state, work: {...state.work, receipt}};
}

export function workFinished(state: State, receipt: Receipt): State {
	if (state.work === null) return state;
	const work = {...state.work, receipt, finished: true};
	return {...state, work, quitting: false, notice: elsewhere(state, outcomeNotice(receipt))};
}

export function workFailed(state: State, reason: string): State {
	if (state.work === null) return state;
	const notice: Notice = {tone: 'bad', text: `Broken off: ${printable(reason)}`};
	return {
		...state,
		work: {...state.work, finished: true, failure: reason},
		quitting: false,
		notice: elsewhere(state, notice),
	};
}

/** The progress screen tells it itself. */
const elsewhere = (state: State, notice: Notice): Notice | null =>
	state.screen.name === 'progress' ? state.notice : notice;

const WORDS: Readonly<Record<ReceiptStatus, string>> = {
	running: 'still under way',
	verified: 'done and verified',
	failed: 'FAILED: o shows what happened',
	undone: 'FAILED and taken back: o shows why',
	stale: 'not done, the facts had changed: o shows what',
};

export function outcomeNotice({plan, status}: Receipt): Notice {
	const what = `${plan.verb} ${plan.tag === null ? '' : `${printable(plan.tag)} `}on ${printable(plan.domain.name)}`;
	return {tone: status === 'verified' ? 'ok' : 'bad', text: `${what}: ${WORDS[status]}`};
}
