/** Moving through more rows than there is room for: a list under its cursor, and a text that scrolls. */
import {layout} from './layout.ts';
import type {State} from './state.ts';

export type Move = 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last';

/** The index after a move, within `count` rows of which `page` are shown. */
export function moved(index: number, move: Move, count: number, page: number): number {
	const target = {
		up: index - 1,
		down: index + 1,
		'page-up': index - page,
		'page-down': index + page,
		first: 0,
		last: count - 1,
	}[move];
	return Math.max(0, Math.min(target, count - 1));
}

/** The first row shown: it stays while the cursor is in view, else jumps by half a page, which repaints less often than by line. */
export function scrolled(top: number, index: number, count: number, page: number): number {
	const last = Math.max(0, count - page);
	if (index >= top && index < top + page) return Math.min(top, last);
	return Math.max(0, Math.min(index - Math.floor(page / 2), last));
}

/** Further down than any text is long. */
/** A list keeps its own place. */
const isList = (screen: State['screen']): screen is Extract<State['screen'], {name: 'lists' | 'all'}> =>
	screen.name === 'lists' || screen.name === 'all';

export const END = Number.MAX_SAFE_INTEGER;

/** Rows of a text that are shown at once; a dialog keeps two for its prompt. */
export function pageRows(state: State): number {
	const {bodyRows} = layout(state.size, state.focus);
	return state.screen.name === 'dialog' ? Math.max(1, bodyRows - 2) : bodyRows;
}

/** The first row shown of a text of so many rows: what is asked for, as far as there are rows. */
export function pageTop(state: State, rows: number): number {
	const {screen} = state;
	return isList(screen) ? 0 : Math.max(0, Math.min(screen.top, rows - pageRows(state)));
}

/** The state after a move through its text of so many rows. */
export function scroll(state: State, move: Move, rows: number): State {
	const {screen} = state;
	if (isList(screen)) return state;
	const page = pageRows(state);
	const top = moved(pageTop(state, rows), move, Math.max(0, rows - page) + 1, page);
	return top === screen.top ? state : {...state, screen: {...screen, top}};
}

/** "1-17 of 40"; empty where all is shown. */
export function position(top: number, rows: number, count: number): string {
	return count <= rows ? '' : `${top + 1}-${Math.min(top + rows, count)} of ${count}`;
}
