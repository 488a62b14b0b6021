/** Remedies in the words of this UI: an action is its key, an option of the command line the row that sets it. */
import type {KeyAction, Remedy, RemedyAction} from '../../core/model/remedy.ts';
import {bracketed, told} from '../../core/words/remedy.ts';

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
	'--full': 'Full copy',
	'--quiesce': 'Freeze the file systems',
	'--memory': 'What is saved',
	'--disk-only': 'What is saved',
	'--description': 'Description',
} as const;

/** `uuid`: the domain that keys act on here. What is about another one is shown as its command. */
export function asKeys(text: Remedy, uuid: string | null): string {
	return told(text, action => wordsOf(action, uuid));
}

function wordsOf(action: RemedyAction, uuid: string | null): string {
	if ('option' in action) {
		const {option} = action;
		return option in optionNames ? `“${optionNames[option as keyof typeof optionNames]}”` : option;
	}
	const reachable = action.domain === null || action.domain === uuid;
	return bracketed(action.does !== null && reachable ? actionKeys[action.does] : action.command);
}
