import {Box} from 'ink';
import {blank, type Line} from './line.ts';
import {LineView} from './line-view.tsx';

type Props = {readonly lines: readonly Line[]; readonly columns: number; readonly rows: number; readonly top?: number};

/** So many rows of a list of lines, and only those. */
export function LinesView({lines, columns, rows, top = 0}: Props) {
	const shown = Array.from({length: rows}, (_, index) => lines[top + index] ?? blank);
	return (
		<Box flexDirection="column" flexShrink={0} width={columns} height={rows}>
			{shown.map((line, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: a row of the window is its place
				<LineView key={index} line={line} columns={columns} />
			))}
		</Box>
	);
}
