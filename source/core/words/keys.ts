/**
 * Reasons and remedies are written once for the terminal UI and the command line: `(d)` names a key of the one, a command belongs to
 * the other. Each is shown what it has.
 */

import type {Domain, Host} from '../model/domain.ts';
import {deleteHint, hint} from '../steps/hints.ts';

/** virsh commands about the whole domain that a key does as well. */
export const keyOf: Readonly<Record<string, string>> = {
	start: 's',
	shutdown: 'x',
	destroy: 'X',
	resume: 'p',
	'managedsave-remove': 'm',
};

/** Options of the command line by what the terminal UI calls them. */
export const optionNames = {
	'--metadata-only': 'libvirt metadata only',
	'--running': 'State afterwards',
	'--dir': 'Folder for overlays',
	'--quiesce': 'Freeze the file systems',
	'--memory': 'What is kept',
	'--disk-only': 'What is kept',
} as const;

/** For the terminal UI: an option is named by its row. */
export function withOptionNames(text: string): string {
	return text.replaceAll(/(?<![\w-])--[a-z-]+/g, option =>
		option in optionNames ? `“${optionNames[option as keyof typeof optionNames]}”` : option,
	);
}

/** For the terminal UI: a command of this domain that has a key is named by it. */
export function withKeys(
	text: string,
	{host, domain}: {readonly host: Pick<Host, 'uri'>; readonly domain: Pick<Domain, 'uuid' | 'name' | 'snapshots'>},
): string {
	const commands: (readonly [string, string])[] = [
		...Object.entries(keyOf).map(([command, key]) => [hint(host, command, domain), key] as const),
		...domain.snapshots.map(({tag}) => [deleteHint(domain, tag), 'd'] as const),
	];
	return commands.reduce(
		(words, [line, key]) => words.replaceAll(`: ${line}.`, ` (${key}).`).replaceAll(`(${line})`, `(${key})`),
		text,
	);
}

/** For the command line and its documents. */
export function withoutKeys(text: string): string {
	return text.replace(/ \([a-zA-Z]\)(?=[.,:;])/g, '');
}
