/** Every key, from the key table; those that do nothing now say why. */

import type {State} from '../state/state.ts';
import {blank, fit, type Line, span} from '../terminal/line.ts';
import {canAct, keysOf, scopes} from './bindings.ts';
import type {Scope} from './keymap.ts';
import {keyNames, SCOPE_ORDER, SCOPE_TITLES} from './words.ts';

export function helpLines(state: State, columns: number): readonly Line[] {
	const now = scopes(state);
	const order = [...now, ...SCOPE_ORDER.filter(scope => !now.includes(scope))];
	const known = order.filter(scope => keysOf(state).some(binding => binding.scope === scope));
	return known.flatMap(scope => [...scopeLines(state, scope, columns), blank]);
}

function scopeLines(state: State, scope: Scope, columns: number): Line[] {
	const here = scopes(state).includes(scope);
	const rows = keysOf(state)
		.filter(binding => binding.scope === scope)
		.map((binding): Line => {
			const reason = here ? canAct(state, binding) : true;
			const keys = fit(keyNames(binding.keys, state.glyphs.arrows).join(' '), 14);
			return [
				span(`  ${keys}`, reason === true ? 'key' : 'dim'),
				span(binding.label, reason === true ? 'plain' : 'dim'),
				...(reason === true ? [] : [span(`  (${reason})`, 'dim')]),
			].slice(0, columns);
		});
	return [[span(SCOPE_TITLES[scope], 'title')], ...rows];
}
