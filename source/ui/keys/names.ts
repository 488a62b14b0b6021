/** What Ink says of a key, as the name that the key table uses: `j`, `G`, `enter`, `ctrl-z`; null for what has no name. */
import type {Key} from 'ink';

const NAMED: readonly (readonly [keyof Key, string])[] = [
	['upArrow', 'up'],
	['downArrow', 'down'],
	['leftArrow', 'left'],
	['rightArrow', 'right'],
	['pageUp', 'pageup'],
	['pageDown', 'pagedown'],
	['home', 'home'],
	['end', 'end'],
	['return', 'enter'],
	['escape', 'esc'],
	['tab', 'tab'],
	['backspace', 'backspace'],
	['delete', 'delete'],
];

export function keyNameOf(input: string, key: Key): string | null {
	if (key.eventType === 'release') return null;
	const named = NAMED.find(([property]) => key[property]);
	if (named) return named[1];
	if (key.meta || input === '') return null;
	if (key.ctrl) return `ctrl-${input}`;
	return input === ' ' ? 'space' : input;
}

/** The text a key types; null for keys that type none. */
export function textOf(name: string): string | null {
	if (name === 'space') return ' ';
	return Array.from(name).length === 1 ? name : null;
}
