/** The hosts: how each is, why, and when it is tried again. */
import type {FileSystem} from '../../../core/model/hypervisor.ts';
import {clockWords} from '../../../core/words/clock.ts';
import {counted, formatBytes, formatDate, printable, t} from '../../../core/words/text.ts';
import {columnsOf, fit, type Line, paragraph, span} from '../../terminal/line.ts';
import type {Tone} from '../../terminal/theme.ts';
import type {State} from '../state.ts';
import {underWay} from '../works.ts';
import type {HostName, HostView} from './placed.ts';
import {HOST_TONES, hostState, hostTone} from './told.ts';

const MARGIN = '  ';

/** The one asked for, below the headings. */
export function oneHostLines(state: State, columns: number, only: HostName): readonly Line[] {
	const hosts = state.hosts.filter(({name}) => name === only);
	const room = {names: nameColumns(hosts), columns};
	const busy = busyHosts(state).get(only) ?? 0;
	return [headings(state, hosts), ...hosts.flatMap(host => oneHost(state, host, busy, room))];
}

type Block = {readonly name: HostName; readonly first: number; readonly lines: readonly Line[]};

/** All of them, `first` as a line of the screen, which has the headings in its first one and a margin for the cursor. */
export function hostBlocks(state: State): readonly Block[] {
	const room = {names: nameColumns(state.hosts), columns: state.size.columns - MARGIN.length - 1};
	const busy = busyHosts(state);
	let first = 1;
	return state.hosts.map(host => {
		const lines = linesOf(state, host, busy.get(host.name) ?? 0, room);
		const block = {name: host.name, first, lines};
		first += lines.length;
		return block;
	});
}

/** The screen of all hosts, with the cursor on one of them. */
export function hostLines(state: State, at: HostName): readonly Line[] {
	const blocks = hostBlocks(state).flatMap(({name, lines}) =>
		lines.map((line, index) => [
			index === 0 && name === at ? span(`${state.glyphs.cursor} `, 'accent') : span(MARGIN),
			...line,
		]),
	);
	return [[span(MARGIN), ...headings(state, state.hosts)], ...blocks];
}

/** Columns for the names of hosts, and for the whole line. */
type Room = {readonly names: number; readonly columns: number};

const namesOf = new WeakMap<readonly HostView[], number>();

function nameColumns(hosts: readonly HostView[]): number {
	let most = namesOf.get(hosts);
	if (most === undefined) {
		most = Math.max(4, ...hosts.map(({name}) => columnsOf(printable(name ?? ''))));
		namesOf.set(hosts, most);
	}
	return most;
}

/** How many operations are under way at each. */
function busyHosts(state: State): ReadonlyMap<HostName, number> {
	const busy = new Map<HostName, number>();
	for (const {host} of underWay(state)) busy.set(host, (busy.get(host) ?? 0) + 1);
	return busy;
}

/** With what they were made of: of a thousand hosts few change between two frames. */
type Made = {readonly of: readonly unknown[]; readonly lines: readonly Line[]};

const made = new WeakMap<HostView, Made>();

function linesOf(state: State, host: HostView, busy: number, room: Room): readonly Line[] {
	const name = host.name ?? '';
	const of = [state.contacts[name], state.fileSystems[name], state.screen.name, busy, room.names, room.columns];
	const known = made.get(host);
	if (known?.of.every((value, index) => value === of[index])) return known.lines;
	const lines = oneHost(state, host, busy, room);
	made.set(host, {of, lines});
	return lines;
}

/** What is free is asked for by the screen of the hosts, and is old soon. */
const asksForFree = ({screen}: State): boolean => screen.name === 'hosts';

const cellsOf = (state: State): readonly Cell[] =>
	asksForFree(state) ? CELLS : CELLS.filter(({heading}) => heading !== 'FREE');

function headings(state: State, hosts: readonly HostView[]): Line {
	const cells = cellsOf(state).map(({heading, columns: room}) => fit(heading, room));
	return [span([fit('HOST', nameColumns(hosts)), ...cells].join('  '), 'dim')];
}

type Cell = {
	readonly heading: string;
	readonly columns: number;
	readonly text: (host: HostView, state: State) => string;
};

