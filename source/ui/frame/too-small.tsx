import {SMALLEST} from '../state/layout.ts';
import type {State} from '../state/state.ts';
import {paragraph} from '../terminal/line.ts';
import {LinesView} from '../terminal/lines-view.tsx';

export function TooSmall({state}: {readonly state: State}) {
	const {columns, rows} = state.size;
	const text = `virsnap needs a terminal of ${SMALLEST.columns}x${SMALLEST.rows}; this one has ${columns}x${rows}. Make it larger, or press q to quit.`;
	return <LinesView lines={paragraph(text, columns)} columns={columns} rows={rows} />;
}
