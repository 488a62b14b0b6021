import {Box} from 'ink';
import {printable} from '../../core/words/text.ts';
import {calledName} from '../state/hosts/placed.ts';
import {layout} from '../state/layout.ts';
import {selectedDomain, selectedHost, selectedRow} from '../state/rows.ts';
import type {State} from '../state/state.ts';
import {type Line, span} from '../terminal/line.ts';
import {LinesView} from '../terminal/lines-view.tsx';
import {TitleLine} from '../terminal/title-line.tsx';
import {details} from './content.ts';

/** Below the two panes: details of the selected item, as far as there is room. */
export function Details({state}: {readonly state: State}) {
	const {columns} = state.size;
	const {detailRows} = layout(state.size, state.focus);
	return (
		<>
			<TitleLine title={detailTitle(state)} columns={columns} />
			<Box paddingLeft={1} flexShrink={0}>
				<LinesView
					lines={shortened(details(state, columns - 2), detailRows, state)}
					columns={columns - 1}
					rows={detailRows}
				/>
			</Box>
		</>
	);
}

function detailTitle(state: State): string {
	const domain = selectedDomain(state);
	if (domain === null) return printable(selectedHost(state) ?? 'Details');
	const row = state.focus === 'snapshots' ? selectedRow(state) : null;
	return row ? printable(row.cells.tag) : printable(calledName(domain));
}

/** Says so where more is known than there is room for. */
function shortened(lines: readonly Line[], rows: number, {glyphs}: State): readonly Line[] {
	if (lines.length <= rows) return lines;
	return [
		...lines.slice(0, rows - 1),
		[span(`${glyphs.down} Enter shows ${lines.length - rows + 1} more lines`, 'dim')],
	];
}
