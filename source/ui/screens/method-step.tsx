import {Box, Text} from 'ink';
import SelectInput from 'ink-select-input';
import {printable} from '../../core/text.ts';
import {LinesView} from '../components/lines-view.tsx';
import {useDispatch} from '../dispatch.ts';
import {type Line, labelled, span} from '../line.ts';
import {type MenuRow, methodMenu} from '../method-menu.ts';
import type {Dialog} from '../state.ts';
import {useTheme} from '../theme.ts';

type Props = {readonly dialog: Dialog; readonly columns: number; readonly rows: number};

/** The methods, the chosen one first; what stands under the cursor is explained below. */
export function MethodStep({dialog, columns, rows}: Props) {
	const dispatch = useDispatch();
	if (dialog.facts === null || dialog.intent.verb !== 'create') return null;
	const menu = methodMenu(dialog.facts, dialog.intent);
	const current = menu.find(({id}) => id === dialog.method) ?? menu[0];
	return (
		<Box flexDirection="column" flexShrink={0} width={columns} height={rows}>
			<LinesView lines={[[span('How the snapshot is taken:', 'title')]]} columns={columns} rows={1} />
			<SelectInput
				items={menu.map(row => ({key: row.id, label: labelOf(row), value: row.id}))}
				indicatorComponent={Cursor}
				itemComponent={Item}
				onHighlight={({value}) => dispatch({type: 'method-highlighted', method: value})}
				onSelect={({value}) => dispatch({type: 'method-chosen', method: value})}
			/>
			<LinesView
				lines={current ? explanation(current, columns) : []}
				columns={columns}
				rows={Math.max(1, rows - 1 - menu.length)}
			/>
		</Box>
	);
}

function labelOf({label, id, why, refusal}: MenuRow): string {
	const name = `${label} (${id})`;
	if (why !== null) return `${name.padEnd(46)}chosen`;
	return refusal === null ? name : `${name.padEnd(46)}not here`;
}

function explanation({captures, costs, why, refusal}: MenuRow, columns: number): Line[] {
	return [
		[],
		...(why === null ? [] : labelled('Chosen', printable(why), columns, 'ok')),
		...(refusal === null
			? []
			: [
					...labelled('Not here', printable(refusal.reason), columns, 'warn'),
					...labelled('Remedy', printable(refusal.remedy), columns),
				]),
		...labelled('Holds', captures, columns),
		...labelled('Costs', costs, columns),
	];
}

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
