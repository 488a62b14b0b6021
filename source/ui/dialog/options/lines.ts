/** The choices that are left to the person, and what the planner says to them as they stand. */
import {withoutWords} from '../../../core/words/consistency.ts';
import {counted, printable} from '../../../core/words/text.ts';
import type {Dialog} from '../../state/dialog.ts';
import {splitKey} from '../../state/hosts/placed.ts';
import {asKeys} from '../../state/remedy-text.ts';
import {kindMade} from '../../state/snapshots/snapshot-kind.ts';
import {blank, type Line, labelled, paragraph, type Span, span, width} from '../../terminal/line.ts';
import type {Glyphs} from '../../terminal/theme.ts';
import {fieldSpans} from '../text/lines.ts';
import {chosenOption, optionsIn} from './cursor.ts';
import type {OptionRow} from './options.ts';

export function optionLines(dialog: Dialog, columns: number, rows: number, glyphs: Glyphs): readonly Line[] {
	if (dialog.facts === null) return [];
	const options = optionsIn(dialog);
	const labelWidth = Math.max(...options.map(({label}) => label.length)) + 2;
	const below = [blank, ...verdict(dialog, columns), blank, ...paragraph(hintOf(chosenOption(dialog)), columns, 'dim')];
	const lines = options.map((option, index): Line => {
		const here = index === dialog.option;
		const tone = here ? 'title' : option.kind === 'closed' ? 'dim' : 'plain';
		return [
			span(here ? `${glyphs.cursor} ` : '  ', 'accent'),
			span(option.label.padEnd(labelWidth), tone),
			...(here && option.kind === 'typed'
				? fieldSpans(dialog.field, columns - labelWidth - 3, glyphs)
				: valueSpans(option, columns - labelWidth - 2)),
		];
	});
	return [blank, ...around(lines, dialog.option, rows - below.length - 1), ...below];
}

/** Those that there is room for, the chosen one among them: at least three, whatever is said below. */
function around(lines: readonly Line[], chosen: number, room: number): readonly Line[] {
	const shown = Math.max(3, room);
	const top = Math.max(0, Math.min(chosen - Math.floor(shown / 2), lines.length - shown));
	return lines.slice(top, top + shown);
}

function hintOf(option: OptionRow | undefined): string {
	if (option?.kind === 'typed') return `${option.hint} Enter continues.`;
	return option?.kind === 'choices' ? 'Space changes, Enter continues.' : 'Enter continues.';
}

/** Of choices that do not all fit only the chosen one, which must be seen. */
function valueSpans(option: OptionRow, room: number): Span[] {
	switch (option.kind) {
		case 'choices': {
			const spans = option.choices.map((choice, at) =>
				span(at === option.chosen ? `[${choice}] ` : ` ${choice}  `, at === option.chosen ? 'accent' : 'dim'),
			);
			return width(spans) <= room + 1 ? spans : [span(`[${option.choices[option.chosen]}]`, 'accent')];
		}
		case 'typed':
			return [option.text === '' ? span(`(${option.otherwise})`, 'dim') : span(printable(option.text), 'accent')];
		case 'closed':
			return [span(option.reason, 'dim')];
	}
}

function verdict({outcome, facts, domain}: Dialog, columns: number): Line[] {
	if (outcome === null || facts === null) return [];
	const here = splitKey(domain);
	if ('plan' in outcome) {
		const {steps, losses, method, verb, wayBack, leftOut = []} = outcome.plan;
		return [
			...(verb === 'create' && method !== null
				? labelled('Makes', `${kindMade(method, facts.domain)}, by ${method}`, columns, 'ok')
				: []),
			...(verb === 'create' && leftOut.length > 0 ? labelled('Without', withoutWords(leftOut), columns, 'warn') : []),
			...labelled('Plan', counted(steps.length, 'command'), columns, 'ok'),
			...losses.flatMap(loss => labelled('Lost', printable(loss), columns, 'remove')),
			// What decides about a snapshot of the present state first.
			...(verb === 'revert' ? labelled('Undo', wayBack === '' ? 'none' : asKeys(wayBack, here), columns) : []),
		];
	}
	return [
		...labelled('Refused', printable(outcome.refusal.reason), columns, 'warn'),
		...labelled('Remedy', asKeys(outcome.refusal.remedy, here), columns),
	];
}
