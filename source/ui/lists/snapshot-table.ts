/**
 * The snapshots pane: TAG, VM SIZE, DATE, VM CLOCK as `qemu-img snapshot -l` has them, age and sizes where there is room, and the
 * health.
 */
import type {SnapshotSizes} from '../../core/model/snapshot.ts';
import {shortAge} from '../../core/snapshots/age.ts';
import type {ColumnName, ListOrder} from '../../core/snapshots/listed.ts';
import {shortKeep} from '../../core/snapshots/retention.ts';
import {formatBytes, formatClock, formatDate, printable} from '../../core/words/text.ts';
import type {SnapshotRow} from '../state/rows.ts';
import {HEALTH} from '../state/snapshots/health.ts';
import {type Column, type Columns, chooseColumns} from '../terminal/columns.ts';
import {columnsOf, fit} from '../terminal/line.ts';
import type {Glyphs} from '../terminal/theme.ts';

/** What the table shows beside its rows. */
export type Shown<Row extends SnapshotRow> = {
	readonly glyphs: Glyphs;
	/** ISO 8601, for the age; null: not known. */
	readonly now: string | null;
	/** The column of the order is there wherever it fits. */
	readonly order: ListOrder;
	/** Those that the person wants beside tag and health; null: what there is room for. */
	readonly columns: readonly ColumnName[] | null;
	/** What is known of a row. */
	readonly sizes: (row: Row) => SnapshotSizes | null;
};

export function snapshotColumns(
	rows: readonly SnapshotRow[],
	total: number,
	shown: Shown<SnapshotRow>,
): Columns<SnapshotRow> {
	const sample = rows.slice(0, 500);
	const column = snapshotColumnsFor(sample, shown);
	const {tag, size, date, shortDate, age, day, clock, shortClock, own, since} = column;
	// No room for it where nothing is protected and nothing expires.
	const ending = sample.some(row => column.keep.text(row, 0) !== '') ? [column.keep, column.health] : [column.health];
	const wants = wantedOf(column, shown);
	const [tail, leave] = [ending.filter(wants), (set: Columns<SnapshotRow>) => set.filter(wants)];
	const sized: readonly Columns<SnapshotRow>[] = [
		[tag, size, date, age, clock, own, since, ...tail],
		[tag, size, date, age, shortClock, own, since, ...tail],
		[tag, size, shortDate, age, shortClock, own, since, ...tail],
		[tag, size, shortDate, shortClock, own, since, ...tail],
	].map(leave);
	const timed: readonly Columns<SnapshotRow>[] = [
		[tag, size, date, clock, ...tail],
		[tag, size, date, shortClock, ...tail],
		[tag, size, shortDate, shortClock, ...tail],
	].map(leave);
	const poorer: readonly Columns<SnapshotRow>[] = [
		[tag, size, day, shortClock, ...tail],
		[tag, day, shortClock, ...tail],
		[tag, shortDate, ...tail],
		[tag, ...tail],
	].map(leave);
	const wanted = wantedForTags(sample);
	// Sizes want room beside whole tags. The year goes before names are cut, names are cut before the time of day goes, and that before
	// a column does, as long as there is something of the names to see.
	const least = Math.min(wanted, 10 + 2 * Math.max(...sample.map(({branches}) => branches.length), 0));
	if (shown.order === 'age' || shown.order === 'own' || shown.order === 'since') {
		const by = column[shown.order];
		const narrow: readonly Columns<SnapshotRow>[] = [
			[tag, age, own, since, ...tail],
			[tag, shortDate, age, ...tail],
			[tag, by, ...tail],
		].map(leave);
		return chooseColumns(
			[...sized, ...narrow].filter(set => set.includes(by)),
			total,
			wanted,
			least,
		);
	}
	const fits = chooseColumns(
		[chooseColumns([...sized, ...timed], total, wanted, wanted), poorer[0]!],
		total,
		least,
		least,
	);
	return fits === poorer[0] ? chooseColumns(poorer, total, 8, 8) : fits;
}

