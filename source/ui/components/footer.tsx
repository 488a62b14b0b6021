import {printable} from '../../core/text.ts';
import {type Command, footerBindings, footerKey, keyName} from '../keymap.ts';
import {type Line, type Span, span, width} from '../line.ts';
import {outcomeNotice} from '../reduce-work.ts';
import type {Notice, State} from '../state.ts';
import {LineView} from './line-view.tsx';

/** What there is to say, and the keys that work now. */
export function Footer({state}: {readonly state: State}) {
	const {columns} = state.size;
	const notice = state.notice ?? underWay(state) ?? lost(state);
	const line: Line = notice ? [span(` ${MARKS[notice.tone]}${printable(notice.text)}`, notice.tone)] : [];
	return (
		<>
			<LineView columns={columns} line={line} />
			<LineView columns={columns} line={keyLine(state)} />
		</>
	);
}

/** A word for each tone, where there is no colour. */
const MARKS: Readonly<Record<Notice['tone'], string>> = {plain: '', ok: '', warn: '! ', bad: '! '};

function lost({view: {connection}}: State): Notice | null {
	return connection.status === 'lost' ? {tone: 'bad', text: connection.reason} : null;
}

function underWay({work, screen}: State): Notice | null {
	if (work === null || work.finished || screen.name === 'progress') return null;
	if (work.receipt === null)
		return {tone: 'plain', text: `${work.plan.verb} on ${work.plan.domain.name}: being checked`};
	const done = work.receipt.steps.filter(({status}) => status === 'done').length;
	return {
		tone: 'plain',
		text: `${outcomeNotice(work.receipt).text}, step ${Math.min(done + 1, work.plan.steps.length)} of ${work.plan.steps.length}`,
	};
}

const ALWAYS: readonly Command[] = ['help', 'back', 'quit'];

/** As many of the offers as there is room for, in the table's order; help and the way out are never left out. */
function keyLine(state: State): Line {
	const offers = footerBindings(state).map(binding => ({
		always: ALWAYS.includes(binding.command),
		spans: [span(` ${keyName(footerKey(state, binding)!)}`, 'key'), span(` ${binding.footer} `)] as Span[],
	}));
	let room = state.size.columns;
	for (const {always, spans} of offers) if (always) room -= width(spans);
	const shown = offers.filter(({always, spans}) => {
		if (always) return true;
		room -= width(spans);
		return room >= 0;
	});
	return shown.flatMap(({spans}) => spans);
}
