import {Box} from 'ink';
import type {Dialog} from '../../state/dialog.ts';
import {useDispatch} from '../../state/dispatch.ts';
import {splitKey} from '../../state/hosts/placed.ts';
import {asKeys, type Here} from '../../state/remedy-text.ts';
import {fit, type Line, labelled, span} from '../../terminal/line.ts';
import {LinesView} from '../../terminal/lines-view.tsx';
import {Select, type SelectItem} from '../../terminal/select.tsx';
import {menuPreface, menuRows, menuTitle} from './menu.ts';
import type {Explained, MenuRow} from './row.ts';

type Props = {readonly dialog: Dialog; readonly columns: number; readonly rows: number};

/** A menu, the best first; what stands under the cursor is explained below. */
export function MenuStep({dialog, columns, rows}: Props) {
	const dispatch = useDispatch();
	const menu = menuRows(dialog);
	const current = menu.find(({id}) => id === dialog.row) ?? menu[0];
	const here = splitKey(dialog.domain);
	const room = rows - menu.length;
	const explanation = [[], ...explained(current?.explanation ?? [], here, columns)];
	// What there is to choose from is never pushed out by what is said about it.
	const head = [...explained(menuPreface(dialog), here, columns), [span(menuTitle(dialog), 'title')]];
	const headRows = Math.min(head.length, Math.max(1, room - Math.min(explanation.length, Math.ceil(room / 2))));
	return (
		<Box flexDirection="column" flexShrink={0} width={columns} height={rows}>
			<LinesView lines={head.slice(0, headRows)} columns={columns} rows={headRows} />
			<Select
				choices={menu.map(row => choiceOf(row, columns - 2))}
				at={current?.id ?? null}
				onMove={row => dispatch({type: 'menu-highlighted', row})}
				onChoose={row => dispatch({type: 'menu-chosen', row})}
			/>
			<LinesView lines={explanation} columns={columns} rows={Math.max(1, room - headRows)} />
		</Box>
	);
}

const explained = (parts: readonly Explained[], here: Here, columns: number): readonly Line[] =>
	parts.flatMap(({label, text, tone}) => labelled(label, asKeys(text, here), columns, tone));

const NOTE = 46;

function choiceOf({id, label, note, refusal}: MenuRow, columns: number): SelectItem {
	const text = note === '' ? label : `${fit(label, Math.min(NOTE, columns - note.length - 1))} ${note}`;
	return {id, label: text, dim: refusal !== null};
}
