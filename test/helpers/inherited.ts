/** What a program under test inherits of our environment. */
import process from 'node:process';

/** By these Ink believes that it runs in no terminal, or in another one: set where a builder runs the tests, not where people sit. */
const misleading = new Set(['CI', 'NO_COLOR', 'FORCE_COLOR', 'INK_SCREEN_READER']);

export function inherited(): Record<string, string> {
	const set = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
	return Object.fromEntries(set.filter(([name]) => !misleading.has(name)));
}
