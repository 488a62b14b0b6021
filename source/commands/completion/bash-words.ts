/** The line as bash hands it to a completion: taken apart as bash does, and what is put in its place. */

/** What is quoted as backslashes, or by a quote that is still open. */
type BashWord = {
	/** As it was typed. */
	readonly raw: string;
	/** Without quotes. */
	readonly text: string;
	/** The quote in which the cursor stands. */
	readonly quote: '"' | "'" | null;
	/** A quote was opened and closed, or opened inside: its completion would have to know where. */
	readonly mixed: boolean;
};

/** The words after the program's name, without quotes; the last one is under the cursor, and may be empty. */
export function splitBash(line: string): {readonly words: readonly string[]; readonly current: BashWord} {
	const typed: BashWord[] = [];
	let rest = line.trimStart();
	for (;;) {
		const word = firstWord(rest);
		typed.push(word);
		const after = rest.slice(word.raw.length);
		if (after === '') break;
		rest = after.replace(/^\s+/, '');
	}

	const current = typed.at(-1)!;
	return {words: typed.slice(1).map(({text}) => text), current};
}

function firstWord(line: string): BashWord {
	let text = '';
	let quote: BashWord['quote'] = null;
	let mixed = false;
	let at = 0;
	for (; at < line.length; at++) {
		const sign = line[at]!;
		if (quote === null && /\s/.test(sign)) break;
		if (sign === quote) {
			quote = null;
			mixed = true;
		} else if (quote === null && (sign === '"' || sign === "'")) {
			quote = sign;
			mixed ||= at > 0;
		} else if (sign === '\\' && quote !== "'" && at + 1 < line.length) {
			text += line[++at];
		} else text += sign;
	}

	return {raw: line.slice(0, at), text, quote, mixed};
}

/**
 * The text that takes the place of the word under the cursor; null where it does not begin so, or cannot be quoted as the word is.
 *
 * @param breaks COMP_WORDBREAKS (bash(1)): at these bash begins a new word, and only that one is replaced
 */
export function bashReply(candidate: string, {raw, text, quote, mixed}: BashWord, breaks = ':=@'): string | null {
	if (mixed || !candidate.startsWith(text)) return null;
	if (quote === "'") return candidate.includes("'") ? null : candidate;
	if (quote === '"') return candidate.replace(/[\\"$`!]/g, '\\$&');
	const quoted = candidate.replace(/[^\w@%+=:,./\u0080-\u{10ffff}-]/gu, '\\$&');
	const kept = raw.slice(0, lastBreak(raw, breaks));
	return quoted.startsWith(kept) ? quoted.slice(kept.length) : null;
}

/** Where the word that bash replaces begins: after a colon or an equals sign, but with an @ (bashline.c, rl_special_prefixes). */
function lastBreak(raw: string, breaks: string): number {
	const after = [':', '='].filter(sign => breaks.includes(sign)).map(sign => raw.lastIndexOf(sign) + 1);
	return Math.max(0, ...after, breaks.includes('@') ? raw.lastIndexOf('@') : 0);
}
