/**
 * A round: one task for each of several marked items. Each has its own facts, plan, review and confirmation, since each plan stands on
 * what the one before has changed.
 */
import type {Receipt} from '../../core/model/receipt.ts';
import {childrenFirst} from '../../core/snapshots/family.ts';
import {t} from '../../core/words/text.ts';
import {outcomeNotice, workFinished} from '../operations/reduce-operations.ts';
import type {Act, Next} from '../state/actions.ts';
import {anyDomain, anySnapshot, both, type Condition, domainIs, idle, keepable, pausable} from '../state/conditions.ts';
import type {Dialog} from '../state/dialog.ts';
import {calledName} from '../state/hosts/placed.ts';
import {markedIn, pointedAt, unmark} from '../state/marks.ts';
import {selectedDomain, selectedSnapshot, snapshotKey} from '../state/rows.ts';
import type {Mark, Notice, Pane, Round, RoundTask, State} from '../state/state.ts';
import {type NewTask, openDialog} from './open.ts';

/** Where its marks are, and whether it can be done to the item under the cursor. */
type Turn = {readonly each: Pane; readonly when: Condition};

const TURNS: Readonly<Record<RoundTask, Turn>> = {
	create: {each: 'domains', when: both(anyDomain, idle)},
	delete: {each: 'snapshots', when: both(anySnapshot, idle)},
	protect: {each: 'snapshots', when: both(keepable, idle)},
	expire: {each: 'snapshots', when: both(keepable, idle)},
	start: {each: 'domains', when: both(domainIs('inactive'), idle)},
	shutdown: {each: 'domains', when: both(domainIs('active'), idle)},
	destroy: {each: 'domains', when: both(domainIs('active'), idle)},
	'pause-resume': {each: 'domains', when: both(pausable, idle)},
};

/** The parts of a key's row that works through what is marked. */
export const eachMarked = (task: RoundTask): Turn & {readonly act: Act} => ({
	...TURNS[task],
	act: state => beginRound(state, task),
});

/** With nothing marked: for the item under the cursor. */
function beginRound(state: State, task: RoundTask): Next {
	const left = inTurn(state, task);
	const [mark] = left;
	if (mark === undefined) return openDialog(state, taskOf(state, task));
	return nextOfRound(state, {task, count: left.length, mark, left, passed: [], wish: null, work: null});
}

function inTurn(state: State, task: RoundTask): readonly Mark[] {
	const marked = markedIn(state, TURNS[task].each);
	const domain = selectedDomain(state);
	if (task !== 'delete' || domain === null) return marked;
	const order = childrenFirst(domain.snapshots).map(snapshotKey);
	// Saved memory stands in no order, and so goes first.
	return marked.toSorted((a, b) => order.indexOf(a.snapshot!) - order.indexOf(b.snapshot!));
}

function taskOf(state: State, task: RoundTask): NewTask {
	if (task !== 'pause-resume') return task;
	return selectedDomain(state)?.state === 'paused' ? 'resume' : 'suspend';
}

/** The dialog of the next one that the key can act on; the cursor goes there, so that it stands where a round ends. */
function nextOfRound(state: State, round: Round): Next {
	const {each, when} = TURNS[round.task];
	const passed = [...round.passed];
	for (const [index, mark] of round.left.entries()) {
		const there = pointedAt(state, mark);
		// Gone meanwhile, perhaps with the one before it: there is nothing to say about it.
		if (!markedIn(there, each).some(({domain, snapshot}) => domain === mark.domain && snapshot === mark.snapshot))
			continue;
		const wish = wishFor(there, round.wish);
		if (isFulfilled(there, wish)) continue;
		const answer = when(there);
		if (answer === true) {
			const next: Round = {...round, mark, left: round.left.slice(index + 1), passed, work: null};
			return openDialog({...there, round: next}, taskOf(there, round.task), wish ?? undefined);
		}
		const domain = selectedDomain(there);
		passed.push(t`${domain === null ? '' : calledName(domain)} (${answer})`);
	}
	return [{...state, round: null, notice: passedOver(passed) ?? state.notice}, []];
}

/** What was wished for the first, of the snapshot that has its turn. */
function wishFor(state: State, wish: Round['wish']): Round['wish'] {
	if (wish?.verb === 'create') {
		// Disks and places of files are those of one domain.
		const {disks: _disks, overlays: _overlays, memoryFile: _file, ...rest} = wish;
		return rest;
	}
	if (wish?.verb !== 'edit') return wish;
	return {...wish, tag: selectedSnapshot(state)?.tag ?? ''};
}

/** It is protected as wished already. */
const isFulfilled = (state: State, wish: Round['wish']): boolean =>
	wish?.verb === 'edit' && wish.protect !== undefined && wish.protect === selectedSnapshot(state)?.protected;

function passedOver(passed: readonly string[]): Notice | null {
	return passed.length === 0 ? null : {tone: 'warn', text: `Skipped, still marked: ${passed.join(', ')}`};
}

/** On with the next one, where the person saw this one end well. */
export function finished(state: State, key: number, receipt: Receipt): Next {
	const {round, screen} = state;
	const [ended, effects] = workFinished(state, key, receipt);
	if (receipt.status !== 'verified') return [ended, effects];
	const work = ended.works.find(one => one.key === key);
	const next = work?.mark == null ? ended : unmark(ended, work.mark);
	// A dialog about a cancel ends the round: no further plan is wanted.
	const stopping = screen.name === 'progress' && screen.asking;
	if (round?.work !== key || stopping) return [next, effects];
	const [opened, more] = nextOfRound(next, round);
	const notice = opened.notice ?? (opened.screen.name === 'dialog' ? outcomeNotice(receipt, work?.host ?? null) : null);
	return [{...opened, notice}, [...effects, ...more]];
}

/**
 * A round lives in its dialog, and then on the progress of what came of it: left, cancelled or ended otherwise than
 * well, it is over.
 */
export function settleRound(before: State, after: State): State {
	const {round, screen} = after;
	if (round === null) return after;
	if (screen.name === 'dialog' && round.work === null) return after;
	if (screen.name !== 'progress') return {...after, round: null};
	if (before.screen.name === 'dialog' && round.work === null)
		return carriedOut(after, round, before.screen, screen.key);
	const work = after.works.find(({key}) => key === round.work);
	const goesOn = screen.key === round.work && work?.finished === false && !work.cancelled;
	return goesOn ? after : {...after, round: null};
}

/** What was typed and chosen for the first is proposed for the others. */
function carriedOut(state: State, round: Round, {intent}: Dialog, key: number): State {
	const wish = intent?.verb === 'create' || intent?.verb === 'edit' ? intent : null;
	const works = state.works.map(work => (work.key === key ? {...work, mark: round.mark} : work));
	return {...state, works, round: {...round, work: key, wish: round.wish ?? wish}};
}
