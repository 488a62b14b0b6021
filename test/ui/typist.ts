/** From the names of the key table to the bytes that a terminal sends. */
import {keymap} from '../../source/ui/keys/keymap.ts';

const BYTES: Readonly<Record<string, string>> = {
	up: '\u001B[A',
	down: '\u001B[B',
	right: '\u001B[C',
	left: '\u001B[D',
	home: '\u001B[H',
	end: '\u001B[F',
	pageup: '\u001B[5~',
	pagedown: '\u001B[6~',
	delete: '\u001B[3~',
	enter: '\r',
	esc: '\u001B',
	tab: '\t',
	space: ' ',
	backspace: '\u007F',
};

/** The key that does this, the same on every screen where one is; else the one of the lists, which stand first in the table. */
export function keyOf(name: string): string {
	const rows = keymap.filter(binding => binding.name === name);
	const key = rows[0]?.keys.find(one => rows.every(({keys}) => keys.includes(one))) ?? rows[0]?.keys[0];
	if (key === undefined) throw new Error(`${name} is no name in the key table`);
	return key;
}

export function bytesOf(key: string): string {
	const bytes = BYTES[key] ?? (/^ctrl-[a-z]$/.test(key) ? String.fromCharCode(key.charCodeAt(5) & 0x1f) : key);
	if (Array.from(bytes).length > 1 && !bytes.startsWith('\u001B')) throw new Error(`no terminal sends a key ${key}`);
	return bytes;
}

export const pasted = (text: string): string => `\u001B[200~${text}\u001B[201~`;
