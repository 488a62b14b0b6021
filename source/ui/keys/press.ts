/** From a key to what it does, by way of the key table. */
import {typeInto} from '../dialog/text/typing.ts';
import {typeFilter} from '../lists/acts.ts';
import type {Next} from '../state/actions.ts';
import type {State} from '../state/state.ts';
import {canAct, findBinding, isTyping, keysOf, scopes} from './bindings.ts';
import type {Binding} from './keymap.ts';
import {textOf} from './names.ts';
import {keyName, SCOPE_ORDER, SCOPE_TITLES} from './words.ts';

/** `rows`: of the text on the screen. */
export function pressKey(state: State, key: string, rows: number): Next {
	const binding = findBinding(state, key);
	if (binding) return invoked(state, binding, key, rows);
	const text = isTyping(state) ? textOf(key) : null;
	return text === null ? elsewhere(state, key) : typeText(state, text);
}

/** By a key or a paste: into the field of a dialog, or the filter of a pane. */
export function typeText(state: State, text: string): Next {
	if (state.screen.name === 'dialog') return typeInto({...state, notice: null}, state.screen, text);
	return [typeFilter(state, text), []];
}

/** A key of the table that means nothing here says what it is for; where nothing can be seen yet it says nothing. */
function elsewhere(state: State, key: string): Next {
	const here = scopes(state);
	if (here.includes('small') || here.includes('waiting')) return [state, []];
	const found = SCOPE_ORDER.flatMap(scope =>
		keysOf(state).filter(row => row.scope === scope && row.keys.includes(key)),
	)[0];
	if (found === undefined) return [state, []];
	const name = keyName(key, state.glyphs.arrows);
	return warned(state, `${name} works elsewhere only. ${SCOPE_TITLES[found.scope]}: ${found.label}`);
}

/** A key that cannot act now says why. */
function invoked(state: State, binding: Binding, key: string, rows: number): Next {
	const {act, label} = binding;
	const answer = canAct(state, binding);
	if (answer !== true) return warned(state, `${keyName(key, state.glyphs.arrows)}, ${label}: ${answer}`);
	if (act === null) return [state, []];
	const [next, effects] = act({...state, notice: null}, rows);
	// Whoever does something else after being asked does not mean to quit.
	return [{...next, quitting: next.quitting && !state.quitting}, effects];
}

const warned = (state: State, text: string): Next => [{...state, notice: {tone: 'warn', text}}, []];
