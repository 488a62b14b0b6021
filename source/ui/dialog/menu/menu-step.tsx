import {Box, Text} from 'ink';
import SelectInput from 'ink-select-input';
import {useState} from 'react';
import type {Dialog} from '../../state/dialog.ts';
import {useDispatch} from '../../state/dispatch.ts';
import {fit, type Line, labelled, span} from '../../terminal/line.ts';
import {LinesView} from '../../terminal/lines-view.tsx';
import {useTheme} from '../../terminal/theme.ts';
import {menuPreface, menuRows, menuTitle} from './menu.ts';
import type {Explained, MenuRow} from './row.ts';

type Props = {readonly dialog: Dialog; readonly columns: number; readonly rows: number};

/** A menu, the best first; what stands under the cursor is explained below. */
export function MenuStep({dialog, columns, rows}: Props) {
	const dispatch = useDispatch();
	// A number chooses without moving the component's own cursor; begun anew, it stands on the row that is explained.
	const [jumps, setJumps] = useState(0);
	const menu = menuRows(dialog);
	const current = menu.find(({id}) => id === dialog.row) ?? menu[0];
	const room = rows - menu.length;
	const explanation = [[], ...explained(current?.explanation ?? [], columns)];
	// What there is to choose from is never pushed out by what is said about it.
	const head = [...explained(menuPreface(dialog), columns), [span(menuTitle(dialog), 'title')]];
	const headRows = Math.min(head.length, Math.max(1, room - Math.min(explanation.length, Math.ceil(room / 2))));
	const initial = menu.findIndex(({id}) => id === dialog.row);
	return (
		<Box flexDirection="column" flexShrink={0} width={columns} height={rows}>
			<LinesView lines={head.slice(0, headRows)} columns={columns} rows={headRows} />
			<SelectInput
				key={jumps}
				items={menu.map(row => ({key: row.id, label: labelOf(row, columns - 2), value: row.id}))}
				initialIndex={Math.max(0, initial)}
				indicatorComponent={Cursor}
				itemComponent={Item}
				onHighlight={({value}) => dispatch({type: 'menu-highlighted', row: value})}
				onSelect={({value}) => {
					if (value !== current?.id) setJumps(jumps + 1);
					dispatch({type: 'menu-chosen', row: value});
				}}
			/>
			<LinesView lines={explanation} columns={columns} rows={Math.max(1, room - headRows)} />
		</Box>
	);
}

const explained = (parts: readonly Explained[], columns: number): readonly Line[] =>
	parts.flatMap(({label, text, tone}) => labelled(label, text, columns, tone));

const NOTE = 46;

const labelOf = ({label, note}: MenuRow, columns: number): string =>
	note === '' ? label : `${fit(label, Math.min(NOTE, columns - note.length - 1))} ${note}`;

function Cursor({isSelected = false}: {readonly isSelected?: boolean}) {
	const theme = useTheme();
	return <Text {...theme.style('accent')}>{isSelected ? `${theme.glyphs.cursor} ` : '  '}</Text>;
}

function Item({isSelected = false, label}: {readonly isSelected?: boolean; readonly label: string}) {
	const theme = useTheme();
	const tone = isSelected ? 'title' : label.endsWith('not here') ? 'dim' : 'plain';
	return (
		<Box height={1} flexShrink={0}>
			<Text wrap="truncate-end" {...theme.style(tone)}>
				{theme.legible(label)}
			</Text>
		</Box>
	);
}
