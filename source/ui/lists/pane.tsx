import {Box} from 'ink';
import {blank, type Line, span} from '../terminal/line.ts';
import {LineView} from '../terminal/line-view.tsx';
import {useTheme} from '../terminal/theme.ts';
import {TitleLine} from '../terminal/title-line.tsx';

type Props = {
	readonly title: string;
	readonly focused: boolean;
	/** A filter is being typed at the end of the title. */
	readonly typing: boolean;
	readonly columns: number;
	readonly rows: number;
	readonly heading: Line;
	/** The rows in view. */
	readonly lines: readonly Line[];
	/** One character before each row. */
	readonly margins: readonly string[];
	/** Index of the cursor among them; -1 where it is elsewhere. */
	readonly cursor: number;
	/** Shown where there are no rows. */
	readonly empty: readonly Line[];
};

export function ListPane({title, focused, typing, columns, rows, heading, lines, margins, cursor, empty}: Props) {
	const {glyphs} = useTheme();
	const slots = Array.from({length: rows}, (_, index) => index);
	const line = (index: number): Line => {
		if (lines.length === 0) return [span('  '), ...(empty[index] ?? blank)];
		const row = lines[index];
		if (row === undefined) return blank;
		const mark = index !== cursor ? ' ' : focused ? glyphs.cursor : glyphs.cursorElsewhere;
		return [span(mark, 'accent'), span(margins[index] ?? ' ', 'accent'), ...row];
	};
	return (
		<Box flexDirection="column" flexShrink={0} width={columns} height={rows + 2}>
			<TitleLine
				title={typing ? `${title}${title.includes('/') ? '' : ' /'}${glyphs.caret}` : title}
				columns={columns}
				focused={focused}
				typing={typing}
			/>
			<LineView line={heading} columns={columns} />
			{slots.map(index => (
				<LineView
					key={index}
					line={line(index)}
					columns={columns}
					tone={index === cursor && focused ? 'selected' : undefined}
				/>
			))}
		</Box>
	);
}
