/** From a key to an action, by way of the key table. */
import type {Action} from '../state/actions.ts';
import type {State} from '../state/state.ts';
import {canAct, findBinding, isTyping, scopes} from './bindings.ts';
import {type Binding, keymap} from './keymap.ts';
import {textOf} from './names.ts';
import {keyName, SCOPE_ORDER, SCOPE_TITLES} from './words.ts';

/** What a key means now; null where it means nothing. */
export function actionOf(state: State, key: string): Action | null {
	const binding = findBinding(state, key);
	if (binding) return invoked(state, binding, key);
	const text = isTyping(state) ? textOf(key) : null;
	return text === null ? elsewhere(state, key) : {type: 'text', text};
}

/** A key of the table that means nothing here says what it is for; where nothing can be seen yet it says nothing. */
function elsewhere(state: State, key: string): Action | null {
	const here = scopes(state);
	if (here.includes('small') || here.includes('waiting')) return null;
	const found = SCOPE_ORDER.flatMap(scope => keymap.filter(row => row.scope === scope && row.keys.includes(key)))[0];
	if (found === undefined) return null;
	const name = keyName(key, state.glyphs.arrows);
	return warning(`${name} does nothing here. ${SCOPE_TITLES[found.scope]}: ${found.label}`);
}

/** A key that cannot act now says why. */
function invoked(state: State, binding: Binding, key: string): Action {
	const {command, label} = binding;
	const answer = canAct(state, binding);
	if (answer === true) return {type: 'command', command};
	return warning(`${keyName(key, state.glyphs.arrows)}, ${label}: ${answer}`);
}

const warning = (text: string): Action => ({type: 'notice', notice: {tone: 'warn', text}});
