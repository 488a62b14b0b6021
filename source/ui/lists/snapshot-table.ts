/** The snapshots pane: TAG, VM SIZE, DATE, VM CLOCK as `qemu-img snapshot -l` has them, and the health. */
import {formatBytes, formatClock, formatDate, printable} from '../../core/words/text.ts';
import {HEALTH} from '../state/health.ts';
import type {SnapshotRow} from '../state/rows.ts';
import {type Column, type Columns, chooseColumns} from '../terminal/columns.ts';
import {columnsOf, fit} from '../terminal/line.ts';
import type {Glyphs} from '../terminal/theme.ts';

export function snapshotColumns(rows: readonly SnapshotRow[], total: number, glyphs: Glyphs): Columns<SnapshotRow> {
	const tag: Column<SnapshotRow> = {
		heading: 'TAG',
		width: 'rest',
		text: (row, columns) => tagText(row, columns, glyphs),
	};
	const sample = rows.slice(0, 500);
	const widest = (least: number, text: (row: SnapshotRow) => string) =>
		Math.max(least, ...sample.map(row => text(row).length));
	const size: Column<SnapshotRow> = {
		heading: 'VM SIZE',
		width: widest(7, sizeText),
		align: 'right',
		text: sizeText,
	};
	const date: Column<SnapshotRow> = {heading: 'DATE', width: 19, text: ({cells}) => formatDate(cells.createdAt)};
	const shortDate: Column<SnapshotRow> = {...date, width: 11, text: row => shorten(date.text(row, 19))};
	const day: Column<SnapshotRow> = {...date, width: 5, text: row => shorten(date.text(row, 19)).slice(0, 5)};
	const clock: Column<SnapshotRow> = {heading: 'VM CLOCK', width: widest(12, clockText), text: clockText};
	const shortClock: Column<SnapshotRow> = {
		...clock,
		width: widest(8, row => seconds(clockText(row))),
		text: row => seconds(clockText(row)),
	};
	const health: Column<SnapshotRow> = {
		heading: 'HEALTH',
		width: widest(6, healthText),
		text: healthText,
		tone: ({cells}) => HEALTH[cells.health].tone,
	};
	const wanted = Math.min(
		28,
		Math.max(...sample.map(row => row.branches.length * 2 + columnsOf(printable(row.cells.tag))), 3),
	);
	const timed: readonly Columns<SnapshotRow>[] = [
		[tag, size, date, clock, health],
		[tag, size, date, shortClock, health],
		[tag, size, shortDate, shortClock, health],
	];
	const poorer: readonly Columns<SnapshotRow>[] = [
		[tag, size, day, shortClock, health],
		[tag, day, shortClock, health],
		[tag, shortDate, health],
		[tag, health],
	];
	// The year goes before names are cut, names are cut before the time of day goes, and that before a column does, as long as there
	// is something of the names to see.
	const least = Math.min(wanted, 10 + 2 * Math.max(...sample.map(({branches}) => branches.length), 0));
	const fits = chooseColumns([chooseColumns(timed, total, wanted, wanted), poorer[0]!], total, least, least);
	return fits === poorer[0] ? chooseColumns(poorer, total, 8, 8) : fits;
}

const sizeText = ({cells}: SnapshotRow): string => formatBytes(cells.vmSizeBytes);
const clockText = ({cells}: SnapshotRow): string => formatClock(cells.vmClockNs);
const healthText = ({cells}: SnapshotRow): string => HEALTH[cells.health].short;

/** "2026-11-23 14:30:29" without the year and the seconds. */
const shorten = (date: string): string => (date.length === 19 ? date.slice(5, 16) : date);
const seconds = (clock: string): string => clock.replace(/\.\d+$/, '');

function tagText({cells, branches}: SnapshotRow, columns: number, glyphs: Glyphs): string {
	const prefix = branches
		.map((last, depth) => {
			if (depth < branches.length - 1) return last ? '  ' : glyphs.trunk;
			return last ? glyphs.lastBranch : glyphs.branch;
		})
		.join('');
	const tag = printable(cells.tag);
	return prefix + fit(tag, columns - prefix.length, {cut: 'middle', ellipsis: glyphs.ellipsis});
}
