/** How the screen is divided: one place for every row and column count, for the reducer's paging and for the drawing. */
import type {Pane, Size} from './state.ts';

export const SMALLEST: Size = {columns: 60, rows: 16};

export const isTooSmall = ({columns, rows}: Size): boolean => columns < SMALLEST.columns || rows < SMALLEST.rows;

/** Connection line, pane titles, column headings; notice line and key line. */
const HEAD_ROWS = 1;
const PANE_HEAD_ROWS = 2;
const FOOT_ROWS = 2;
const DETAIL_TITLE_ROWS = 1;

type Layout = {
	readonly left: number;
	readonly right: number;
	readonly listRows: number;
	readonly detailRows: number;
	/** Rows of a screen that scrolls: all but the connection line, its own title, notice and keys. */
	readonly bodyRows: number;
};

export function layout({columns, rows}: Size, focus: Pane): Layout {
	const free = rows - HEAD_ROWS - PANE_HEAD_ROWS - DETAIL_TITLE_ROWS - FOOT_ROWS;
	const detailRows = Math.min(18, Math.max(4, Math.floor(free * 0.42)));
	const left = leftColumns(columns, focus);
	return {
		left,
		right: columns - left - 1,
		listRows: Math.max(1, free - detailRows),
		detailRows,
		bodyRows: Math.max(1, rows - HEAD_ROWS - 1 - FOOT_ROWS),
	};
}

/** Rows of a list that has the screen to itself: below its title and its headings. */
export const listRowsOfAll = (size: Size): number => Math.max(1, layout(size, 'snapshots').bodyRows - 1);

/** Where room is short the pane in use gets more of it. */
function leftColumns(columns: number, focus: Pane): number {
	if (columns >= 110) return Math.min(60, Math.floor(columns * 0.36));
	const share = focus === 'domains' ? 0.39 : 0.25;
	const least = focus === 'domains' ? 25 : 0;
	return Math.max(least, Math.floor(columns * share));
}
