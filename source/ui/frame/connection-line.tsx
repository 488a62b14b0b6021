import {formatDate, printable, t} from '../../core/words/text.ts';
import type {State} from '../state/state.ts';
import {fit, type Line, span} from '../terminal/line.ts';
import {LineView} from '../terminal/line-view.tsx';

/** What virsnap is connected to; a lost connection takes the full line, since all below is then old. */
export function ConnectionLine({state}: {readonly state: State}) {
	const {connection, inventory} = state.view;
	const {columns} = state.size;
	const uri = printable(inventory?.host.uri ?? state.uri ?? "virsh's own default");
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
