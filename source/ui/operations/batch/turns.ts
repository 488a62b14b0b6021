/** A batch: several that were confirmed together, one after another, each by facts and a plan of its own turn. */
import type {Facts} from '../../../core/model/facts.ts';
import type {Receipt} from '../../../core/model/receipt.ts';
import {newLosses, planTurn} from '../../../core/planning/several/turn.ts';
import type {Next} from '../../state/actions.ts';
import type {Batch, End} from '../../state/dialog.ts';
import {snapshotKey} from '../../state/rows.ts';
import type {State} from '../../state/state.ts';
import {beginOperation} from '../reduce-operations.ts';
import {batchNotice} from './words.ts';

export function beginBatch(state: State, given: Pick<Batch, 'intent' | 'turns' | 'atError'>): Next {
	const batch: Batch = {...given, ends: [], token: 0, work: null, stopping: false, over: false};
	return nextTurn({...state, screen: {name: 'batch', top: 0}}, batch);
}

function nextTurn(state: State, batch: Batch): Next {
	const next = batch.turns[batch.ends.length];
	if (next === undefined || batch.stopping) return [over(state, batch), []];
	const token = state.tokens + 1;
	const reading = {...batch, token, work: null};
	return [{...state, tokens: token, batch: reading}, [{type: 'read-facts', domain: next.turn.key, token}]];
}

function over(state: State, batch: Batch): State {
	const ended = {...batch, over: true};
	const onScreen = state.screen.name === 'batch';
	return {...state, batch: ended, quitting: false, notice: onScreen ? state.notice : batchNotice(ended)};
}

/** The batch that waits for this answer; null where nothing does. */
const waiting = ({batch}: State, token: number): Batch | null =>
	batch !== null && !batch.over && batch.work === null && batch.token === token ? batch : null;

export function batchFacts(state: State, token: number, facts: Facts | string): Next | null {
	const batch = waiting(state, token);
	if (batch === null) return null;
	if (typeof facts === 'string') return ended(state, batch, failed(`Its facts could not be read: ${facts}`));
	const {turn, plan: reviewed} = batch.turns[batch.ends.length]!;
	if (batch.stopping) return [over(state, batch), []];
	const outcome = planTurn(facts, turn, batch.intent);
	if ('refusal' in outcome) return ended(state, batch, failed(`Refused: ${outcome.refusal.reason}`));
	const unforeseen = newLosses(reviewed, outcome.plan);
	if (unforeseen.length > 0)
		return ended(state, batch, failed(`Not run, it would lose more than was reviewed: ${unforeseen.join(' ')}`));
	const {host, key: domain} = turn;
	const mark = {domain, snapshot: snapshotKey(turn.snapshot)};
	const begun = beginOperation(state, host, outcome.plan, {mark});
	const next = {...begun.state, batch: {...batch, work: begun.key}};
	return [next, [{type: 'carry-out', host, key: begun.key, plan: outcome.plan}]];
}

const failed = (words: string, receipt: string | null = null): End => ({ok: false, words, receipt});

/** On with the next one, or to the end. */
function ended(state: State, batch: Batch, end: End): Next {
	const next = {...batch, ends: [...batch.ends, end]};
	return end.ok || batch.atError === 'continue' ? nextTurn(state, next) : [over(state, next), []];
}

/** The operation with this key has ended; its own notice gives way to that of the batch. */
export function batchWorkEnded(before: State, [state, effects]: Next, key: number, end: Receipt | string): Next {
	const {batch} = state;
	if (batch === null || batch.over || batch.work !== key) return [state, effects];
	const quiet = {...state, notice: before.notice};
	const [next, more] = ended(quiet, batch, typeof end === 'string' ? failed(end) : endOf(end));
	return [next, [...effects, ...more]];
}

function endOf(receipt: Receipt): End {
	const {status, message, id} = receipt;
	return status === 'verified' ? {ok: true, words: '', receipt: id} : failed(message || `It is ${status}.`, id);
}
