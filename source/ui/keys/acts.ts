/** What keys do that belong to no area: leaving a screen, scrolling its text, copying, quitting. */
import {stepBack} from '../dialog/acts.ts';
import type {Act} from '../state/actions.ts';
import {copyLog, copyName, copyOpened} from '../state/copy.ts';
import {type Move, scroll} from '../state/paging.ts';
import {subjectOf, underWay} from '../state/works.ts';

export const scrolls =
	(by: Move): Act =>
	(state, rows) => [scroll(state, by, rows), []];

export const back: Act = state => {
	const {screen} = state;
	if (screen.name === 'dialog') return stepBack(state, screen);
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
	if (first === undefined || state.quitting) return [state, [{type: 'quit'}]];
	const what =
		others.length === 0 ? `${subjectOf(first.plan)} keeps running` : `${others.length + 1} operations keep running`;
	const text = `${what} when you quit, and virsnap shows it when it is started again. Press again to quit.`;
	return [{...state, quitting: true, notice: {tone: 'warn', text}}, []];
};
