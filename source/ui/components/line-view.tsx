import {Box, Text} from 'ink';
import {fit, type Line, width} from '../line.ts';
import {type Tone, useTheme} from '../theme.ts';

type Props = {
	readonly line: Line;
	readonly columns: number;
	/** Given to the whole line, up to its end: a cursor or an alarm. */
	readonly tone?: Tone;
};

/** One line in exactly so many columns; rows of height 1 that never shrink keep an overfull screen readable. */
export function LineView({line, columns, tone}: Props) {
	const theme = useTheme();
	const padding = ' '.repeat(Math.max(0, columns - width(line)));
	const parts = width(line) > columns ? cutLine(line, columns) : [...line, {text: padding, tone: 'plain' as const}];
	return (
		<Box width={columns} height={1} flexShrink={0}>
			<Text wrap="truncate-end" {...theme.style(tone ?? 'plain')}>
				{parts.map((part, index) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line have no identity but their place
					<Text key={index} {...(tone === undefined || tone === 'plain' ? theme.style(part.tone) : {})}>
						{theme.legible(part.text)}
					</Text>
				))}
			</Text>
		</Box>
	);
}

function cutLine(line: Line, columns: number): Line {
	let room = columns;
	return line.map(part => {
		const text = width([part]) > room ? fit(part.text, room) : part.text;
		room -= width([{...part, text}]);
		return {...part, text};
	});
}
