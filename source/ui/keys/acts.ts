/** What keys do that belong to no area: leaving a screen, scrolling its text, copying, quitting. */
import {counted} from '../../core/words/text.ts';
import {stepBack} from '../dialog/acts.ts';
import {openBatch} from '../operations/batch/acts.ts';
import {waitingInBatch} from '../operations/batch/words.ts';
import type {Act, Next} from '../state/actions.ts';
import {copyLog, copyName, copyOpened} from '../state/copy.ts';
import {type Move, scroll} from '../state/paging.ts';
import type {State} from '../state/state.ts';
import {subjectOf, underWay} from '../state/works.ts';

export const scrolls =
	(by: Move): Act =>
	(state, rows) => [scroll(state, by, rows), []];

export const back: Act = state => {
	const {screen, batch} = state;
	if (screen.name === 'dialog') return stepBack(state, screen);
	if (screen.name === 'batch') return [{...state, screen: {name: 'all'}}, []];
	if (screen.name === 'progress' && batch?.over === false && screen.key === batch.work) return openBatch(state, 0);
	return [{...state, screen: screen.name === 'help' ? screen.under : {name: 'lists'}}, []];
};

export const openHelp: Act = state => [{...state, screen: {name: 'help', top: 0, under: state.screen}}, []];

export const copySelected: Act = state => [state, copyName(state)];

export const copyChanges: Act = state => [state, copyLog(state)];

export const copyWaysIn: Act = state => [state, copyOpened(state)];

export const suspend: Act = state => [state, [{type: 'suspend'}]];

/** Leaving work behind is asked twice, so that it is known: quitting does not stop it. */
export const quit: Act = state => {
	const [first, ...others] = underWay(state);
	const waiting = waitingInBatch(state);
	if ((first === undefined && waiting === 0) || state.quitting) return [state, [{type: 'quit'}]];
	if (waiting > 0) return askedAgain(state, `${counted(waiting, 'marked snapshot')} will not be begun when you quit.`);
	const what =
		others.length === 0
			? `${subjectOf(first!.plan, first!.host)} keeps running`
			: `${others.length + 1} operations keep running`;
	return askedAgain(state, `${what} when you quit, and virsnap shows it when it is started again.`);
};

const askedAgain = (state: State, words: string): Next => [
	{...state, quitting: true, notice: {tone: 'warn', text: `${words} Press again to quit.`}},
	[],
];
