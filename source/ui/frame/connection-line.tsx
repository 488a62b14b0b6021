import {formatDate, printable, t} from '../../core/words/text.ts';
import {HOST_TONES, hostState, hostStates} from '../state/hosts/told.ts';
import {selectedHost} from '../state/rows.ts';
import type {State} from '../state/state.ts';
import {fit, type Line, span, width} from '../terminal/line.ts';
import {LineView} from '../terminal/line-view.tsx';

/** What virsnap is connected to; a lost connection takes the full line, since all below is then old. */
export function ConnectionLine({state}: {readonly state: State}) {
	if (state.hosts.length > 1) return <LineView columns={state.size.columns} line={hostsLine(state)} />;
	const {connection, inventory} = state.view;
	const {columns} = state.size;
	const uri = printable(inventory?.host.uri ?? state.hosts[0]?.uri ?? "virsh's own default");
	if (connection.status === 'lost') {
		const retry = `  again at ${formatDate(connection.retryAt).slice(11)} `;
		const title = ' CONNECTION LOST to ';
		const room = columns - title.length - retry.length;
		const whom = fit(uri, room, {cut: 'middle', ellipsis: state.glyphs.ellipsis});
		return <LineView tone="alarm" columns={columns} line={[span(title + whom + retry)]} />;
	}
	const host = inventory?.host;
	const right = host
		? t`  libvirt ${host.libvirt}  QEMU ${host.qemu} `
		: `  ${connection.status}${state.glyphs.ellipsis} `;
	const title = ' virsnap ';
	const room = Math.max(10, columns - title.length - right.length);
	const left: Line = [
		span(title, 'title'),
		span(fit(uri, room, {cut: 'middle', ellipsis: state.glyphs.ellipsis}), 'accent'),
	];
	return <LineView columns={columns} line={[...left, span(right, 'dim')]} />;
}

/** "3 hosts: 2 connected, 1 lost", and what the host of the selected domain runs. */
function hostsLine(state: State): Line {
	const {columns} = state.size;
	const all = state.hosts.map(hostState);
	const counts = hostStates.flatMap(one => {
		const count = all.filter(other => other === one).length;
		return count === 0 ? [] : [span(`${count} ${one}`, HOST_TONES[one])];
	});
	const left: Line = [
		span(' virsnap ', 'title'),
		span(`${all.length} hosts: `, 'accent'),
		...counts.flatMap((count, index) => (index === 0 ? [count] : [span(', '), count])),
	];
	const selected = selectedHost(state);
	const host = state.hosts.find(({name}) => name === selected)?.view.inventory?.host;
	const versions = host ? t`  ${selected ?? ''}: libvirt ${host.libvirt}  QEMU ${host.qemu} ` : '';
	const room = columns - width(left);
	if (versions === '' || room < 12) return left;
	const right = fit(versions, Math.min(room, versions.length), {cut: 'middle', ellipsis: state.glyphs.ellipsis});
	return [...left, span(' '.repeat(Math.max(0, room - right.length))), span(right, 'dim')];
}
