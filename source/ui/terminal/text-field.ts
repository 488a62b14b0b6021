/** One line of typed text: pure edits, by what a reader sees as one character. */
import {graphemes} from './line.ts';

export type Field = {
	readonly before: string;
	readonly after: string;
	/** Not typed by the person: typing replaces it, any edit keeps it. */
	readonly proposed?: boolean;
};

export const field = (text: string): Field => ({before: text, after: ''});
export const proposal = (text: string): Field => ({...field(text), proposed: text !== ''});
export const fieldText = ({before, after}: Field): string => before + after;

export const insert = ({before, after, proposed}: Field, text: string): Field =>
	proposed ? field(text) : {before: before + text, after};

/** A paste is one line of plain text, whatever was on the clipboard. */
export const oneLine = (text: string): string =>
	text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u{E0000}-\u{E007F}]+/gu, ' ').trim();

export type Edit = 'erase' | 'erase-word' | 'erase-line' | 'erase-next' | 'left' | 'right' | 'home' | 'end';

export function edit(current: Field, how: Edit): Field {
	const {before, after} = current;
	switch (how) {
		case 'erase':
			return {before: before.slice(0, before.length - lastLength(before)), after};
		case 'erase-word':
			return {before: before.replace(/\S*\s*$/u, ''), after};
		case 'erase-line':
			return {before: '', after};
		case 'erase-next':
			return {before, after: after.slice(firstLength(after))};
		case 'left': {
			const at = before.length - lastLength(before);
			return {before: before.slice(0, at), after: before.slice(at) + after};
		}
		case 'right': {
			const length = firstLength(after);
			return {before: before + after.slice(0, length), after: after.slice(length)};
		}
		case 'home':
			return {before: '', after: before + after};
		case 'end':
			return field(before + after);
	}
}

const segments = (text: string): string[] => Array.from(graphemes.segment(text), ({segment}) => segment);
const firstLength = (text: string): number => segments(text)[0]?.length ?? 0;
const lastLength = (text: string): number => segments(text).at(-1)?.length ?? 0;
