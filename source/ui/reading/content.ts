/** The lines of the screen that is read by scrolling; the reducer counts them, the drawing cuts them. */

import type {Picture} from '../../core/snapshots/contents/picture.ts';
import {printable} from '../../core/words/text.ts';
import {reviewLines} from '../dialog/review/lines.ts';
import {insideLines} from '../inside/lines.ts';
import {helpLines} from '../keys/help.ts';
import {batchLines} from '../operations/batch/lines.ts';
import {workLines} from '../operations/progress.ts';
import {hostLines, oneHostLines} from '../state/hosts/lines.ts';
import type {Placed} from '../state/hosts/placed.ts';
import {clearedNext, markedIn} from '../state/marks.ts';
import {pageRows} from '../state/paging.ts';
import {selectedDomain, selectedFold, selectedRow, sizesOfRow} from '../state/rows.ts';
import type {State} from '../state/state.ts';
import {shownWork} from '../state/works.ts';
import {type Line, labelled, span} from '../terminal/line.ts';
import {chainLines} from './chains.ts';
import {domainLines} from './domain.ts';
import {placeLines} from './hosts.ts';
import {logLines} from './log.ts';
import {pictureLines} from './picture.ts';
import {listedLines} from './snapshot.ts';

export function content(state: State): readonly Line[] {
	const {screen, glyphs} = state;
	const columns = state.size.columns - 2;
	const domain = selectedDomain(state);
	switch (screen.name) {
		case 'details':
			return [...details(state, columns), ...pictureLines(shownHere(state), pictureRoom(state, columns))];
		case 'chains':
			return domain ? chainLines(domain, onSameHost(state, domain), screen.unused, columns, glyphs) : [];
		case 'inside':
			return insideLines(screen, columns);
		case 'help':
			return helpLines({...state, screen: screen.under}, columns);
		case 'hosts':
			return hostLines(state, screen.host);
		case 'log':
			return logLines(screen.entries, columns, glyphs);
		case 'progress':
			return workLines(shownWork(state)!, state, columns);
		case 'batch':
			return batchLines(state, columns);
		case 'dialog':
			return reviewLines(screen, columns);
		default:
			return [];
	}
}

const pictureRoom = (state: State, columns: number) => ({
	columns,
	rows: pageRows(state),
	glyphs: state.glyphs,
	pixels: state.pixels === 'unasked' ? null : state.pixels,
});

/** What the screen showed when the selected snapshot was taken; null where none is kept, or it is not read yet. */
function shownHere(state: State): Picture | null {
	const {shown} = state;
	const listed = state.focus === 'snapshots' ? selectedRow(state)?.listed : undefined;
	if (shown === null || listed?.kind !== 'snapshot') return null;
	const isOf = shown.domain === selectedDomain(state)?.key && shown.createdAt === listed.snapshot.createdAt;
	return isOf ? shown.picture : null;
}

/** What the selected item of the focused pane is about. */
export function details(state: State, columns: number): readonly Line[] {
	const fold = selectedFold(state);
	if (fold !== null) return oneHostLines(state, columns, fold.host);
	const domain = selectedDomain(state);
	if (domain === null) return unconnected(state, columns);
	// Until its XML is read nothing is known of it but name and state.
	if (state.view.pending.has(domain.key) && domain.disks.length === 0)
		return [[span('Reading its disks and snapshots.', 'dim')]];
	const row = state.focus === 'snapshots' ? selectedRow(state) : null;
	return row
		? listedLines(domain, row.listed, columns, takenWords(state), sizesOfRow(state, row))
		: [...placeLines(state, domain, columns), ...domainLines(domain, columns)];
}

/** Files of other hosts are other files. */
const onSameHost = ({view}: State, {host}: Placed) => (view.inventory?.domains ?? []).filter(one => one.host === host);

function takenWords(state: State): string | null {
	const marked = markedIn(state, 'snapshots').length;
	if (marked === 0) return null;
	const those = marked === 1 ? 'the marked snapshot' : `all ${marked} marked snapshots`;
	return `d deletes ${those}; Esc ${clearedNext(state) === 'all' ? 'goes back to all snapshots' : 'unmarks'}.`;
}

/** libvirt's full reason, where there is nothing else to show. */
function unconnected({view: {connection, inventory}}: State, columns: number): readonly Line[] {
	if (inventory !== null || connection.status !== 'lost') return [];
	return [
		...labelled('Problem', printable(connection.reason), columns, 'bad'),
		...(connection.remedy ? labelled('Remedy', printable(connection.remedy), columns) : []),
		...labelled(
			'Next',
			'R tries again now; virsnap doctor shows what is missing; -c URI connects to another.',
			columns,
		),
	];
}
