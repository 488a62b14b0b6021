/** Every key, from the key table; those that do nothing now say why. */

import type {State} from '../state/state.ts';
import {blank, fit, type Line, span, wrap} from '../terminal/line.ts';
import {canAct, keysOf, scopes} from './bindings.ts';
import type {Scope} from './keymap.ts';
import {keyNames, SCOPE_ORDER, SCOPE_TITLES} from './words.ts';

export function helpLines(state: State, columns: number): readonly Line[] {
	const now = scopes(state);
	const order = [...now, ...SCOPE_ORDER.filter(scope => !now.includes(scope))];
	const known = order.filter(scope => keysOf(state).some(binding => binding.scope === scope));
	return known.flatMap(scope => [...scopeLines(state, scope, columns), blank]);
}

/** Columns of the keys. */
const KEYS = 14;

function scopeLines(state: State, scope: Scope, columns: number): Line[] {
	const here = scopes(state).includes(scope);
	const rows = keysOf(state)
		.filter(binding => binding.scope === scope)
		.flatMap((binding): Line[] => {
			const reason = here ? canAct(state, binding) : true;
			const [tone, keyTone] = reason === true ? (['plain', 'key'] as const) : (['dim', 'dim'] as const);
			const keys = `  ${fit(keyNames(binding.keys, state.glyphs.arrows).join(' '), KEYS)}`;
			const words = reason === true ? binding.label : `${binding.label}  (${reason})`;
			return wrap(words, Math.max(8, columns - keys.length)).map((row, index) => [
				span(index === 0 ? keys : ' '.repeat(keys.length), keyTone),
				span(row, tone),
			]);
		});
	return [[span(SCOPE_TITLES[scope], 'title')], ...rows];
}
