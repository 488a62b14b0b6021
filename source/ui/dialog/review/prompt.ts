/** The last two lines of a review: what has to be done for the plan to run. */
import {printable} from '../../../core/words/text.ts';
import type {Dialog} from '../../state/dialog.ts';
import {blank, cut, type Line, span} from '../../terminal/line.ts';
import type {Glyphs} from '../../terminal/theme.ts';
import {closingChoice} from '../outcome.ts';
import {fieldLine} from '../text/lines.ts';

export function promptLines(dialog: Dialog, columns: number, glyphs: Glyphs): readonly Line[] {
	const {outcome, armed, field} = dialog;
	if (outcome === null ? closingChoice(dialog) === null : 'refusal' in outcome)
		return [blank, [span('Esc goes back.', 'dim')]];
	const confirm = outcome !== null && 'plan' in outcome ? outcome.plan.confirm : null;
	if (confirm === null) {
		const ready: Line = [span('Press Enter', 'key'), span(' to carry this out, Esc to go back.')];
		return [blank, armed ? ready : [span('Please read the plan first.', 'dim')]];
	}
	const word = cut(printable(confirm), columns - 30, glyphs.ellipsis);
	return [
		[span('Type ', 'title'), span(word, 'accent'), span(' to confirm, then Enter.', 'title')],
		fieldLine(glyphs.cursor, field, columns, glyphs),
	];
}
