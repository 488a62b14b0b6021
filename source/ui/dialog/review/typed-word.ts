/** The word that confirms a plan. */
import {printable} from '../../../core/words/text.ts';
import type {Dialog} from '../../state/dialog.ts';
import {severalWord} from '../several/reviewed.ts';

/** A name with characters that cannot be typed is confirmed by what is shown for it. */
export const matches = (text: string, word: string): boolean => text === word || text.trim() === printable(word).trim();

/** What has to be typed before the plan, or those of several, are carried out; null where Enter is enough, or there is none. */
export function confirmWordOf(dialog: Dialog): string | null {
	const {outcome, several} = dialog;
	if (several !== null) return severalWord(dialog);
	return outcome !== null && 'plan' in outcome ? outcome.plan.confirm : null;
}
