/** Folding hosts: what the keys do, and how the row of a folded host is drawn. */
import {counted, printable, t} from '../../core/words/text.ts';
import type {Act} from '../state/actions.ts';
import type {Condition} from '../state/conditions.ts';
import {type Fold, foldedWords} from '../state/hosts/folds.ts';
import {hostTone, lostHosts} from '../state/hosts/told.ts';
import {selectedHost} from '../state/rows.ts';
import type {State} from '../state/state.ts';
import {columnsOf, fit, type Line, paragraph, span} from '../terminal/line.ts';
import {needsAttention} from './domain-table.ts';

/** The cursor goes to the row that stands for the domains, or to the first of them. */
export const fold: Act = state => {
	const host = selectedHost(state);
	const folded = new Set(state.folded);
	if (!folded.delete(host)) folded.add(host);
	return [{...state, folded, focus: 'domains'}, []];
};

/** All, unless all are. */
export const foldAll: Act = state => {
	const hosts = state.hosts.map(({name}) => name);
	const folded = new Set(hosts.every(name => state.folded.has(name)) ? [] : hosts);
	return [{...state, folded, focus: 'domains'}, []];
};

export const foldable: Condition = ({view, domains}) => {
	if (domains.filter !== '') return 'what the filter finds is shown of every host';
	return (view.inventory?.domains.length ?? 0) > 0 || 'no domain was read yet';
};

/** Its domains are counted in the room of their names; what wants attention among them is marked where theirs is. */
export function foldLine(state: State, row: Fold, columns: number, nameColumns: number): Line {
	const {glyphs} = state;
	const isStale = lostHosts(state).has(row.host);
	const room = columns - nameColumns - 2;
	const choices = foldedWords(row).map(words => (isStale ? `${words}, stale` : words));
	const words = choices.find(one => columnsOf(one) <= room) ?? choices.at(-1)!;
	const name = printable(row.host ?? '');
	const attention = row.folded.some(needsAttention);
	return [
		span(
			fit(name, nameColumns, {cut: 'middle', ellipsis: glyphs.ellipsis}),
			isStale ? 'warn' : hostTone(state, row.host, 'dim'),
		),
		span(` ${fit(words, room)}`, isStale ? 'warn' : 'plain'),
		span(attention ? glyphs.unhealthy : ' ', 'bad'),
	];
}

/** What stands where the snapshots of a domain would. */
export function foldLines(row: Fold, columns: number): readonly Line[] {
	const counts = [...Map.groupBy(row.folded, ({state}) => state)].map(([state, those]) => `${those.length} ${state}`);
	const attention = row.folded.filter(needsAttention).length;
	const more = attention === 0 ? '' : ` ${counted(attention, 'domain')} with a problem.`;
	return [
		...paragraph(t`${row.host ?? ''} is folded: ${counts.join(', ')}.${more}`, columns),
		...paragraph('z or Enter unfolds it, Z all.', columns, 'dim'),
	];
}
