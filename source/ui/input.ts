/** From a key to an action, by way of the key table. */

import {findBinding, isTyping} from './key-bindings.ts';
import {keyName} from './key-words.ts';
import type {Binding} from './keymap.ts';
import {textOf} from './keys.ts';
import type {Action, State} from './state.ts';

/** What a key means now; null where it means nothing. */
export function actionOf(state: State, key: string): Action | null {
	const binding = findBinding(state, key);
	if (binding) return invoked(state, binding, key);
	const text = isTyping(state) ? textOf(key) : null;
	return text === null ? null : {type: 'text', text};
}

/** A key that cannot act now says why. */
function invoked(state: State, {when, command, label}: Binding, key: string): Action {
	const answer = when(state);
	if (answer === true) return {type: 'command', command};
	return {type: 'notice', notice: {tone: 'warn', text: `${keyName(key, state.glyphs.arrows)}, ${label}: ${answer}`}};
}
