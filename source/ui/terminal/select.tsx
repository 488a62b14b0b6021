import {Box, Text} from 'ink';
import SelectInput from 'ink-select-input';
import {useState} from 'react';
import {printable} from '../../core/words/text.ts';
import {useTheme} from './theme.ts';

export type SelectItem = {readonly id: string; readonly label: string; readonly dim: boolean};

type Props = {
	readonly choices: readonly SelectItem[];
	/** Id of the one under the cursor. */
	readonly at: string | null;
	readonly onMove: (id: string) => void;
	readonly onChoose: (id: string) => void;
};

/** A menu that reads its own keys: up and down, Enter, and a number for each choice. */
export function Select({choices, at, onMove, onChoose}: Props) {
	// A number chooses without moving the component's own cursor; begun anew, it starts at the choice that is shown.
	const [jumps, setJumps] = useState(0);
	const index = Math.max(
		0,
		choices.findIndex(({id}) => id === at),
	);
	return (
		<SelectInput
			key={jumps}
			items={choices.map(({id, label, dim}) => ({key: id, value: id, label, dim}))}
			initialIndex={index}
			indicatorComponent={Cursor}
			itemComponent={Item}
			onHighlight={({value}) => onMove(value)}
			onSelect={({value}) => {
				if (value !== choices[index]?.id) setJumps(jumps + 1);
				onChoose(value);
			}}
		/>
	);
}

function Cursor({isSelected = false}: {readonly isSelected?: boolean}) {
	const theme = useTheme();
	return <Text {...theme.style('accent')}>{isSelected ? `${theme.glyphs.cursor} ` : '  '}</Text>;
}

/** Given all of its item, and whether it is selected. */
type ItemProps = {readonly isSelected?: boolean; readonly label: string; readonly dim?: boolean};

function Item({isSelected = false, label, dim = false}: ItemProps) {
	const theme = useTheme();
	const tone = isSelected ? 'title' : dim ? 'dim' : 'plain';
	return (
		<Box height={1} flexShrink={0}>
			<Text wrap="truncate-end" {...theme.style(tone)}>
				{theme.legible(printable(label))}
			</Text>
		</Box>
	);
}
