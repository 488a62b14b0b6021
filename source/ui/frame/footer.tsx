import type {Receipt} from '../../core/model/receipt.ts';
import {halfMerged} from '../../core/steps/stopping.ts';
import {percentOf} from '../../core/words/progress.ts';
import {t} from '../../core/words/text.ts';
import {footerBindings, footerKey, footerWord, markedFor} from '../keys/bindings.ts';
import {keyName} from '../keys/words.ts';
import {batchWords} from '../operations/batch/words.ts';
import {elapsedWords} from '../operations/progress.ts';
import {askingHost} from '../state/hosts/told.ts';
import {selectedHost} from '../state/rows.ts';
import type {Notice, State} from '../state/state.ts';
import {shownWork, stopOf, subjectOf, subjectOfWork, underWay} from '../state/works.ts';
import {type Line, span, width} from '../terminal/line.ts';
import {LineView} from '../terminal/line-view.tsx';

/** What there is to say, and the keys that work now. `rows`: how many the text on the screen has. */
export function Footer({state, rows = 0}: {readonly state: State; readonly rows?: number}) {
	const {columns} = state.size;
	const notice = cancelling(state) ?? state.notice ?? goingOn(state) ?? interruptedNotice(state) ?? lost(state);
	const line: Line = notice ? [span(t` ${MARKS[notice.tone]}${notice.text}`, notice.tone)] : [];
	return (
		<>
			<LineView columns={columns} line={line} />
			<LineView columns={columns} line={keyLine(state, rows)} />
		</>
	);
}

/** A word for each tone, where there is no colour. */
const MARKS: Readonly<Record<Notice['tone'], string>> = {plain: '', ok: '', warn: '! ', bad: '! '};

function lost(state: State): Notice | null {
	if (state.hosts.length > 1) return lostHost(state);
	const {connection, inventory} = state.view;
	// Before the first answer the whole reason stands in the details.
	return connection.status === 'lost' && inventory !== null ? {tone: 'bad', text: connection.reason} : null;
}

/** The one that the cursor is on. */
function lostHost(state: State): Notice | null {
	const host = state.screen.name === 'lists' ? selectedHost(state) : null;
	const connection = state.hosts.find(({name}) => name === host)?.view.connection;
	if (connection?.status === 'lost' && !connection.asks)
		return {tone: 'bad', text: t`${host ?? ''}: ${connection.reason}`};
	const asking = state.screen.name === 'lists' ? askingHost(state, host) : undefined;
	return asking ? {tone: 'warn', text: t`${asking} needs an answer: a lets ssh ask for it`} : null;
}

/** What is running, wherever it was started. */
function goingOn(state: State): Notice | null {
	const {screen, batch} = state;
	if (batch?.over === false && screen.name !== 'batch' && screen.name !== 'progress')
		return {tone: 'plain', text: `${batchWords(batch)} so far: o shows it`};
	const [work, ...others] = screen.name === 'progress' || screen.name === 'batch' ? [] : underWay(state);
	if (work === undefined) return null;
	if (others.length > 0) return {tone: 'plain', text: `${others.length + 1} operations under way: o shows them`};
	const {plan, receipt} = work;
	if (receipt === null) return {tone: 'plain', text: `${subjectOfWork(work)}: being checked`};
	const done = receipt.steps.filter(({status}) => status === 'done').length;
	const percent = receipt.progress ? percentOf(receipt.progress) : null;
	const words = [
		`step ${Math.min(done + 1, plan.steps.length)} of ${plan.steps.length}`,
		elapsedWords(receipt, state.now),
		percent === null ? '' : `${percent} %`,
	];
	return {tone: 'plain', text: `${subjectOfWork(work)} under way: ${words.filter(Boolean).join(', ')} (o shows it)`};
}

function interruptedNotice({interrupted, screen}: State): Notice | null {
	const [first, ...others] = screen.name === 'lists' ? interrupted : [];
	if (first === undefined) return null;
	const more = others.length === 0 ? '' : `, and ${others.length} more`;
	return {
		tone: 'warn',
		text: `${subjectOf(first.receipt.plan, first.host)} was interrupted${more}: u shows the choices`,
	};
}

function cancelling(state: State): Notice | null {
	const {screen} = state;
	if (screen.name !== 'progress' || !screen.asking) return null;
	const receipt = shownWork(state)?.receipt;
	return {tone: 'warn', text: `Cancel it? ${receipt ? consequence(receipt) : ''}n continues.`};
}

/** Between the question and the answer a step may end: what is said is what is so now. */
function consequence(receipt: Receipt): string {
	const {plan, steps} = receipt;
	const running = plan.steps[steps.findIndex(({status}) => status === 'running')];
	switch (stopOf(receipt)) {
		case 'breaks-off':
			return running && halfMerged(plan, running)
				? 'y aborts now (the snapshot becomes unusable), '
				: 'y aborts this step, ';
		case 'before-next':
			return 'y stops it before its next step, ';
		case 'too-late':
			return 'This last step cannot be aborted: ';
	}
}

const ALWAYS: readonly string[] = ['help', 'back', 'quit'];

/** As many of the offers as there is room for, in the table's order; help, the way out and what takes marks are never left out. */
function keyLine(state: State, rows: number): Line {
	const offers = footerBindings(state, rows).map(binding => ({
		always: ALWAYS.includes(binding.name) || markedFor(state, binding.each) > 0,
		spans: [
			span(` ${keyName(footerKey(state, binding)!, state.glyphs.arrows)}`, 'key'),
			span(` ${footerWord(state, binding, rows)} `),
		],
	}));
	let room = state.size.columns;
	for (const {always, spans} of offers) if (always) room -= width(spans);
	const shown = offers.filter(({always, spans}) => {
		if (always) return true;
		room -= width(spans);
		return room >= 0;
	});
	return shown.flatMap(({spans}) => spans);
}
