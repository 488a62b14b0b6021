import {Box} from 'ink';
import {printable, t} from '../../core/words/text.ts';
import {calledName} from '../state/hosts/placed.ts';
import {pageRows, pageTop, position} from '../state/paging.ts';
import {selectedDomain, selectedRow} from '../state/rows.ts';
import type {State} from '../state/state.ts';
import {roundWords, shownWork, subjectOfWork} from '../state/works.ts';
import {LinesView} from '../terminal/lines-view.tsx';
import {TitleLine} from '../terminal/title-line.tsx';
import {content} from './content.ts';

/** Any screen that is read by scrolling: details, chains, help, log, progress. */
export function Reader({state}: {readonly state: State}) {
	const {columns} = state.size;
	const lines = content(state);
	const rows = pageRows(state);
	const top = pageTop(state, lines.length);
	// A cursor stands in the margin.
	const margin = state.screen.name === 'hosts' ? 0 : 1;
	return (
		<>
			<TitleLine title={titleOf(state)} right={position(top, rows, lines.length)} columns={columns} focused />
			<Box paddingLeft={margin} flexShrink={0}>
				<LinesView lines={lines} columns={columns - margin} rows={rows} top={top} />
			</Box>
		</>
	);
}

function titleOf(state: State): string {
	const domain = selectedDomain(state);
	const name = domain ? printable(calledName(domain)) : '';
	switch (state.screen.name) {
		case 'help':
			return 'Keys';
		case 'hosts':
			return 'Hosts';
		case 'log':
			return 'Commands run, newest last; ~ marks those that change something';
		case 'chains':
			return `Backing chains of ${name}`;
		case 'inside':
			return t`Inside ${state.screen.tag} of ${name}`;
		case 'batch':
			return 'The marked snapshots, one after another';
		case 'progress':
			return workTitle(state);
		default: {
			const row = state.focus === 'snapshots' ? selectedRow(state) : null;
			return row ? t`${row.cells.tag} of ${name}` : name;
		}
	}
}

/** Which one, where there are several. */
function workTitle(state: State): string {
	const work = shownWork(state);
	if (work === null) return '';
	const {works} = state;
	const which = works.length > 1 ? `  (${works.indexOf(work) + 1} of ${works.length})` : '';
	return `${roundWords(state)}${subjectOfWork(work)}${which}`;
}
