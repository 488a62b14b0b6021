/** The steps of a dialog where something is typed, with what the planner says to it so far. */
import {printable} from '../../../core/words/text.ts';
import type {Dialog} from '../../state/dialog.ts';
import {splitKey} from '../../state/hosts/placed.ts';
import {asKeys} from '../../state/remedy-text.ts';
import {kindMade, withArticle} from '../../state/snapshots/snapshot-kind.ts';
import {blank, cut, type Line, labelled, paragraph, type Span, span} from '../../terminal/line.ts';
import type {Field} from '../../terminal/text-field.ts';
import type {Glyphs} from '../../terminal/theme.ts';
import {typedNameRefusal} from '../outcome.ts';
import {textStep, unreadOf} from './steps.ts';

export function textStepLines(dialog: Dialog, columns: number, glyphs: Glyphs): readonly Line[] {
	const step = textStep(dialog)!;
	return [
		blank,
		fieldLine(step.label, dialog.field, columns, glyphs),
		blank,
		...verdict(dialog, columns),
		blank,
		...paragraph(dialog.intent === null ? '' : step.hint(dialog.intent), columns, 'dim'),
		...paragraph(dialog.field.proposed ? 'Typing replaces what is proposed, Backspace edits it.' : '', columns, 'dim'),
	];
}

export function fieldLine(label: string, field: Field, columns: number, glyphs: Glyphs): Line {
	return [span(`${label} `, 'title'), ...fieldSpans(field, columns - label.length - 1, glyphs)];
}

/** A long text is cut at its start, so that the caret stays in view. */
export function fieldSpans({before, after, proposed}: Field, columns: number, glyphs: Glyphs): Span[] {
	const room = Math.max(4, columns - 2);
	const tail = cut(printable(before), room, glyphs.ellipsis, 'start');
	return [span(tail, proposed ? 'selected' : 'accent'), span(glyphs.caret, 'key'), span(printable(after), 'accent')];
}

function verdict(dialog: Dialog, columns: number): Line[] {
	const refusal = typedNameRefusal(dialog);
	if (refusal) {
		return [
			...labelled('Refused', printable(refusal.reason), columns, 'bad'),
			...labelled('Remedy', asKeys(refusal.remedy, splitKey(dialog.domain)), columns),
		];
	}
	const {outcome, facts, intent} = dialog;
	// Nothing can be said of what was not looked at yet.
	if (outcome === null || (facts !== null && unreadOf(facts, intent) !== null)) return [];
	if ('plan' in outcome) {
		const {verb, method, why} = outcome.plan;
		if (method === null || dialog.facts === null) return [];
		const kind = withArticle(kindMade(method, dialog.facts.domain));
		return [
			...labelled('Will be', verb === 'create' ? `${kind}, by ${method}` : kind, columns, 'ok'),
			...labelled('Why', printable(why), columns),
		];
	}
	// So it is when the field opens. Who presses Enter is told.
	if (outcome.refusal.code === 'unchanged') return [];
	return [
		...labelled('Refused', printable(outcome.refusal.reason), columns, 'warn'),
		...labelled('Remedy', asKeys(outcome.refusal.remedy, splitKey(dialog.domain)), columns),
	];
}
