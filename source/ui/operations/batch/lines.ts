/** A batch under way or as it ended: how far, what failed and where that is recorded, and each one in its order. */
import {percentOf} from '../../../core/words/progress.ts';
import {printable, t} from '../../../core/words/text.ts';
import type {Batch, End} from '../../state/dialog.ts';
import {calledOn} from '../../state/hosts/placed.ts';
import type {State} from '../../state/state.ts';
import {blank, type Line, labelled, paragraph, span} from '../../terminal/line.ts';
import type {Glyphs} from '../../terminal/theme.ts';
import {batchWords, failuresOf} from './words.ts';

export function batchLines(state: State, columns: number): readonly Line[] {
	const {batch, glyphs} = state;
	if (batch === null) return [];
	return [
		...headLines(state, batch, columns),
		...failureLines(batch, columns),
		blank,
		...batch.turns.map((_, index) => turnLine(batch, index, glyphs)),
	];
}

function headLines(state: State, batch: Batch, columns: number): Line[] {
	const bad = failuresOf(batch) > 0;
	const done = batch.over && batch.ends.length === batch.turns.length && !bad;
	return [
		...paragraph(`${batchWords(batch)}${done ? ' and verified' : ''}.`, columns, done ? 'ok' : bad ? 'bad' : 'accent'),
		...(batch.over ? [] : nowLines(state, batch, columns)),
		...(batch.over && !done
			? labelled('Next', 'What is left is still marked: Esc goes back to the list.', columns)
			: []),
	];
}

function nowLines({works}: State, batch: Batch, columns: number): Line[] {
	const {turn} = batch.turns[batch.ends.length]!;
	const receipt = works.find(({key}) => key === batch.work)?.receipt ?? null;
	const percent = receipt?.progress ? percentOf(receipt.progress) : null;
	const steps = receipt?.steps ?? [];
	const at = steps.filter(({status}) => status === 'done').length;
	const how =
		receipt === null
			? 'being checked'
			: [
					`step ${Math.min(at + 1, steps.length)} of ${steps.length}`,
					...(percent === null ? [] : [`${percent} %`]),
				].join(', ');
	return [
		...labelled('Now', t`${turn.snapshot.tag} of ${calledOn(turn.host, turn.domain)}: ${how}`, columns),
		...(batch.stopping ? labelled('Stop', 'requested: no further one is begun after this one', columns, 'warn') : []),
	];
}

/** Named first, with the receipt that tells what was done. */
function failureLines({turns, ends}: Batch, columns: number): Line[] {
	return ends.flatMap((end, index) => {
		if (end.ok) return [];
		const {turn} = turns[index]!;
		const recorded = end.receipt === null ? '' : t` Receipt ${end.receipt}`;
		return paragraph(
			t`${turn.snapshot.tag} of ${calledOn(turn.host, turn.domain)}: ${end.words}${recorded}`,
			columns,
			'bad',
			'  ',
		);
	});
}

function turnLine(batch: Batch, index: number, glyphs: Glyphs): Line {
	const {turn} = batch.turns[index]!;
	const [glyph, tone, word] = markOf(batch, index);
	return [
		span(`${glyphs[glyph]} `, tone),
		span(`${word.padEnd(9)} `, tone),
		span(printable(calledOn(turn.host, turn.domain)), tone === 'dim' ? 'dim' : 'plain'),
		span('  '),
		span(printable(turn.snapshot.tag), tone === 'dim' ? 'dim' : 'plain'),
	];
}

function markOf({ends, over}: Batch, index: number) {
	const end: End | undefined = ends[index];
	if (end !== undefined) return end.ok ? (['done', 'ok', 'done'] as const) : (['failed', 'bad', 'failed'] as const);
	if (over) return ['waiting', 'dim', 'not begun'] as const;
	return index === ends.length ? (['running', 'accent', 'running'] as const) : (['waiting', 'dim', 'waiting'] as const);
}
