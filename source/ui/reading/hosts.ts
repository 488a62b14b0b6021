/** The hosts: how each is, why, and when it is tried again. */
import {clockWords} from '../../core/words/clock.ts';
import {counted, formatDate, printable, t} from '../../core/words/text.ts';
import type {HostName, HostView, Placed} from '../state/hosts/placed.ts';
import {HOST_TONES, hostState, lostHosts} from '../state/hosts/told.ts';
import type {State} from '../state/state.ts';
import {columnsOf, fit, type Line, labelled, paragraph, span} from '../terminal/line.ts';
import type {Tone} from '../terminal/theme.ts';

/** All, or the one asked for. */
export function hostLines(state: State, columns: number, only?: HostName): readonly Line[] {
	const hosts = only === undefined ? state.hosts : state.hosts.filter(({name}) => name === only);
	const width = Math.max(4, ...hosts.map(({name}) => columnsOf(printable(name ?? ''))));
	const head = [fit('HOST', width), ...CELLS.map(({heading, columns: room}) => fit(heading, room))].join('  ');
	return [[span(head, 'dim')], ...hosts.flatMap(host => oneHost(state, host, width, columns))];
}

type Cell = {
	readonly heading: string;
	readonly columns: number;
	readonly text: (host: HostView, state: State) => string;
};

const CELLS: readonly Cell[] = [
	{heading: 'STATE', columns: 10, text: hostState},
	{heading: 'DOMAINS', columns: 7, text: ({view: {inventory}}) => (inventory ? String(inventory.domains.length) : '-')},
	{heading: 'LIBVIRT', columns: 8, text: ({view: {inventory}}) => inventory?.host.libvirt ?? '-'},
	{heading: 'QEMU', columns: 8, text: ({view: {inventory}}) => inventory?.host.qemu ?? '-'},
	{heading: 'LATENCY', columns: 8, text: latencyWords},
	{heading: 'CLOCK', columns: 14, text: ({name}, {contacts}) => clockOf(name, contacts)},
];

function latencyWords({name}: HostView, {contacts}: State): string {
	const contact = contacts[name ?? ''];
	if (contact === undefined) return '-';
	return `${contact.milliseconds.toFixed(contact.milliseconds < 10 ? 1 : 0)} ms`;
}

function clockOf(name: HostView['name'], contacts: State['contacts']): string {
	const contact = contacts[name ?? ''];
	return contact === undefined ? '-' : (clockWords(contact) ?? 'same');
}

function oneHost(state: State, host: HostView, width: number, columns: number): Line[] {
	const name = fit(printable(host.name ?? ''), width);
	const tone = (heading: string) => (heading === 'STATE' ? HOST_TONES[hostState(host)] : 'plain');
	const cells = CELLS.flatMap(({heading, columns: room, text}) => [
		span('  '),
		span(fit(printable(text(host, state)), room), tone(heading)),
	]);
	return [[span(name, 'accent'), ...cells], ...reasonLines(host, columns)];
}

const MARGIN = '  ';

function reasonLines({view: {connection, inventory}}: HostView, columns: number): Line[] {
	const said = (words: string, tone: Tone) => paragraph(`${MARGIN}${printable(words)}`, columns, tone, MARGIN);
	if (connection.status === 'slow')
		return said(t`It has not answered since ${formatDate(connection.since).slice(11)}.`, 'warn');
	if (connection.status !== 'lost') return [];
	const stale =
		inventory === null ? '' : t` ${counted(inventory.domains.length, 'domain')} as known last, marked stale.`;
	return [
		...said(connection.reason, 'bad'),
		...(connection.remedy ? said(connection.remedy, 'plain') : []),
		...said(t`Next try at ${formatDate(connection.retryAt).slice(11)}; R tries now.${stale}`, 'dim'),
	];
}

/** First of all about a domain: where it is, and whether that is still so. */
export function placeLines(state: State, {host}: Placed, columns: number): Line[] {
	if (host === null) return [];
	const stale = lostHosts(state).has(host);
	const words = stale ? t`${host}: connection lost, so this is as known last, and nothing can be done with it` : host;
	return labelled('Host', printable(words), columns, stale ? 'warn' : 'plain');
}
