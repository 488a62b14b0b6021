/** Facts as people read them. Names and tags may hold any bytes (field-proven): everything drawn goes through `printable`. */

/** Characters that steer a terminal or reorder text: C0, DEL, C1, line separators, bidi controls, zero-width and tag characters. */
const unsafe =
	/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu;

/**
 * The text with every character that could steer a terminal shown as a harmless sign: ESC as ␛, newline as ␊, a bidi
 * override as \u202e. Letters of any script stay. Applying it twice changes nothing.
 */
export function printable(text: string): string {
	return text.replace(unsafe, visible);
}

function visible(character: string): string {
	const code = character.codePointAt(0)!;
	if (code < 0x20) return String.fromCodePoint(0x2400 + code);
	if (code === 0x7f) return '␡';
	return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/**
 * A sentence for a person with values from outside in it, each made printable: `` t`${file} is the base of ${names}` ``. Every
 * text with holes that can reach a screen or a terminal is made this way.
 */
export function t(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
	return strings.reduce((text, part, index) => `${text}${printable(String(values[index - 1]))}${part}`);
}

/** Bytes in binary units, rounded as `qemu-img` does ("914 KiB", "1.2 GiB"). Null gives "-". */
export function formatBytes(bytes: number | null): string {
	if (bytes === null || !Number.isFinite(bytes)) return '-';
	const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
	let value = bytes;
	let unit = 0;
	while (value >= 1023.5 && unit < units.length - 1) {
		value /= 1024;
		unit++;
	}
	return `${value >= 1000 ? Math.round(value) : Number(value.toPrecision(3))} ${units[unit]}`;
}

/** Guest time in nanoseconds as `qemu-img snapshot -l` prints it: "00:00:56.494". Null gives "-". */
export function formatClock(nanoseconds: number | null): string {
	if (nanoseconds === null || !Number.isFinite(nanoseconds)) return '-';
	const milliseconds = Math.floor(nanoseconds / 1e6);
	const two = (value: number) => String(value).padStart(2, '0');
	const seconds = Math.floor(milliseconds / 1000);
	const fraction = String(milliseconds % 1000).padStart(3, '0');
	return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${fraction}`;
}

/** ISO 8601 as local time, "2026-11-23 01:18:36". Null and what is no date give "-". */
export function formatDate(iso: string | null): string {
	const date = new Date(iso ?? Number.NaN);
	if (Number.isNaN(date.getTime())) return '-';
	const two = (value: number) => String(value).padStart(2, '0');
	const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
	return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/**
 * One line to paste into bash or zsh that runs exactly this argv. Words with control characters use `$'…'`, so that what
 * is pasted cannot steer the terminal either. `input` becomes a here-document.
 */
export function shellCommand(argv: readonly string[], input?: string): string {
	const line = argv.map(shellWord).join(' ');
	if (input === undefined) return line;
	let end = 'EOF';
	while (input.split('\n').includes(end)) end += '_';
	return `${line} <<'${end}'\n${input.replace(/\n$/, '')}\n${end}`;
}

/** One word quoted for a POSIX shell; `$'…'` (bash, zsh, ksh) only where it holds control characters. */
export function shellWord(word: string): string {
	if (/^[\w@%+=:,./-]+$/.test(word)) return word;
	if (printable(word) === word) return plainWord(word);
	return `$'${word.replace(/[\\']/g, '\\$&').replace(unsafe, escaped)}'`;
}

/** One word quoted for any shell, whatever its age, with its control characters as they are: not to be pasted. */
export function plainWord(word: string): string {
	return `'${word.replaceAll("'", "'\\''")}'`;
}

function escaped(character: string): string {
	const code = character.codePointAt(0)!;
	// Half a surrogate pair is no character: programs are handed the replacement character for it.
	if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd';
	if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
	return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** "vda", "vda and vdb", "vda, vdb and vdc". */
export function enumerate(words: readonly string[]): string {
	if (words.length < 2) return words.join('');
	return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** "1 layer", "2 layers"; `many` where the plural takes more than an s: `counted(2, 'child', 'children')`. */
export function counted(count: number, one: string, many?: string): string {
	return `${count} ${plural(count, one, many)}`;
}

/** The noun, or the verb, for so many: `plural(files.length, 'is', 'are')`. */
export function plural(count: number, one: string, many = `${one}s`): string {
	return count === 1 ? one : many;
}

/** Words of another program as a sentence of ours: they may end without a full stop. */
export function sentence(words: string): string {
	return /[.!?…]$/.test(words) ? words : `${words}.`;
}

/** Bytes that the text takes in UTF-8. */
export function utf8Length(text: string): number {
	return Buffer.byteLength(text);
}

/** The longest beginning of the text that fits into so many bytes of UTF-8. */
export function cutBytes(text: string, bytes: number): string {
	return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(Math.max(0, bytes))).read);
}
