/** The columns of the list of all snapshots: whose they are and what they are, how old, what they hold, until when to keep them. */
import {printable} from '../../../core/words/text.ts';
import {calledName} from '../../state/hosts/placed.ts';
import {type Column, type Columns, chooseColumns} from '../../terminal/columns.ts';
import {columnsOf, fit} from '../../terminal/line.ts';
import {type Shown, snapshotColumnsFor} from '../snapshot-table.ts';
import type {AllRow} from './rows.ts';

/** As many rows as tell how wide the columns have to be. */
const SAMPLE = 200;

/** @param total what they have in all */
export function allColumns(
	rows: readonly AllRow[],
	total: number,
	shown: Omit<Shown<AllRow>, 'order' | 'columns'>,
): Columns<AllRow> {
	const sample = rows.slice(0, SAMPLE);
	const {tag, shortDate, date, age, own, keep, health} = snapshotColumnsFor(sample, shown);
	const widest = (least: number, words: (row: AllRow) => string) =>
		Math.max(least, ...sample.map(row => columnsOf(printable(words(row)))));
	const domain: Column<AllRow> = {
		heading: 'DOMAIN',
		width: Math.min(
			widest(6, row => calledName(row.domain)),
			Math.max(10, Math.floor(total / 4)),
		),
		text: (row, columns) =>
			fit(printable(calledName(row.domain)), columns, {cut: 'middle', ellipsis: shown.glyphs.ellipsis}),
	};
	const snapshot: Column<AllRow> = {...tag, heading: 'SNAPSHOT'};
	const kind: Column<AllRow> = {heading: 'KIND', width: 8, text: ({cells}) => cells.kind};
	const wanted = Math.min(
		28,
		widest(8, row => row.cells.tag),
	);
	return chooseColumns(
		[
			[domain, snapshot, kind, date, age, own, keep, health],
			[domain, snapshot, kind, shortDate, age, own, keep, health],
			[domain, snapshot, kind, age, own, keep, health],
			[domain, snapshot, age, own, keep, health],
		],
		total,
		wanted,
		8,
	);
}
