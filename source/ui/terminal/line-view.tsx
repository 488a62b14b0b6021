import {Box, Text} from 'ink';
import {memo} from 'react';
import {fit, type Line, type Span, width} from './line.ts';
import {type Theme, type Tone, useTheme} from './theme.ts';

type Props = {
	readonly line: Line;
	readonly columns: number;
	/** Given to the whole line, up to its end: a cursor or an alarm. */
	readonly tone?: Tone;
};

/** One line in exactly so many columns; rows of height 1 that never shrink keep an overfull screen readable. */
export const LineView = memo(function LineView({line, columns, tone}: Props) {
	const theme = useTheme();
	const parts = ended(merged(fill(line, columns, theme.glyphs.ellipsis), tone, theme), theme);
	return (
		<Box width={columns} height={1} flexShrink={0}>
			<Text wrap="truncate-end" {...theme.style(parts.length === 1 ? parts[0]!.tone : 'plain')}>
				{parts.length === 1
					? theme.legible(parts[0]!.text)
					: parts.map((part, index) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line have no identity but their place
							<Text key={index} {...theme.style(part.tone)}>
								{theme.legible(part.text)}
							</Text>
						))}
			</Text>
		</Box>
	);
}, isSame);

/** Lines are made anew for each frame, mostly equal: comparing them is far cheaper than laying them out again. */
function isSame(before: Props, after: Props): boolean {
	return (
		before.columns === after.columns &&
		before.tone === after.tone &&
		before.line.length === after.line.length &&
		before.line.every(({text, tone}, index) => text === after.line[index]!.text && tone === after.line[index]!.tone)
	);
}

/** Cut or padded to so many columns. */
function fill(line: Line, columns: number, ellipsis: string): Line {
	const total = width(line);
	if (total <= columns) return [...line, {text: ' '.repeat(columns - total), tone: 'plain'}];
	let room = columns;
	return line.map(part => {
		const text = width([part]) > room ? fit(part.text, room, {ellipsis}) : part.text;
		room -= width([{...part, text}]);
		return {...part, text};
	});
}

/** Neighbours of one tone become one part, since each costs Ink a node; blanks go with what is before them, where nothing is seen of them. */
function merged(line: Line, tone: Tone | undefined, theme: Theme): Line {
	const parts: Span[] = [];
	for (const part of line) {
		if (part.text === '') continue;
		const last = parts.at(-1);
		const as = tone ?? part.tone;
		if (last !== undefined && (last.tone === as || (part.text.trim() === '' && !fillsCells(theme, last.tone)))) {
			parts[parts.length - 1] = {text: last.text + part.text, tone: last.tone};
		} else {
			parts.push({text: part.text, tone: as});
		}
	}
	return parts;
}

/** Blanks at the end are left out where nothing is seen of them: Ink makes an object of each character, in each frame. */
function ended(parts: Line, theme: Theme): Line {
	const last = parts.at(-1)!;
	if (fillsCells(theme, last.tone)) return parts;
	return [...parts.slice(0, -1), {...last, text: last.text.trimEnd()}];
}

/** Whether blanks of that tone are seen. */
function fillsCells(theme: Theme, tone: Tone): boolean {
	const {inverse, backgroundColor} = theme.style(tone);
	return inverse === true || backgroundColor !== undefined;
}
