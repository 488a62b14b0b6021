import {printable} from '../../core/words/text.ts';

/** Text of several lines, each made harmless; a tag's own newline never gets here, since `printable` shows it as a sign. */
export function printableLines(text: string): string {
	return text.split('\n').map(printable).join('\n');
}
