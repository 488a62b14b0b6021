/** Which rows of the key table hold now. */
import {t} from '../../core/words/text.ts';
import {isReady} from '../dialog/arrive.ts';
import {chosenOption} from '../dialog/options/cursor.ts';
import {confirmWordOf} from '../dialog/review/typed-word.ts';
import {askingHost} from '../state/hosts/told.ts';
import {isTooSmall} from '../state/layout.ts';
import {markedIn, pointedAt} from '../state/marks.ts';
import {selectedDomain} from '../state/rows.ts';
import type {State} from '../state/state.ts';
import {type Binding, keymap, type Scope} from './keymap.ts';

/** The scopes that hold now, the most particular first. */
export function scopes(state: State): readonly Scope[] {
	return [...screenScopes(state), 'everywhere'];
}

function screenScopes(state: State): readonly Scope[] {
	const {screen} = state;
	// What cannot be seen cannot be meant.
	if (isTooSmall(state.size)) return ['small'];
	if (screen.name === 'lists' || screen.name === 'all') return [state.filtering ? 'filter' : screen.name];
	if (screen.name === 'progress') return screen.asking ? ['asking'] : ['progress', 'reading'];
	if (
		screen.name === 'chains' ||
		screen.name === 'log' ||
		screen.name === 'hosts' ||
		screen.name === 'inside' ||
		screen.name === 'batch'
	)
		return [screen.name, 'reading'];
	if (screen.name !== 'dialog') return ['reading'];
	switch (isReady(screen) ? screen.steps[screen.at] : null) {
		case 'tag':
		case 'description':
		case 'expires':
		case 'name':
		case 'file':
			return ['text'];
		case 'menu':
			return ['menu'];
		case 'disks':
		case 'options':
			return chosenOption(screen)?.kind === 'typed' ? ['option-text', 'text'] : ['options'];
		case 'review':
			return confirmWord(state) === null ? ['review', 'reading'] : ['review', 'text'];
		default:
			return ['waiting'];
	}
}

/** What has to be typed before the reviewed plan runs; null where nothing has to. */
function confirmWord({screen}: State): string | null {
	return screen.name === 'dialog' && screen.steps[screen.at] === 'review' ? confirmWordOf(screen) : null;
}

/** The table, as far as it has to do with the hosts there are. */
export function keysOf(state: State): readonly Binding[] {
	if (state.hosts.length > 1) return keymap;
	const asking = askingHost(state, null) !== undefined;
	return keymap.filter(({hosts}) => hosts === undefined || (hosts === 'asking' && asking));
}

/** Whether letters are typed into a field now. */
export const isTyping = (state: State): boolean => {
	const now = scopes(state);
	return now.includes('filter') || now.includes('text');
};

export function findBinding(state: State, key: string): Binding | null {
	if (isTyping(state) && Array.from(key).length === 1) return null;
	for (const scope of scopes(state)) {
		const found = keysOf(state).find(binding => binding.scope === scope && binding.keys.includes(key));
		if (found) return found;
	}
	return null;
}

/** True, or in one sentence why not now; of several that are marked one that it can act on is enough. */
export function canAct(state: State, {each, when}: Binding): true | string {
	const marked = each === undefined ? [] : markedIn(state, each);
	let reason: string | null = null;
	for (const mark of marked) {
		const there = pointedAt(state, mark);
		const answer = when(there);
		if (answer === true) return true;
		// The cursor may stand on another domain, of which it would not be true.
		reason ??= mark.snapshot === null ? t`${selectedDomain(there)!.name}, marked: ${answer}` : answer;
	}
	return reason ?? when(state);
}

/** How many of what is marked a key will take. */
export const markedFor = (state: State, each: Binding['each']): number =>
	each === undefined ? 0 : markedIn(state, each).length;

/** "delete", or with two marked "delete 2". `rows`: how many the text on the screen has. */
export function footerWord(state: State, {footer, each}: Binding, rows = 0): string | null {
	const word = typeof footer === 'function' ? footer(state, rows) : (footer ?? null);
	const count = markedFor(state, each);
	return word === null || count === 0 ? word : `${word} ${count}`;
}

/** What the footer offers: the bindings of the present scopes that work now. */
export function footerBindings(state: State, rows = 0): readonly Binding[] {
	const present = scopes(state).flatMap(scope => keysOf(state).filter(binding => binding.scope === scope));
	const offers = present.filter(
		binding =>
			footerWord(state, binding, rows) !== null &&
			footerKey(state, binding) !== undefined &&
			canAct(state, binding) === true,
	);
	return offers.filter(({footer}, index) => offers.findIndex(other => other.footer === footer) === index);
}

/** The first of its keys that reaches this binding now: a letter does not while text is typed. */
export const footerKey = (state: State, binding: Binding): string | undefined =>
	binding.keys.find(key => findBinding(state, key) === binding);
