/** virsnap's own commands as lines for a shell. */
import type {OwnLine} from '../model/remedy.ts';
import {shellCommand} from './text.ts';

/**
 * `virsnap WORDS OPTIONS`, with the host before what it is about: `virsnap revert h1/web before`. A domain or snapshot whose name begins with
 * a dash is not taken for an option.
 *
 * @param host what the host is called; null where no other is given
 */
export function ownLine({words: [verb = '', ...words], options}: OwnLine, host: string | null): string {
	const [subject, ...rest] = words;
	const placed = host === null || subject === undefined ? words : [`${host}/${subject}`, ...rest];
	const dashed = placed.some(word => word.startsWith('-'));
	return shellCommand(['virsnap', verb, ...(dashed ? [...options, '--', ...placed] : [...placed, ...options])]);
}
