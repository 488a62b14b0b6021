/** The last line of a review: what has to be done for the plan to run. */
import {printable} from '../../core/text.ts';
import {type Line, span} from '../line.ts';
import type {Dialog} from '../state.ts';
import type {Glyphs} from '../theme.ts';
import {fieldLine} from './text-step-lines.ts';

export function promptLine({outcome, armed, field}: Dialog, glyphs: Glyphs): Line {
	if (outcome === null || 'refusal' in outcome) return [span('Esc goes back.', 'dim')];
	const {confirm} = outcome.plan;
	if (confirm !== null) return fieldLine(`Type ${printable(confirm)} and press Enter to carry this out`, field, glyphs);
	return armed
		? [span('Press Enter', 'key'), span(' to carry this out, Esc to go back.')]
		: [span('Read it first.', 'dim')];
}