/** Whether a column is among those that were chosen: in each of its forms. That of the order is. */
function wantedOf(
	column: ReturnType<typeof snapshotColumnsFor>,
	{columns, order}: Pick<Shown<SnapshotRow>, 'columns' | 'order'>,
) {
	const {size, date, shortDate, day, age, clock, shortClock, own, since, keep} = column;
	const forms: Readonly<Record<ColumnName, Columns<SnapshotRow>>> = {
		size: [size],
		date: [date, shortDate, day],
		age: [age],
		clock: [clock, shortClock],
		own: [own],
		since: [since],
		keep: [keep],
	};
	const names = Object.keys(forms) as ColumnName[];
	const left = names.filter(name => columns !== null && name !== order && !columns.includes(name));
	const hidden = new Set(left.flatMap(name => forms[name]));
	return (one: Column<SnapshotRow>) => !hidden.has(one);
}

/** What tags would like to have. */
function wantedForTags(sample: readonly SnapshotRow[]): number {
	const widths = sample.map(({branches, cells}) => branches.length * 2 + columnsOf(printable(cells.tag)));
	return Math.min(28, Math.max(...widths, 3));
}

/** Each column by its name; `sample`: the rows that their widths go by. */
export function snapshotColumnsFor<Row extends SnapshotRow>(
	sample: readonly Row[],
	{glyphs, now, sizes}: Omit<Shown<Row>, 'order' | 'columns'>,
) {
	/** As wide as its widest text. */
	const measured = (heading: string, least: number, text: (row: Row) => string): Column<Row> => ({
		heading,
		width: Math.max(least, ...sample.map(row => text(row).length)),
		text,
	});
	const figures = (heading: string, least: number, text: (row: Row) => string): Column<Row> => ({
		...measured(heading, least, text),
		align: 'right',
	});
	const date: Column<Row> = {heading: 'DATE', width: 19, text: dateText};
	return {
		tag: {heading: 'TAG', width: 'rest', text: (row, columns) => tagText(row, columns, glyphs)} as Column<Row>,
		size: figures('VM SIZE', 7, ({cells}) => formatBytes(cells.vmSizeBytes)),
		date,
		shortDate: {...date, width: 11, text: row => shorten(dateText(row))} as Column<Row>,
		age: figures('AGE', 3, ({cells}) => (now === null ? '-' : shortAge(cells.createdAt, Date.parse(now)))),
		day: {...date, width: 5, text: row => shorten(dateText(row)).slice(0, 5)} as Column<Row>,
		clock: measured('VM CLOCK', 12, clockText),
		shortClock: measured('VM CLOCK', 8, row => seconds(clockText(row))),
		// Figures arrive later: their columns are as wide from the beginning.
		own: figures('OWN', 8, row => sizeText(sizes(row), 'ownBytes')),
		since: figures('SINCE', 8, row => sizeText(sizes(row), 'sinceBytes')),
		keep: {
			...measured('KEEP', 4, row => keepText(row, now)),
			tone: row => (keepText(row, now) === 'expired' ? 'warn' : 'plain'),
		} as Column<Row>,
		health: {...measured('HEALTH', 6, healthText), tone: ({cells}) => HEALTH[cells.health].tone} as Column<Row>,
	};
}

const dateText = ({cells}: SnapshotRow): string => formatDate(cells.createdAt);
const clockText = ({cells}: SnapshotRow): string => formatClock(cells.vmClockNs);
const healthText = ({cells}: SnapshotRow): string => HEALTH[cells.health].short;

const keepText = ({cells}: SnapshotRow, now: string | null): string =>
	now === null ? '' : shortKeep(cells, Date.parse(now));

/** "~" where a running guest may have changed it since. */
function sizeText(sizes: SnapshotSizes | null, which: 'ownBytes' | 'sinceBytes'): string {
	const bytes = sizes?.[which] ?? null;
	return `${sizes?.about && bytes !== null ? '~' : ''}${formatBytes(bytes)}`;
}

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
