/** The domains pane: Id, Name and State as `virsh list --all` has them, and how many snapshots there are. */
import type {Domain} from '../../core/model/domain.ts';
import {listedOf} from '../../core/snapshots/listed.ts';
import {printable} from '../../core/words/text.ts';
import type {DomainKey, HostName, Placed} from '../state/hosts/placed.ts';
import {unhealthyCount} from '../state/rows.ts';
import {type Column, type Columns, chooseColumns} from '../terminal/columns.ts';
import {columnsOf, fit} from '../terminal/line.ts';
import type {Glyphs, Tone} from '../terminal/theme.ts';

type Shown = {
	readonly domains: readonly Placed[];
	readonly pending: ReadonlySet<DomainKey>;
	readonly glyphs: Glyphs;
	/** Of several hosts those that are not connected: what is known of their domains is old. */
	readonly lost: ReadonlySet<HostName>;
	/** How the name of one is drawn. */
	readonly hostTone: (host: HostName) => Tone;
};

type Widths = {
	readonly lost: Shown['lost'];
	readonly id: number;
	readonly state: number;
	readonly host: number;
};

/** They are asked for in each frame, and thousands of domains have to be looked at. */
const widths = new WeakMap<readonly Placed[], Widths>();

function widthsOf({domains, lost}: Pick<Shown, 'domains' | 'lost'>): Widths {
	const known = widths.get(domains);
	if (known?.lost === lost) return known;
	// Not by Math.max of all: so many arguments no function takes.
	const widest = (least: number, texts: Iterable<string>) => {
		let most = least;
		for (const text of texts) most = Math.max(most, columnsOf(text));
		return most;
	};
	const ids = new Set(domains.map(({id}) => String(id ?? '-')));
	const states = new Set(domains.map(domain => (lost.has(domain.host) ? STALE : domain.state)));
	const hosts = new Set(domains.map(({host}) => host));
	// Names of hosts that are long leave room for those of domains.
	const host = Math.min(HOST_COLUMNS, widest(4, [...hosts].map(hostWords)));
	const made = {lost, id: widest(2, ids), state: widest(5, states), host};
	widths.set(domains, made);
	return made;
}

export const hostColumns = (domains: readonly Placed[], lost: Shown['lost']): number => widthsOf({domains, lost}).host;

export function domainColumns({domains, pending, glyphs, lost, hostTone}: Shown, total: number): Columns<Placed> {
	const room = widthsOf({domains, lost});
	const id: Column<Placed> = {
		heading: 'Id',
		width: room.id,
		align: 'right',
		text: domain => String(domain.id ?? '-'),
	};
	const name: Column<Placed> = {
		heading: 'Name',
		width: 'rest',
		text: (domain, columns) => fit(printable(domain.name), columns, {cut: 'middle', ellipsis: glyphs.ellipsis}),
	};
	const isStale = ({host}: Placed) => lost.has(host);
	const state: Column<Placed> = {
		heading: 'State',
		width: room.state,
		text: domain => (isStale(domain) ? STALE : domain.state),
		tone: domain => (isStale(domain) ? 'warn' : (STATE_TONES[domain.state] ?? 'plain')),
	};
	const snapshots: Column<Placed> = {
		heading: 'Snap',
		width: 4,
		align: 'right',
		text: domain =>
			pending.has(domain.key)
				? glyphs.ellipsis
				: `${listedOf(domain).length}${needsAttention(domain) ? glyphs.unhealthy : ' '}`,
		tone: domain => (needsAttention(domain) ? 'bad' : 'plain'),
	};
	// Names are cut before a column is dropped.
	const least = 7;
	const [first] = domains;
	const host =
		(first?.host ?? null) === null
			? null
			: hostColumn(room.host, glyphs, ({host: name}) => (lost.has(name) ? 'warn' : hostTone(name)));
	const choices =
		host === null
			? [
					[id, name, state, snapshots],
					[name, state, snapshots],
					[name, snapshots],
				]
			: [
					[host, id, name, state, snapshots],
					[host, name, state, snapshots],
					[host, name, state],
					[host, name],
				];
	return chooseColumns(choices, total, least, least);
}

const STALE = 'stale';

const HOST_COLUMNS = 10;

const hostWords = (host: HostName): string => printable(host ?? '');

const hostColumn = (width: number, glyphs: Glyphs, tone: (domain: Placed) => Tone): Column<Placed> => ({
	heading: 'Host',
	width,
	text: ({host}, columns) => fit(hostWords(host), columns, {cut: 'middle', ellipsis: glyphs.ellipsis}),
	tone,
});

/** Something about it wants attention: the details say what. */
export const needsAttention = (domain: Domain): boolean =>
	unhealthyCount(domain) > 0 || domain.problems.length > 0 || domain.disks.some(({unreadable}) => unreadable !== null);

const STATE_TONES: Readonly<Partial<Record<Domain['state'], Tone>>> = {
	running: 'ok',
	paused: 'warn',
	saved: 'warn',
	pmsuspended: 'warn',
	crashed: 'bad',
	'shut off': 'dim',
};
