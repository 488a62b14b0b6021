import {LinesView} from '../components/lines-view.tsx';
import {SMALLEST} from '../layout.ts';
import {paragraph} from '../line.ts';
import type {State} from '../state.ts';

export function TooSmall({state}: {readonly state: State}) {
	const {columns, rows} = state.size;
	const text = `virsnap needs a terminal of ${SMALLEST.columns}x${SMALLEST.rows}; this one has ${columns}x${rows}. Make it larger, or press q to quit.`;
	return <LinesView lines={paragraph(text, columns)} columns={columns} rows={rows} />;
}
