/** The snapshots pane: TAG, VM SIZE, DATE, VM CLOCK as `qemu-img snapshot -l` has them, sizes where there is room, and the health. */
import type {SnapshotSizes} from '../../core/model/snapshot.ts';
import {formatBytes, formatClock, formatDate, printable} from '../../core/words/text.ts';
import {HEALTH} from '../state/health.ts';
import type {SnapshotRow} from '../state/rows.ts';
import {type Column, type Columns, chooseColumns} from '../terminal/columns.ts';
import {columnsOf, fit} from '../terminal/line.ts';
import type {Glyphs} from '../terminal/theme.ts';

type SnapshotColumn = Column<SnapshotRow>;

/** `sizes`: what is known of a row. */
export function snapshotColumns(
	rows: readonly SnapshotRow[],
	total: number,
	glyphs: Glyphs,
	sizes: (row: SnapshotRow) => SnapshotSizes | null = () => null,
): Columns<SnapshotRow> {
	const sample = rows.slice(0, 500);
	const column = columnsFor(sample, glyphs, sizes);
	const {tag, size, date, shortDate, day, clock, shortClock, own, since, health} = column;
	const sized: readonly Columns<SnapshotRow>[] = [
		[tag, size, date, clock, own, since, health],
		[tag, size, date, shortClock, own, since, health],
		[tag, size, shortDate, shortClock, own, since, health],
	];
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
	const wanted = wantedForTags(sample);
	// Sizes want room beside whole tags. The year goes before names are cut, names are cut before the time of day goes, and that before
	// a column does, as long as there is something of the names to see.
	const least = Math.min(wanted, 10 + 2 * Math.max(...sample.map(({branches}) => branches.length), 0));
	const fits = chooseColumns(
		[chooseColumns([...sized, ...timed], total, wanted, wanted), poorer[0]!],
		total,
		least,
		least,
	);
	return fits === poorer[0] ? chooseColumns(poorer, total, 8, 8) : fits;
}

/** What tags would like to have. */
function wantedForTags(sample: readonly SnapshotRow[]): number {
	const widths = sample.map(({branches, cells}) => branches.length * 2 + columnsOf(printable(cells.tag)));
	return Math.min(28, Math.max(...widths, 3));
}

function columnsFor(sample: readonly SnapshotRow[], glyphs: Glyphs, sizes: (row: SnapshotRow) => SnapshotSizes | null) {
	/** As wide as its widest text. */
	const measured = (heading: string, least: number, text: (row: SnapshotRow) => string): SnapshotColumn => ({
		heading,
		width: Math.max(least, ...sample.map(row => text(row).length)),
		text,
	});
	const bytes = (heading: string, least: number, text: (row: SnapshotRow) => string): SnapshotColumn => ({
		...measured(heading, least, text),
		align: 'right',
	});
	const date: SnapshotColumn = {heading: 'DATE', width: 19, text: dateText};
	return {
		tag: {heading: 'TAG', width: 'rest', text: (row, columns) => tagText(row, columns, glyphs)} as SnapshotColumn,
		size: bytes('VM SIZE', 7, ({cells}) => formatBytes(cells.vmSizeBytes)),
		date,
		shortDate: {...date, width: 11, text: row => shorten(dateText(row))} as SnapshotColumn,
		day: {...date, width: 5, text: row => shorten(dateText(row)).slice(0, 5)} as SnapshotColumn,
		clock: measured('VM CLOCK', 12, clockText),
		shortClock: measured('VM CLOCK', 8, row => seconds(clockText(row))),
		// Figures arrive later: their columns are as wide from the beginning.
		own: bytes('OWN', 8, row => sizeText(sizes(row), 'ownBytes')),
		since: bytes('SINCE', 8, row => sizeText(sizes(row), 'sinceBytes')),
		health: {...measured('HEALTH', 6, healthText), tone: ({cells}) => HEALTH[cells.health].tone} as SnapshotColumn,
	};
}

const dateText = ({cells}: SnapshotRow): string => formatDate(cells.createdAt);
const clockText = ({cells}: SnapshotRow): string => formatClock(cells.vmClockNs);
const healthText = ({cells}: SnapshotRow): string => HEALTH[cells.health].short;

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