const CELLS: readonly Cell[] = [
	{heading: 'STATE', columns: 10, text: hostState},
	{heading: 'DOMAINS', columns: 7, text: ({view: {inventory}}) => (inventory ? String(inventory.domains.length) : '-')},
	{heading: 'LIBVIRT', columns: 7, text: ({view: {inventory}}) => inventory?.host.libvirt ?? '-'},
	{heading: 'QEMU', columns: 7, text: ({view: {inventory}}) => inventory?.host.qemu ?? '-'},
	{heading: 'FREE', columns: 8, text: ({name}, state) => formatBytes(fileSystemsOf(name, state)[0]?.freeBytes ?? null)},
	{heading: 'LATENCY', columns: 7, text: latencyWords},
	{heading: 'CLOCK', columns: 14, text: ({name}, {contacts}) => clockOf(name, contacts)},
];

/** The one with the least room first. */
const fileSystemsOf = (name: HostName, {fileSystems}: State): readonly FileSystem[] => fileSystems[name ?? ''] ?? [];

function latencyWords({name}: HostView, {contacts}: State): string {
	const contact = contacts[name ?? ''];
	if (contact === undefined) return '-';
	return `${contact.milliseconds.toFixed(contact.milliseconds < 10 ? 1 : 0)} ms`;
}

function clockOf(name: HostView['name'], contacts: State['contacts']): string {
	const contact = contacts[name ?? ''];
	return contact === undefined ? '-' : (clockWords(contact) ?? 'same');
}

function oneHost(state: State, host: HostView, busy: number, {names, columns}: Room): Line[] {
	const name = fit(printable(host.name ?? ''), names);
	const tone = (heading: string) => (heading === 'STATE' ? HOST_TONES[hostState(host)] : 'plain');
	const cells = cellsOf(state).flatMap(({heading, columns: room, text}) => [
		span('  '),
		span(fit(printable(text(host, state)), room), tone(heading)),
	]);
	return [
		[span(name, hostTone(state, host.name, 'accent')), ...cells],
		...operationLines(busy, columns),
		...(asksForFree(state) ? scarceLines(fileSystemsOf(host.name, state), columns) : []),
		...reasonLines(host, columns, state.screen.name === 'hosts' ? 'Enter' : 'a'),
	];
}

function operationLines(busy: number, columns: number): Line[] {
	if (busy === 0) return [];
	return paragraph(`${MARGIN}${counted(busy, 'operation')} under way there.`, columns, 'warn', MARGIN);
}

/** Less of a file system than this is soon filled by what a snapshot keeps. */
const SCARCE = 0.1;

function scarceLines(fileSystems: readonly FileSystem[], columns: number): Line[] {
	const scarce = fileSystems.filter(({freeBytes, bytes}) => freeBytes < bytes * SCARCE);
	return scarce.flatMap(({folder, freeBytes, bytes}) => {
		const words = t`${MARGIN}${formatBytes(freeBytes)} of ${formatBytes(bytes)} are free where ${folder} is.`;
		return paragraph(words, columns, 'warn', MARGIN);
	});
}

function reasonLines({readonly, view}: HostView, columns: number, answerKey: string): Line[] {
	const {connection, inventory} = view;
	const said = (words: string, tone: Tone) => paragraph(`${MARGIN}${printable(words)}`, columns, tone, MARGIN);
	const marked = readonly ? said('It is marked readonly in the configuration: nothing is changed there.', 'dim') : [];
	if (connection.status === 'slow')
		return [...said(t`It has not answered since ${formatDate(connection.since).slice(11)}.`, 'warn'), ...marked];
	if (connection.status !== 'lost') return marked;
	const stale =
		inventory === null ? '' : t` ${counted(inventory.domains.length, 'domain')} as known last, marked stale.`;
	return [
		...said(connection.reason, 'bad'),
		...(connection.asks
			? said(t`It needs an answer: ${answerKey} lets ssh ask for it, on this terminal.`, 'warn')
			: []),
		...(connection.remedy ? said(connection.remedy, 'plain') : []),
		...said(t`Next try at ${formatDate(connection.retryAt).slice(11)}; R tries now.${stale}`, 'dim'),
		...marked,
	];
}
