/** The last two lines of a review: what has to be done for the plan to run. */
import {printable} from '../../../core/words/text.ts';
import type {Dialog} from '../../state/dialog.ts';
import {blank, cut, type Line, span} from '../../terminal/line.ts';
import type {Glyphs} from '../../terminal/theme.ts';
import {closingChoice} from '../outcome.ts';
import {severalPrompt} from '../several/lines.ts';
import {plannedOf} from '../several/reviewed.ts';
import {fieldLine} from '../text/lines.ts';
import {confirmWordOf} from './typed-word.ts';

export function promptLines(dialog: Dialog, columns: number, glyphs: Glyphs): readonly Line[] {
	const {outcome, armed, field, several} = dialog;
	if (several !== null && plannedOf(several).length === 0) return [blank, [span('Esc goes back.', 'dim')]];
	if (several === null && (outcome === null ? closingChoice(dialog) === null : 'refusal' in outcome))
		return [blank, [span('Esc goes back.', 'dim')]];
	const confirm = confirmWordOf(dialog);
	if (confirm === null) {
		const ready: Line = [span('Press Enter', 'key'), span(' to carry this out, Esc to go back.')];
		return [blank, armed ? ready : [span('Please read the plan first.', 'dim')]];
	}
	// Beside "Type ", " to " and ", then Enter."
	const does = several === null ? 'confirm' : severalPrompt(several, columns - 22 - Math.min(confirm.length, 12));
	const word = cut(printable(confirm), columns - does.length - 23, glyphs.ellipsis);
	return [
		[span('Type ', 'title'), span(word, 'accent'), span(` to ${does}, then Enter.`, 'title')],
		fieldLine(glyphs.cursor, field, columns, glyphs),
	];
}
