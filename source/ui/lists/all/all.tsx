import {printable} from '../../../core/words/text.ts';
import {listRowsOfAll} from '../../state/layout.ts';
import type {State} from '../../state/state.ts';
import {headingLine, rowLine} from '../../terminal/columns.ts';
import {type Line, paragraph, span} from '../../terminal/line.ts';
import {TITLE_MARGIN} from '../../terminal/title-line.tsx';
import {ListPane} from '../pane.tsx';
import {countedRows, MARGIN, marginOf, withWhatFits} from '../titles.ts';
import {allRows, isRowMarked, markedOfAll, sizesOfAllRow} from './rows.ts';
import {allColumns} from './table.ts';
import {ownOfAll} from './total.ts';

/** The snapshots of all domains; only the rows in view are drawn. */
export function AllSnapshots({state}: {readonly state: State}) {
	const {glyphs, now, all, filtering} = state;
	const {columns} = state.size;
	const room = columns - MARGIN;
	const rows = allRows(state);
	const shown = rows.slice(all.cursor.top, all.cursor.top + listRowsOfAll(state.size));
	const table = allColumns(rows, room, {glyphs, now, sizes: row => sizesOfAllRow(state, row)});
	return (
		<ListPane
			title={titleOf(state, rows.length)}
			focused
			typing={filtering}
			columns={columns}
			rows={listRowsOfAll(state.size)}
			heading={[span(' '.repeat(MARGIN)), ...headingLine(table, room)]}
			lines={shown.map(row => rowLine(table, row, room))}
			margins={shown.map(({mark, cells}) => marginOf(glyphs, isRowMarked(state, mark), cells.current))}
			cursor={shown.findIndex(({key}) => key === all.cursor.key)}
			empty={emptyLines(state, room)}
		/>
	);
}

const ORDERS: Readonly<Record<State['all']['order'], string>> = {
	age: 'newest first',
	own: 'largest OWN first',
	health: 'worst health first',
	tag: 'by tag',
	domain: 'by domain',
};

function titleOf(state: State, shown: number): string {
	const {all, filtering, view, size} = state;
	const count = view.inventory?.domains.reduce((sum, {snapshots}) => sum + snapshots.length, 0);
	const title = `All snapshots${countedRows(shown, count, markedOfAll(state).length, all.filter)}`;
	// Not behind the filter while it is typed: the caret stands there.
	const more = filtering ? [] : [ORDERS[all.order], ownOfAll(state)];
	return withWhatFits(title, more, size.columns - TITLE_MARGIN);
}

function emptyLines({all, view: {inventory, connection}}: State, columns: number): readonly Line[] {
	const words = () => {
		if (inventory === null) return connection.status === 'lost' ? printable(connection.reason) : 'Reading the domains.';
		return all.filter === '' ? 'No domain has a snapshot.' : 'No snapshot matches. Esc clears the filter.';
	};
	return paragraph(words(), columns, 'dim');
}
