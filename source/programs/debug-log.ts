/**
 * For whoever looks for a bug (`VIRSNAP_DEBUG=FILE`): a line of JSON for every process, every question to libvirt and every change of
 * state. Never what stands in answers, definitions or stdin: these may hold passwords.
 */
import {appendFileSync} from 'node:fs';
import {pid} from 'node:process';

let file: string | null = null;

/** Begin to write it down in this file. */
export function debugInto(path: string): void {
	file = path;
}

/** Whether somebody wants to know. */
export const debugging = (): boolean => file !== null;

/** Write down that something happened, of this kind. A file that cannot be written to is silently ignored. */
export function debug(what: string, facts: Readonly<Record<string, unknown>>): void {
	if (file === null) return;
	const line = JSON.stringify({at: new Date().toISOString(), pid, what, ...facts});
	try {
		// At once, so that the last line is there after a crash; only for its owner, since names are private.
		appendFileSync(file, `${withoutCredentials(line)}\n`, {mode: 0o600});
	} catch {}
}

/** `esx://user:secret@host` of a connection, and keys that QEMU is handed in its arguments. */
export function withoutCredentials(text: string): string {
	return text
		.replaceAll(/(\w:\/\/[^\s/:@"']*):[^\s/@"']*@/g, '$1:…@')
		.replaceAll(/\b((?:data|password|passwd|secret)=)[^\s,"'\\]+/gi, '$1…');
}
