/** The domains pane: Id, Name and State as `virsh list --all` has them, and how many snapshots there are. */
import type {Domain} from '../../core/model/domain.ts';
import {listedOf} from '../../core/snapshots/listed.ts';
import {printable} from '../../core/words/text.ts';
import {unhealthyCount} from '../state/rows.ts';
import {type Column, type Columns, chooseColumns} from '../terminal/columns.ts';
import {fit} from '../terminal/line.ts';
import type {Glyphs, Tone} from '../terminal/theme.ts';

type Shown = {readonly domains: readonly Domain[]; readonly pending: ReadonlySet<string>; readonly glyphs: Glyphs};

export function domainColumns({domains, pending, glyphs}: Shown, total: number): Columns<Domain> {
	const id: Column<Domain> = {
		heading: 'Id',
		width: Math.max(2, ...domains.map(domain => String(domain.id ?? '-').length)),
		align: 'right',
		text: domain => String(domain.id ?? '-'),
	};
	const name: Column<Domain> = {
		heading: 'Name',
		width: 'rest',
		text: (domain, columns) => fit(printable(domain.name), columns, {cut: 'middle', ellipsis: glyphs.ellipsis}),
	};
	const state: Column<Domain> = {
		heading: 'State',
		width: Math.max(5, ...domains.map(domain => domain.state.length)),
		text: domain => domain.state,
		tone: domain => STATE_TONES[domain.state] ?? 'plain',
	};
	const snapshots: Column<Domain> = {
		heading: 'Snap',
		width: 4,
		align: 'right',
		text: domain =>
			pending.has(domain.uuid)
				? glyphs.ellipsis
				: `${listedOf(domain).length}${isUnhealthy(domain) ? glyphs.unhealthy : ' '}`,
		tone: domain => (isUnhealthy(domain) ? 'bad' : 'plain'),
	};
	// Names are cut before a column is dropped.
	const least = 7;
	return chooseColumns(
		[
			[id, name, state, snapshots],
			[name, state, snapshots],
			[name, snapshots],
		],
		total,
		least,
		least,
	);
}

/** Something about it wants attention: the details say what. */
const isUnhealthy = (domain: Domain): boolean =>
	unhealthyCount(domain) > 0 || domain.problems.length > 0 || domain.disks.some(({unreadable}) => unreadable !== null);

const STATE_TONES: Readonly<Partial<Record<Domain['state'], Tone>>> = {
	running: 'ok',
	paused: 'warn',
	saved: 'warn',
	pmsuspended: 'warn',
	crashed: 'bad',
	'shut off': 'dim',
};
