/** The choices of a revert or delete, and what the planner says to them as they stand. */
import {printable} from '../../core/text.ts';
import {optionsOf} from '../dialog-options.ts';
import {blank, type Line, labelled, paragraph, span} from '../line.ts';
import type {Dialog} from '../state.ts';
import type {Glyphs} from '../theme.ts';

export function optionLines(dialog: Dialog, columns: number, glyphs: Glyphs): readonly Line[] {
	if (dialog.facts === null) return [];
	const options = optionsOf(dialog.facts.domain, dialog.intent);
	const labelWidth = Math.max(...options.map(({label}) => label.length)) + 2;
	return [
		blank,
		...options.map(({label, choices, chosen}, index): Line => {
			const here = index === dialog.option;
			return [
				span(here ? `${glyphs.cursor} ` : '  ', 'accent'),
				span(label.padEnd(labelWidth), here ? 'title' : 'plain'),
				...choices.map((choice, at) =>
					span(at === chosen ? `[${choice}] ` : ` ${choice}  `, at === chosen ? 'accent' : 'dim'),
				),
			];
		}),
		blank,
		...verdict(dialog, columns),
		blank,
		...paragraph('Space changes, Enter goes on to the plan.', columns, 'dim'),
	];
}

function verdict({outcome}: Dialog, columns: number): Line[] {
	if (outcome === null) return [];
	if ('plan' in outcome) {
		const {steps, losses} = outcome.plan;
		return [
			...labelled('Plan', `${steps.length} ${steps.length === 1 ? 'command' : 'commands'}`, columns, 'ok'),
			...losses.flatMap(loss => labelled('Lost', printable(loss), columns, 'remove')),
		];
	}
	return [
		...labelled('Refused', printable(outcome.refusal.reason), columns, 'warn'),
		...labelled('Remedy', printable(outcome.refusal.remedy), columns),
	];
}
