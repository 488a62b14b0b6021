/** Tables that fit: the richest set of columns in which the flexible one still shows its names, else the next poorer. */
import {fit, type Line, type Span, span} from './line.ts';
import type {Tone} from './theme.ts';

export type Column<Row> = {
	readonly heading: string;
	/** Columns it takes; the flexible one takes what is left. */
	readonly width: number | 'rest';
	readonly align?: 'left' | 'right';
	/** Its text in so many columns; `fit` follows. */
	readonly text: (row: Row, columns: number) => string;
	readonly tone?: (row: Row) => Tone;
};

export type Columns<Row> = readonly Column<Row>[];

const restWidth = (columns: readonly Pick<Column<never>, 'width'>[], total: number): number =>
	total - columns.reduce((sum, {width}) => sum + (width === 'rest' ? 0 : width), 0) - (columns.length - 1);

/** `wanted`: what the flexible column would like to have; `least`: what it must have. */
export function chooseColumns<Row>(
	sets: readonly Columns<Row>[],
	total: number,
	wanted: number,
	least: number,
): Columns<Row> {
	const room = (set: Columns<Row>) => restWidth(set, total);
	return sets.find(set => room(set) >= wanted) ?? sets.find(set => room(set) >= least) ?? sets.at(-1)!;
}

export function headingLine<Row>(columns: Columns<Row>, total: number): Line {
	const rest = restWidth(columns, total);
	const cells = columns.map(({heading, width, align}) => fit(heading, width === 'rest' ? rest : width, {align}));
	return [span(cells.join(' '), 'dim')];
}

export function rowLine<Row>(columns: Columns<Row>, row: Row, total: number): Line {
	const rest = restWidth(columns, total);
	return columns.flatMap(({width, align, text, tone}, index): Span[] => {
		const room = width === 'rest' ? rest : width;
		const cell = span(fit(text(row, room), room, {align}), tone?.(row));
		return index === 0 ? [cell] : [span(' '), cell];
	});
}
