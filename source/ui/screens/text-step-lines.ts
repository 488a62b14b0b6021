/** The steps of a dialog where something is typed, with what the planner says to it so far. */
import {printable} from '../../core/text.ts';
import {blank, type Line, labelled, paragraph, span} from '../line.ts';
import {tagRefusal} from '../reduce-dialog.ts';
import type {Dialog} from '../state.ts';
import type {Field} from '../text-field.ts';
import type {Glyphs} from '../theme.ts';

export function textStepLines(dialog: Dialog, columns: number, glyphs: Glyphs): readonly Line[] {
	const isTag = dialog.steps[dialog.at] === 'tag';
	return [
		blank,
		fieldLine(isTag ? 'Tag' : 'Description', dialog.field, glyphs),
		blank,
		...verdict(dialog, columns),
		blank,
		...paragraph(isTag ? TAG_HINT : DESCRIPTION_HINT, columns, 'dim'),
	];
}

const TAG_HINT = 'The name of the snapshot. Enter goes on.';
const DESCRIPTION_HINT =
	"Optional: a line for whoever reads this later. Only libvirt's own methods keep one. Enter goes on.";

export function fieldLine(label: string, {before, after}: Field, glyphs: Glyphs): Line {
	return [
		span(`${label}: `, 'title'),
		span(printable(before), 'accent'),
		span(glyphs.caret, 'key'),
		span(printable(after), 'accent'),
	];
}

function verdict(dialog: Dialog, columns: number): Line[] {
	const refusal = tagRefusal(dialog);
	if (refusal) {
		return [
			...labelled('Refused', printable(refusal.reason), columns, 'bad'),
			...labelled('Remedy', printable(refusal.remedy), columns),
		];
	}
	const {outcome} = dialog;
	if (outcome === null) return [];
	if ('plan' in outcome)
		return labelled('Will be', `${printable(outcome.plan.tag ?? '')}, by ${outcome.plan.method}`, columns, 'ok');
	return [
		...labelled('Refused', printable(outcome.refusal.reason), columns, 'warn'),
		...labelled('Remedy', printable(outcome.refusal.remedy), columns),
	];
}
