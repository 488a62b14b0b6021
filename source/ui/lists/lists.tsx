import {Box} from 'ink';
import {ownInAll} from '../../core/snapshots/contents/sizes.ts';
import {type ListOrder, listedOf} from '../../core/snapshots/listed.ts';
import {t} from '../../core/words/text.ts';
import {isFold} from '../state/hosts/folds.ts';
import {calledName} from '../state/hosts/placed.ts';
import {hostTone, lostHosts} from '../state/hosts/told.ts';
import {layout} from '../state/layout.ts';
import {isMarked, markedIn} from '../state/marks.ts';
import {
	domainRows,
	listedDomains,
	selectedDomain,
	selectedFold,
	sizesOfRow,
	snapshotCursor,
	snapshotRows,
} from '../state/rows.ts';
import type {State} from '../state/state.ts';
import {headingLine, rowLine} from '../terminal/columns.ts';
import {type Line, paragraph, span} from '../terminal/line.ts';
import {TITLE_MARGIN} from '../terminal/title-line.tsx';
import {domainColumns, hostColumns} from './domain-table.ts';
import {foldLine, foldLines} from './folds.ts';
import {ListPane} from './pane.tsx';
import {Separator} from './separator.tsx';
import {snapshotColumns} from './snapshot-table.ts';
import {countedRows, MARGIN, marginOf, withWhatFits} from './titles.ts';

/** The two panes. */
export function Lists({state}: {readonly state: State}) {
	const {columns} = state.size;
	const {left, listRows} = layout(state.size, state.focus);
	return (
		<Box flexShrink={0} height={listRows + 2}>
			<DomainsPane state={state} columns={left} rows={listRows} />
			<Separator rows={listRows + 2} />
			<SnapshotsPane state={state} columns={columns - left - 1} rows={listRows} />
		</Box>
	);
}

type PaneProps = {readonly state: State; readonly columns: number; readonly rows: number};

function DomainsPane({state, columns, rows}: PaneProps) {
	const {glyphs, view} = state;
	const rowsThere = domainRows(state);
	const domains = listedDomains(state);
	const {cursor, filter} = state.domains;
	const marked = markedIn(state, 'domains').length;
	const lost = lostHosts(state);
	const table = domainColumns(
		{domains, pending: view.pending, glyphs, lost, hostTone: host => hostTone(state, host, 'dim')},
		columns - MARGIN,
	);
	const shown = rowsThere.slice(cursor.top, cursor.top + rows);
	const room = columns - MARGIN;
	return (
		<ListPane
			title={`Domains${countedRows(domains.length, view.inventory?.domains.length, marked, filter)}`}
			focused={state.focus === 'domains'}
			typing={state.filtering && state.focus === 'domains'}
			columns={columns}
			rows={rows}
			heading={[span(' '.repeat(MARGIN)), ...headingLine(table, columns - MARGIN)]}
			lines={shown.map(row =>
				isFold(row) ? foldLine(state, row, room, hostColumns(domains, lost)) : rowLine(table, row, room),
			)}
			margins={shown.map(row =>
				isFold(row) ? glyphs.folded : marginOf(glyphs, isMarked(state, 'domains', row.key), false),
			)}
			cursor={shown.findIndex(({key}) => key === cursor.key)}
			empty={emptyDomains(state, columns)}
		/>
	);
}

function SnapshotsPane({state, columns, rows}: PaneProps) {
	const {glyphs} = state;
	const domain = selectedDomain(state);
	const snapshots = snapshotRows(state);
	const cursor = snapshotCursor(state);
	const {now, order, columns: chosen} = state;
	const table = snapshotColumns(snapshots, columns - MARGIN, {
		glyphs,
		now,
		order,
		columns: chosen,
		sizes: row => sizesOfRow(state, row),
	});
	const shown = snapshots.slice(cursor.top, cursor.top + rows);
	const marked = markedIn(state, 'snapshots').length;
	// The domains pane has no room for the state while this one has the focus.
	const name = domain ? t` of ${calledName(domain)}, ${domain.state}` : '';
	const typing = state.filtering && state.focus === 'snapshots';
	const title = `Snapshots${name}${name && ':'}${countedRows(snapshots.length, domain ? listedOf(domain).length : undefined, marked, state.snapshots.filter)}`;
	const here = state.tree && domain?.snapshots.some(({current}) => current) ? `${glyphs.current} you are here` : '';
	const total = domain === null ? null : ownInAll(state.sizes.known[domain.key] ?? []);
	// Not behind the filter while it is typed: the caret stands there.
	const more = typing || domain === null ? [] : [ORDERS[order], here, total ?? ''];
	return (
		<ListPane
			title={withWhatFits(title, more, columns - TITLE_MARGIN)}
			focused={state.focus === 'snapshots'}
			typing={typing}
			columns={columns}
			rows={rows}
			heading={[span(' '.repeat(MARGIN)), ...headingLine(table, columns - MARGIN)]}
			lines={shown.map(row => rowLine(table, row, columns - MARGIN))}
			margins={shown.map(({key, cells}) => marginOf(glyphs, isMarked(state, 'snapshots', key), cells.current))}
			cursor={shown.findIndex(({key}) => key === cursor.key)}
			empty={emptySnapshots(state, columns)}
		/>
	);
}

const ORDERS: Readonly<Record<ListOrder, string>> = {
	listed: '',
	age: 'newest first',
	own: 'largest OWN first',
	since: 'largest SINCE first',
	tag: 'by tag',
};

function emptyDomains(state: State, columns: number): readonly Line[] {
	const {inventory, connection} = state.view;
	if (inventory === null)
		return paragraph(
			connection.status === 'lost' ? 'Nothing was read yet.' : 'Reading the domains.',
			columns - 2,
			'dim',
		);
	return paragraph(
		state.domains.filter === '' ? 'No domains here.' : 'No domain matches. Esc clears the filter.',
		columns - 2,
		'dim',
	);
}

function emptySnapshots(state: State, columns: number): readonly Line[] {
	const fold = selectedFold(state);
	if (fold !== null) return foldLines(fold, columns - 2);
	const domain = selectedDomain(state);
	if (domain === null) return [];
	const {pending} = state.view;
	if (pending.has(domain.key)) return paragraph('Reading its disks and snapshots.', columns - 2, 'dim');
	const words =
		state.snapshots.filter === '' || listedOf(domain).length === 0
			? 'No snapshots. c creates one.'
			: 'No snapshot matches. Esc clears the filter.';
	return paragraph(words, columns - 2, 'dim');
}
