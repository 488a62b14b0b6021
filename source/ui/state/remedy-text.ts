/** Remedies in the words of this UI: an action is its key, an option of the command line the row that sets it. */
import type {KeyAction, Remedy, RemedyAction} from '../../core/model/remedy.ts';
import {bracketed, commandOf, told} from '../../core/words/remedy.ts';
import {t} from '../../core/words/text.ts';
import type {HostName} from './hosts/placed.ts';

/** The first key of each action in the lists; a test holds it against the key table. */
export const actionKeys: Readonly<Record<KeyAction, string>> = {
	start: 's',
	shutdown: 'x',
	destroy: 'X',
	'pause-resume': 'p',
	memory: 'm',
	delete: 'd',
	protect: 'P',
	recover: 'u',
};

/** Options of the command line by what their rows are called here. */
export const optionNames = {
	'--metadata-only': 'libvirt metadata only',
	'--running': 'State afterwards',
	'--dir': 'Folder for overlays',
	'--disk': 'Disks',
	'--overlay': 'Overlay of a disk',
	'--memory-file': 'Memory file',
	'--full': 'Full copy',
	'--quiesce': 'Freeze the file systems',
	'--memory': 'What is saved',
	'--disk-only': 'What is saved',
	'--description': 'Description',
} as const;

/** The domain that keys act on here, and the host that it is on. `uuid` is null where there is none. */
export type Here = {readonly host: HostName; readonly uuid: string | null};

/** What is about another domain is shown as its command. */
export function asKeys(text: Remedy, here: Here): string {
	return told(text, action => wordsOf(action, here));
}

function wordsOf(action: RemedyAction, {host, uuid}: Here): string {
	if ('option' in action) {
		const {option} = action;
		return option in optionNames ? `“${optionNames[option as keyof typeof optionNames]}”` : option;
	}
	const reachable = action.domain === null || action.domain === uuid;
	if (action.does !== null && reachable) return bracketed(actionKeys[action.does]);
	const typed = commandOf(action, {host, ssh: null});
	// Typed on another machine it would be about that one's own domains.
	const elsewhere = host !== null && typed !== null && !('virsnap' in action);
	return bracketed(elsewhere ? t`on ${host}: ${typed}` : typed);
}
